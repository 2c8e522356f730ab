/** Audits a definition given as text, with the files that stand beside it, without a disk. */

import { RULES } from '../../rules/index.ts';
import { findingsOf } from '../../src/engine/findings.ts';
import type { FrontendResult } from '../../src/frontends/frontend.ts';
import { FRONTENDS } from '../../src/frontends/index.ts';
import type { Finding } from '../../src/report/report.ts';
import { memoryProject } from './memory-project.ts';

/** The name under which each format's examples stand. */
export const EXAMPLE_PATHS: Readonly<Record<string, string>> = {
  compose: 'compose.yml',
  devcontainer: '.devcontainer/devcontainer.json',
  seatbelt: 'profile.sb',
  'docker-run': 'run.sh',
  bwrap: 'sandbox.sh',
  unshare: 'run.sh',
  chroot: 'run.sh',
  user: 'run.sh',
  firejail: 'run.sh',
  systemd: 'run.sh',
  qemu: 'run.sh',
  firecracker: 'vm.json',
  runsc: 'run.sh',
};

export interface TextAudit {
  readonly result: FrontendResult;
  readonly findings: readonly Finding[];
}

export function auditText(
  format: string,
  text: string,
  files: ReadonlyMap<string, string> = new Map(),
  path = EXAMPLE_PATHS[format] ?? format,
): TextAudit {
  const own = FRONTENDS.filter((candidate) => candidate.id === format);
  const frontend = own.find((candidate) => candidate.claims(path) !== 'no') ?? own[0];
  if (frontend === undefined) throw new Error(`no front end for ${format}`);
  const project = memoryProject(Object.fromEntries([...files, [path, text]]));
  const lookup = project.read(path);
  if (lookup.status !== 'read') throw new Error(`${path} is not there`);
  const result = frontend.audit(lookup.source, project);
  return { result, findings: findingsOf(result.sandboxes, RULES) };
}

export function rulesIn(audit: TextAudit): string[] {
  return [...new Set(audit.findings.map((finding) => finding.rule.id))].sort();
}
