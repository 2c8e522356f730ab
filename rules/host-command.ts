import { covers, displayPath, type HostPath } from '../src/model/host-path.ts';
import { defineRule } from '../src/model/rule.ts';
import type { HostCommand, Sandbox } from '../src/model/sandbox.ts';

/** A definition of a sandbox that makes the host itself execute something. */
export default defineRule({
  id: 'host-command',
  title: 'Command that runs on the host',
  summary: 'Whoever changes the definition, or a file that it executes, runs code outside the sandbox.',
  axis: 'host',
  severity: 'medium',
  gives: ['host-user'],
  references: {
    attack: ['T1059', 'T1611'],
    cwe: [829],
    links: ['https://containers.dev/implementors/json_reference/#lifecycle-scripts'],
  },
  check(sandbox, report) {
    for (const command of sandbox.hostCommands) {
      const writable = command.executes.find((path) => isWritable(sandbox, path));
      const unasked = command.unasked ? ' Nobody is asked before.' : '';
      report({
        at: command.origin,
        evidence: `\`${command.kind}\` runs \`${shortened(command.command)}\` on the host${timeOf(command)}`,
        consequence:
          writable === undefined
            ? `It runs with your rights and outside the sandbox, whoever wrote it.${unasked}`
            : `Code inside can rewrite ${displayPath(writable)}, and the host runs it the next time.${unasked}`,
        remedy:
          writable === undefined
            ? 'Do the same inside the container, or once by hand.'
            : 'Run it inside the container, or mount the file that it runs read-only.',
        ...(writable === undefined ? {} : { gains: [{ outcome: 'host-user', certainty: 'assumed' }] }),
        severity: writable === undefined ? 'medium' : 'high',
        subject: command.kind,
      });
    }
  },
});

function timeOf({ when }: HostCommand): string {
  return when === '' ? '' : `, ${when}`;
}

/** A protection that a rename of the directory above it defeats is none. */
function isWritable({ files }: Sandbox, path: HostPath): boolean {
  const { verdict, grant } = files.can('write', path);
  if (verdict === 'yes' && grant?.kind !== 'copy') return true;
  return files.defeated.some((protection) => covers(protection.path, path) === 'yes');
}

const SHOWN = 80;

function shortened(command: string): string {
  const line = command.replace(/\s+/g, ' ').trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN)}…`;
}
