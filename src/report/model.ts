/** The model as JSON: what was understood, each fact with the line that decides it. Values of variables are masked. */
import type { Variable } from '../model/environment.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { displayText } from '../model/symbolic.ts';
import type { Value } from '../model/value.ts';
import type { Place } from '../source/source.ts';
import { positionAt } from '../source/source.ts';
import { safeJson } from './printable.ts';
import { MASK, type Redaction, redactionOf } from './redaction.ts';
import type { Report } from './report.ts';

/** What was understood, before anything is judged. */
export interface Understood extends Pick<Report, 'tool' | 'files' | 'secrets'> {
  readonly sandboxes: readonly Sandbox[];
}

/** The model is a tree of no great depth; beyond this is a mistake of ours. */
const MAX_DEPTH = 40;

export function renderModel({ tool, sandboxes, files, secrets }: Understood): string {
  const redaction = redactionOf(secrets);
  return safeJson({
    schema: 1,
    tool,
    sandboxes: sandboxes.map((sandbox) => plain(withoutValues(sandbox), redaction, 0)),
    files: files.map((file) => plain(file, redaction, 0)),
  });
}

function withoutValues(sandbox: Sandbox): Sandbox {
  const { environment } = sandbox;
  return { ...sandbox, environment: { ...environment, variables: environment.variables.map(masked) } };
}

/** The name, the source and the place stay; what a default or a written value says does not. */
function masked(variable: Variable): Variable {
  const { value } = variable;
  const hidden: Value<string> = value.known ? { ...value, value: MASK } : { ...value, raw: MASK };
  return { ...variable, value: hidden };
}

function plain(value: unknown, redaction: Redaction, depth: number): unknown {
  if (typeof value === 'string') return redaction.name(displayText(value));
  if (typeof value === 'function' || value === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  if (value instanceof Set) return [...value].map((one) => plain(one, redaction, depth + 1)).sort();
  if (value instanceof Map) return plain(Object.fromEntries(value), redaction, depth);
  if (Array.isArray(value)) return value.map((one) => plain(one, redaction, depth + 1));
  if (isPlace(value)) return exactPoint(value);
  const entries = Object.entries(value).flatMap(([key, one]) => {
    const shown = plain(one, redaction, depth + 1);
    return shown === undefined ? [] : [[key === 'place' ? 'at' : key, shown] as const];
  });
  return Object.fromEntries(entries);
}

function isPlace(value: object): value is Place {
  return 'source' in value && 'span' in value;
}

function exactPoint({ source, span }: Place): string {
  const { line, column } = positionAt(source, span.start);
  return `${source.path}:${line}:${column}`;
}
