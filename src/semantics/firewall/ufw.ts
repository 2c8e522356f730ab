/** ufw(8): it filters IPv4 and IPv6 alike, and lets existing connections, loopback and nothing else through. */
import { displayText } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { type Address, ANYTHING, type Family, type Match, type Step, type Word } from './rules.ts';

const FAMILIES: readonly Family[] = ['ip4', 'ip6'];
const OUTGOING = 'ufw outgoing';

/** @param words behind the program's name */
export function ufwSteps(words: readonly Word[], place: Place): Step[] {
  const values = words.map(({ value }) => value).filter((value) => !value.startsWith('--'));
  const written = { place, text: `ufw ${displayText(values.join(' '))}` };
  const [verb = ''] = values;
  if (verb === 'reset' || verb === 'disable') {
    return FAMILIES.map((family) => ({ ...written, kind: 'flush', family, chains: `${OUTGOING} ${family}` }));
  }
  if (verb === 'default') {
    if (!values.includes('outgoing')) return [];
    const verdict = values.includes('allow') ? 'accept' : 'drop';
    return FAMILIES.map((family) => ({
      ...written,
      kind: 'policy',
      family,
      chain: `${OUTGOING} ${family}`,
      verdict,
    }));
  }
  const rest = words.filter(({ value }) => !/^--|^(?:insert|prepend|route|\d+)$/.test(value));
  return ruleOf(verb === 'insert' || verb === 'prepend' || /^\d+$/.test(verb) ? rest : words, written);
}

/** `allow out [on eth0] to ADDRESS port N proto tcp`, `allow out 53/udp`, `deny out to any`. */
function ruleOf(words: readonly Word[], written: { place: Place; text: string }): Step[] {
  const [verb, direction, ...rest] = words.filter(({ value }) => !value.startsWith('--'));
  const accepts = verb?.value === 'allow' || verb?.value === 'limit';
  if (direction?.value !== 'out' || (!accepts && !/^(?:deny|reject)$/.test(verb?.value ?? ''))) return [];
  const match = matchOf(rest);
  const target = { kind: accepts ? 'accept' : 'drop' } as const;
  return FAMILIES.map((family) => ({
    ...written,
    kind: 'rule',
    family,
    chain: `${OUTGOING} ${family}`,
    match,
    target,
    at: null,
  }));
}

const SERVICES: ReadonlyMap<string, string> = new Map([
  ['ssh', '22/tcp'],
  ['domain', '53'],
  ['dns', '53'],
  ['http', '80/tcp'],
  ['https', '443/tcp'],
]);

function matchOf(words: readonly Word[]): Match {
  let to: readonly Address[] | null = null;
  let port: string | null = null;
  let protocol: string | null = null;
  let loopback = false;
  words.forEach(({ value }, index) => {
    const next = words[index + 1];
    if (value === 'to' && next !== undefined && next.value !== 'any') {
      to = [{ text: next.value, place: next.place }];
    } else if (value === 'port' && next !== undefined) port = next.value;
    else if (value === 'proto' && next !== undefined) protocol = next.value;
    else if (value === 'on' && next?.value === 'lo') loopback = true;
    else if (index === 0 && (/^\d/.test(value) || SERVICES.has(value.toLowerCase()))) {
      const [number = null, suffix = null] = (SERVICES.get(value.toLowerCase()) ?? value).split('/');
      port = number;
      protocol = suffix;
    }
  });
  return {
    ...ANYTHING,
    to,
    ports: port === null ? null : (port as string).split(','),
    protocols: protocol === null ? null : [protocol],
    loopback,
  };
}
