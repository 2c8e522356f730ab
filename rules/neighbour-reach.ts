import { neighboursByPlace } from '../src/model/neighbourhood.ts';
import { defineRule } from '../src/model/rule.ts';

/** Services beside the sandbox that hold something. */
export default defineRule({
  id: 'neighbour-reach',
  title: 'Services beside the sandbox',
  summary: 'Code inside can read and change what databases and the like on its network hold.',
  axis: 'network',
  severity: 'info',
  gives: ['neighbours'],
  references: { cis: ['5.30'], owasp: ['5'], attack: ['T1046'], cwe: [923] },
  check(sandbox, report) {
    if (sandbox.role.kind === 'service') return;
    const holding = sandbox.network.neighbours.filter(({ holds }) => holds !== null && !ELSEWHERE.has(holds));
    for (const neighbours of neighboursByPlace(holding)) {
      const [first] = neighbours;
      if (first === undefined) continue;
      const named = neighbours.map(
        ({ name, holds }) => `\`${name}\` (${(holds ?? '').replaceAll('-', ' ')})`,
      );
      report({
        at: first.origin,
        evidence: `${named.join(', ')} can be reached from inside`,
        consequence:
          'Code inside can read and change what it holds, with the password that stands in the project or none.',
        remedy: 'Put what the task does not need on another network, and keep real data out of it.',
        gains: [{ outcome: 'neighbours', certainty: 'direct' }],
        severity: 'info',
        subject: neighbours.map(({ name }) => name).join(' '),
      });
    }
  },
});

/** What `engine-socket` reports, and what only passes traffic on. */
const ELSEWHERE: ReadonlySet<string> = new Set(['engine-proxy', 'proxy']);
