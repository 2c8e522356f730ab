/** The blast radius of a definition given as text, with what planned its fixes. */
import { RULES } from '../../rules/index.ts';
import { judge } from '../../src/engine/findings.ts';
import type { Radius } from '../../src/model/radius.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import type { CausedEvidence } from '../../src/reach/fix-first.ts';
import { reach } from '../../src/reach/reach.ts';
import { auditText } from '../support/audit-text.ts';

export interface Reached {
  readonly sandbox: Sandbox;
  readonly evidence: readonly CausedEvidence[];
  readonly radius: Radius;
}

/** Every sandbox of the text, in the order of the text. */
export function reachedIn(
  format: string,
  text: string,
  files: Readonly<Record<string, string>> = {},
  path?: string,
): Reached[] {
  const { result } = auditText(format, text, new Map(Object.entries(files)), path);
  const { evidence } = judge(result.sandboxes, RULES);
  return result.sandboxes.map((sandbox) => {
    const own = evidence.get(sandbox.id) ?? [];
    return { sandbox, evidence: own, radius: reach(sandbox, own) };
  });
}

/** The sandbox of that name, or the only one. */
export function reachedOne(format: string, text: string, name?: string): Reached {
  const all = reachedIn(format, text).filter(({ sandbox }) => name === undefined || sandbox.name === name);
  const [one, ...more] = all;
  if (one === undefined || more.length > 0) throw new Error(`${all.length} sandboxes instead of one`);
  return one;
}
