/** The cases of `fixtures/parity`: how each is written, read and asked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSecretName } from '../../src/knowledge/secrets.ts';
import type { FileMode } from '../../src/model/files.ts';
import { hostPath } from '../../src/model/host-path.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { auditText, type TextAudit } from './audit-text.ts';

const ROOT = fileURLToPath(new URL('../../fixtures/parity', import.meta.url));

/** The file in which a case is written, by format. */
const FILES: Readonly<Record<string, string>> = {
  compose: 'compose.yml',
  devcontainer: 'devcontainer.json',
  seatbelt: 'profile.sb',
  'docker-run': 'run.sh',
  bwrap: 'sandbox.sh',
};

/** The names of the cases, sorted. */
export const CASES: readonly string[] = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

interface Description {
  /** Formats that cannot say it. */
  readonly excused: readonly string[];
  /** Why they cannot, as a clause; empty where all of them can. */
  readonly why: string;
}

/** The rows of the table in the cases' README, by case. */
export const DESCRIBED: ReadonlyMap<string, Description> = new Map(
  [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \|[^|]*\|([^|]*)\|$/gm)].map(
    ([, name = '', cell = '']) => {
      const [formats = '', why = ''] = cell.split(':').map((part) => part.trim());
      return [name, { excused: formats.split(/,\s*/).filter((format) => format !== ''), why }];
    },
  ),
);

export function formatsOf(name: string): string[] {
  return Object.keys(FILES).filter((format) => existsSync(join(ROOT, name, FILES[format] ?? '')));
}

export function auditCase(name: string, format: string): TextAudit {
  return auditText(format, readFileSync(join(ROOT, name, FILES[format] ?? ''), 'utf8'));
}

/** The sandbox of a case; throws where there is none or more than one. */
export function sole(audit: TextAudit): Sandbox {
  const [sandbox, ...more] = audit.result.sandboxes;
  if (sandbox === undefined || more.length > 0) throw new Error('a case holds exactly one sandbox');
  return sandbox;
}

const MODES: readonly FileMode[] = ['read', 'write', 'connect'];
const PROBES = [
  '~',
  '~/.ssh/id_ed25519',
  '~/.aws/credentials',
  '~/.bashrc',
  '~/.claude/settings.json',
  '~/.docker/config.json',
  '/etc/shadow',
  '/etc/cron.d/job',
  '/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/user/1000/bus',
  '/tmp/.X11-unix/X0',
  '/usr/bin/sh',
  '/var/lib/docker',
  '.',
  'src/index.ts',
  '.git/hooks/pre-commit',
  '.devcontainer/devcontainer.json',
  'compose.yml',
  '../other-project',
];

/** What may be done to each probed path, as `read /etc/shadow: no`. */
export function fileAnswers(
  { files }: Sandbox,
  isAsked: (question: string) => boolean = () => true,
): string[] {
  return PROBES.flatMap((probe) =>
    MODES.map((mode) => ({ mode, question: `${mode} ${probe}` }))
      .filter(({ question }) => isAsked(question))
      .map(({ mode, question }) => `${question}: ${files.can(mode, hostPath(probe, '')).verdict}`),
  );
}

export function environmentAnswers({ environment }: Sandbox): string[] {
  return environment.variables.map(({ name, from, hostNames }) => {
    const kind = isSecretName(name) ? 'secret' : 'setting';
    return `${kind} ${name} from ${from === 'host' ? `host (${hostNames.join()})` : from}`;
  });
}
