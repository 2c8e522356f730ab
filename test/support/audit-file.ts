/** Audits a text under a name, by every front end that takes it for its own. */
import { RULES } from '../../rules/index.ts';
import { findingsOf } from '../../src/engine/findings.ts';
import type { Diagnostic } from '../../src/frontends/frontend.ts';
import { FRONTENDS } from '../../src/frontends/index.ts';
import type { Finding } from '../../src/report/report.ts';
import { memoryProject } from './memory-project.ts';

export interface FileAudit {
  readonly findings: readonly Finding[];
  /** Formats of the sandboxes that were found. */
  readonly formats: readonly string[];
  readonly notes: readonly Diagnostic[];
}

export function auditFile(path: string, text: string): FileAudit {
  const project = memoryProject({ [path]: text });
  const results = FRONTENDS.filter((frontend) => {
    const claim = frontend.claims(path);
    return claim === 'yes' || (claim === 'maybe' && frontend.recognises(text));
  }).map((frontend) => frontend.audit(project.source(path), project));
  const ours = results.filter((result) => result.ours);
  return {
    findings: ours.flatMap(({ sandboxes }) => findingsOf(sandboxes, RULES)),
    formats: ours.flatMap(({ sandboxes }) => sandboxes.map(({ format }) => format)),
    notes: ours.flatMap(({ diagnostics }) => diagnostics),
  };
}
