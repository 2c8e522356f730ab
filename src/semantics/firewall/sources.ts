/** Where the addresses in a script's rules come from: names that it resolves, lists that it fetches, files. */
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import { listedHost } from './address-lists.ts';
import type { Address } from './rules.ts';

/** What an address stands for. `local`: the network or gateway that the container itself is on. */
export type AddressSource =
  | { readonly kind: 'host'; readonly host: string; readonly place: Place }
  | { readonly kind: 'local' | 'resolver'; readonly text: string; readonly place: Place }
  /** A file with one name or address a line. */
  | { readonly kind: 'file'; readonly path: string; readonly place: Place }
  | { readonly kind: 'unknown'; readonly text: string; readonly place: Place };

/** @param index of the command that uses the address: what it rests on stands before it */
export function addressSources(
  address: Address,
  commands: readonly ShellCommand[],
  index: number,
): AddressSource[] {
  return trace(address.text, address.place, commands, index, 0);
}

const MAX_DEPTH = 6;
/** Commands before a rule among which its addresses are looked for. */
const WINDOW = 200;

function trace(
  text: string,
  place: Place,
  commands: readonly ShellCommand[],
  index: number,
  depth: number,
): AddressSource[] {
  if (isResolved(text)) return [{ kind: 'host', host: text, place }];
  const missing: AddressSource = { kind: 'unknown', text: displayText(text), place };
  if (depth > MAX_DEPTH) return [missing];
  const file = loopFile(text, commands[index]);
  if (file !== null) return [file];
  const near = commands.slice(Math.max(0, index - WINDOW), index).map((command, at) => ({
    command,
    at: Math.max(0, index - WINDOW) + at,
  }));
  const inside = near.filter(({ command }) => within(command.place, place));
  const feeding = near.filter(({ command }) => feeds(command, commands[index]));
  const groups = [inside, feeding, lastPipeline(near)];
  for (const group of groups) {
    const found = group.flatMap(({ command, at }) => producedBy(command, commands, at, depth));
    if (found.length > 0) return found;
  }
  return [missing];
}

function within(inner: Place, outer: Place): boolean {
  return (
    inner.source.path === outer.source.path &&
    inner.span.start >= outer.span.start &&
    inner.span.end <= outer.span.end
  );
}

function feeds(command: ShellCommand, user: ShellCommand | undefined): boolean {
  const mine = user?.pipe;
  return (
    mine !== undefined && mine !== null && command.pipe?.id === mine.id && command.pipe.stage < mine.stage
  );
}

interface Numbered {
  readonly command: ShellCommand;
  readonly at: number;
}

/** The last command or pipeline that gives out addresses. */
function lastPipeline(near: readonly Numbered[]): readonly Numbered[] {
  const last = near.findLast(({ command }) => PRODUCING.test(programOf(command)) && !isMessage(command));
  if (last === undefined) return [];
  const { pipe } = last.command;
  return pipe === null ? [last] : near.filter(({ command }) => command.pipe?.id === pipe.id);
}

/** What is told to people: written to the error output, or the same whatever was found. */
function isMessage(command: ShellCommand): boolean {
  if (!/^(?:echo|printf)$/.test(programOf(command))) return false;
  const toErrors = command.redirections.some(
    ({ operator, descriptor, target }) =>
      />&?$/.test(operator) && (descriptor ?? 1) === 1 && target?.value === '2',
  );
  return toErrors || command.words.every(({ value }) => isResolved(value));
}

const PRODUCING =
  /^(?:dig|host|nslookup|getent|drill|kdig|resolveip|curl|wget|gh|ip|route|hostname|cat|echo|printf|jq)$/;

function programOf({ words }: ShellCommand): string {
  const name = words[0]?.value ?? '';
  return name.slice(name.lastIndexOf('/') + 1);
}

