import type { DefeatedProtection } from '../src/model/files.ts';
import { displayPath } from '../src/model/host-path.ts';
import { type Rewritable, rewritableBy } from '../src/model/rewriting.ts';
import { defineRule, type Match, type Severity } from '../src/model/rule.ts';

/** What starts the next sandbox, or runs on the host, can be changed from inside this one. */
export default defineRule({
  id: 'writable-sandbox-config',
  title: 'Definition or hooks writable from inside',
  summary: 'Hostile code can rewrite what starts its next sandbox, or what the host runs in the project.',
  axis: 'persistence',
  severity: 'low',
  gives: ['rewrite'],
  references: { owasp: ['8'], attack: ['T1554', 'T1195.001', 'T1574'], cwe: [829, 15] },
  check(sandbox, report) {
    for (const rewritable of rewritableBy(sandbox)) report(matchOf(rewritable));
    for (const protections of byAncestor(sandbox.files.defeated)) report(defeatedMatch(protections));
  },
});

/** One directory to mount differently is one finding, however many mounts below it are void. */
function byAncestor(defeated: readonly DefeatedProtection[]): DefeatedProtection[][] {
  const groups = new Map<string, DefeatedProtection[]>();
  for (const protection of defeated) {
    const key = displayPath(protection.through);
    groups.set(key, [...(groups.get(key) ?? []), protection]);
  }
  return [...groups.values()];
}

const NAMED = 3;

function defeatedMatch(protections: readonly DefeatedProtection[]): Match {
  const [first] = protections as readonly [DefeatedProtection, ...DefeatedProtection[]];
  const through = displayPath(first.through);
  const names = protections.map(({ path }) => `\`${displayPath(path)}\``);
  const rest = names.length - NAMED;
  const listed = rest > 0 ? `${names.slice(0, NAMED).join(', ')} and ${rest} more` : names.join(', ');
  return {
    at: first.origin,
    related: [...first.related, ...protections.slice(1).map(({ origin }) => origin)],
    evidence: `${listed} ${names.length === 1 ? 'is' : 'are'} mounted read-only, but \`${through}\` above can be renamed`,
    consequence: `Code inside can move \`${through}\` away, make a new one, and put its own files in it.`,
    remedy: `Mount \`${through}\` read-only as a whole.`,
    gains: [{ outcome: 'rewrite', certainty: 'direct' }],
    severity: 'medium',
    subject: through,
  };
}

function matchOf({ grant, paths, commands, assumes }: Rewritable): Match {
  // What mounts the project unasked has no name of its own.
  const isUnasked = grant.origin.kind !== 'explicit' && grant.path.root === 'workspace';
  const named = paths.map((path) => `\`${displayPath(path)}\``).join(', ');
  const [command] = commands;
  return {
    at: grant.origin,
    related: commands.map(({ origin }) => origin),
    evidence: `${isUnasked ? `the mount of ${grant.text}` : `\`${grant.text}\``} makes ${named} writable from inside`,
    consequence:
      command === undefined
        ? 'Code inside can change what starts its next sandbox, or hooks that run on the host at the next commit.'
        : `Code inside can change a file that \`${command.kind}\` runs on the host ${command.when}.`,
    remedy:
      grant.kind === 'rule'
        ? 'Deny writes to the definition and to `.git` by a rule after it, and read the changes before you use them.'
        : 'Mount the definition and `.git` read-only over the project, or let the code work on a copy, and read its changes before you use them.',
    gains: [{ outcome: 'rewrite', certainty: 'direct' }],
    severity: severityOf(commands),
    assumes,
    subject: paths.map(displayPath).join(' '),
  };
}

/** The project is there to be written; a host that runs what lies in it is another matter. */
function severityOf(commands: Rewritable['commands']): Severity {
  if (commands.length === 0) return 'low';
  return commands.some(({ unasked }) => unasked) ? 'high' : 'medium';
}
