/** Public API: one audit, as the command makes it, with the report as data. */
import { RULES } from '../rules/index.ts';
import { audit as auditWith } from './engine/audit.ts';
import { ownPackage } from './engine/pages.ts';
import { FRONTENDS } from './frontends/index.ts';
import type { Report } from './report/report.ts';

export type { Axis, Certainty, Gain, OutcomeId } from './model/outcome.ts';
export type { Confidence, References, RuleHead, Severity } from './model/rule.ts';
export type { Role, SandboxFormat } from './model/sandbox.ts';
export type * from './report/report.ts';
export type { Place, Source, Span } from './source/source.ts';

export interface AuditRequest {
  /** Files and directories, relative to `cwd`; the default is `cwd` itself. */
  readonly paths?: readonly string[];
  /** Absolute. Default: the working directory of the process. Paths in the report are relative to it. */
  readonly cwd?: string;
  /** A definition given as text, under the name that it would have; then `paths` are not walked. */
  readonly stdin?: { readonly name: string; readonly text: string };
}

/**
 * Audits sandbox definitions. Reads files below `cwd` and the given paths; starts, opens and changes nothing.
 * The report refers to sources, whose text holds secrets where the files do: `secrets` says where.
 * @throws MissingPathError when a given path does not exist
 */
export function audit(request: AuditRequest = {}): Report {
  const { paths = ['.'], cwd = process.cwd(), stdin } = request;
  return auditWith({
    paths,
    cwd,
    tool: { name: 'sandbox-audit', version: ownPackage().version },
    frontends: FRONTENDS,
    rules: RULES,
    ...(stdin === undefined ? {} : { stdin }),
  });
}