function producedBy(
  command: ShellCommand,
  commands: readonly ShellCommand[],
  at: number,
  depth: number,
): AddressSource[] {
  const program = programOf(command);
  const operands = command.words.slice(1).filter(({ value }) => !/^[-+@]/.test(value));
  const names = (words: readonly ShellWord[]): AddressSource[] =>
    words.flatMap((word) => trace(word.value, word.place, commands, at, depth + 1));
  switch (program) {
    case 'dig':
    case 'kdig':
    case 'drill':
    case 'host':
    case 'nslookup':
    case 'resolveip':
      return names(operands.filter(({ value }) => !RECORD.test(value)).slice(0, program === 'dig' ? 20 : 1));
    case 'getent':
      return names(operands.slice(1));
    case 'curl':
    case 'wget':
      return fetched(operands, command.place);
    case 'gh':
      return operands.some(({ value }) => /^\/?meta$/.test(value))
        ? [{ kind: 'host', host: 'github.com', place: command.place }]
        : [];
    case 'ip':
    case 'route':
    case 'hostname':
      return [{ kind: 'local', text: shown(command), place: command.place }];
    case 'cat':
    case 'grep':
    case 'sed':
    case 'awk':
    case 'jq':
      return files(command, operands);
    case 'echo':
    case 'printf':
      return names(operands.filter(({ value }) => !isResolved(value)));
    default:
      return [];
  }
}

const RECORD = /^(?:A|AAAA|ANY|CNAME|TXT|IN|MX|NS|-t)$/i;

function shown({ words }: ShellCommand): string {
  return displayText(words.map(({ value }) => value).join(' '));
}

function fetched(operands: readonly ShellWord[], place: Place): AddressSource[] {
  const address = operands.find(({ value }) => /^https?:\/\/|\.[a-z]{2,}\//.test(value));
  if (address === undefined) return [];
  const text = displayText(address.value);
  const host = listedHost(text);
  return host === null
    ? [{ kind: 'unknown', text: `the list at ${text}`, place }]
    : [{ kind: 'host', host, place }];
}

function files(command: ShellCommand, operands: readonly ShellWord[]): AddressSource[] {
  // Of grep, sed and awk the first operand is the program.
  const skip = programOf(command) === 'cat' ? 0 : 1;
  const named = operands.slice(skip).filter(({ value }) => isResolved(value) && /[./]/.test(value));
  return named.map(({ value, place }) =>
    value === '/etc/resolv.conf'
      ? { kind: 'resolver', text: value, place }
      : { kind: 'file', path: value, place },
  );
}

/** `while read -r name; do … done < FILE`: the file stands behind the loop, which no command's words show. */
function loopFile(text: string, command: ShellCommand | undefined): AddressSource | null {
  const [name] = unknownNames(text);
  if (command === undefined || name === undefined || !/^\w{1,60}$/.test(name)) return null;
  const loop = command.conditions.findLast(
    (condition) =>
      condition.choice.kind === 'loop' &&
      new RegExp(`\\bread\\b[^\\n]{0,100}\\b${name}\\b`).test(condition.text),
  );
  if (loop === undefined) return null;
  const { source, span } = loop.place;
  const body = source.text.slice(span.start, span.start + 10_000);
  let depth = 0;
  for (const token of body.matchAll(/(?:^|[\s;])(do|done)(?=[\s;<|&)]|$)/g)) {
    depth += token[1] === 'do' ? 1 : -1;
    if (depth > 0) continue;
    const end = token.index + token[0].length;
    const redirect = /^[ \t]{0,20}<[ \t]{0,20}(["']?)([^\s"'<>&|;()$]{1,300})\1/.exec(
      body.slice(end, end + 400),
    );
    const path = redirect?.[2];
    if (path === undefined) return null;
    const start = span.start + end;
    return {
      kind: 'file',
      path,
      place: { source, span: { start, end: start + (redirect?.[0].length ?? 0) } },
    };
  }
  return null;
}
