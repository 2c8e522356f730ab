/** Commands that narrow the network from inside before they start what the service is for. */
import { displayText } from '../../model/symbolic.ts';
import { unknown } from '../../model/value.ts';
import type { ContainerSpec, LocatedText } from '../docker/spec.ts';

/** A packet filter's program, or a script that is named after one. */
const FIREWALL =
  /(?:^|[\s;&|"'/(])(?:[\w.-]*(?:firewall|lockdown|egress)[\w.-]*\.sh|ip6?tables(?:-restore|-legacy|-nft)?|nft|ipset)(?=[\s;&|"')]|$)/i;

/** Longer commands are not looked through to their end. */
const MAX_COMMAND = 20_000;

/** Without NET_ADMIN a packet filter cannot be set (capabilities(7)). */
function canFilter({ capAdd, privileged }: ContainerSpec): boolean {
  if (privileged.known && privileged.value) return true;
  return capAdd.some(({ text }) => /^(?:CAP_)?(?:NET_ADMIN|ALL)$/i.test(text));
}

/** With a firewall in the start command, what is let through is the script's to say. */
export function withFirewall(spec: ContainerSpec, commands: readonly LocatedText[]): ContainerSpec {
  const { egress } = spec.network;
  if (!egress.known || egress.value.kind !== 'open' || !canFilter(spec)) return spec;
  for (const { text, origin } of commands) {
    const name = FIREWALL.exec(text.slice(0, MAX_COMMAND))?.[0].replace(/^[\s;&|"'/(]/, '');
    if (name === undefined) continue;
    const why = 'a firewall script decides what is let through';
    const decided = unknown(displayText(name), why, [displayText(name)], origin);
    return { ...spec, network: { ...spec.network, egress: decided } };
  }
  return spec;
}
