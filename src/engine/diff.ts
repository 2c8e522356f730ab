/** What became of each sandbox between two trees. Two audits, compared; no version control is asked. */
import { AXES } from '../model/outcome.ts';
import { gradeOf } from '../reach/score.ts';
import type {
  AxisChange,
  ChangeStatus,
  Difference,
  DifferenceSide,
  GainedOutcome,
  Growth,
  SandboxChange,
} from '../report/difference.ts';
import type { ReportedOutcome, ReportedRadius, ReportedSandbox } from '../report/report.ts';
import { comparePlaces } from '../source/source.ts';

/** Worths have two decimals. */
const EPSILON = 0.001;

export function difference(old: DifferenceSide, after: DifferenceSide): Difference {
  const pairs = matched(old, after);
  const changes = pairs.map(changeOf).toSorted(byWeight);
  return {
    tool: after.report.tool,
    old,
    new: after,
    changes,
    grew: changes.some(({ growth }) => growth.length > 0),
  };
}

function byWeight(a: SandboxChange, b: SandboxChange): number {
  const score = ({ before, after }: SandboxChange): number => (after ?? before)?.radius.score ?? 0;
  return Number(b.growth.length > 0) - Number(a.growth.length > 0) || score(b) - score(a);
}

interface Pair {
  readonly before: ReportedSandbox | null;
  readonly after: ReportedSandbox | null;
  readonly moved: boolean;
}

/** Two sandboxes are one if a key of theirs is equal; the keys are tried from the strictest on. */
type Key = (sandbox: ReportedSandbox) => string;

function matched(old: DifferenceSide, current: DifferenceSide): Pair[] {
  const before = new Set(inOrder(old.report.sandboxes));
  const after = new Set(inOrder(current.report.sandboxes));
  const pairs: Pair[] = [];
  const match = (key: Key, moved: boolean): void => {
    const waiting = new Map<string, ReportedSandbox[]>();
    for (const sandbox of before) {
      const list = waiting.get(key(sandbox));
      if (list === undefined) waiting.set(key(sandbox), [sandbox]);
      else list.push(sandbox);
    }
    for (const sandbox of [...after]) {
      const found = waiting.get(key(sandbox))?.shift();
      if (found === undefined) continue;
      pairs.push({ before: found, after: sandbox, moved });
      before.delete(found);
      after.delete(sandbox);
    }
  };
  // Two files that are compared are one file, whatever they are called.
  const files = new Map([...before, ...after].map((sandbox) => [sandbox, sandbox.place.source.path]));
  for (const sandbox of before) if (files.get(sandbox) === old.file) files.set(sandbox, '');
  for (const sandbox of after) if (files.get(sandbox) === current.file) files.set(sandbox, '');
  const file = (sandbox: ReportedSandbox): string => files.get(sandbox) ?? '';
  match((sandbox) => joined(file(sandbox), sandbox.format, stableName(sandbox), signatureOf(sandbox)), false);
  match((sandbox) => joined(file(sandbox), sandbox.format, sandbox.name), false);
  match((sandbox) => joined(file(sandbox), sandbox.format, stableName(sandbox)), false);
  match((sandbox) => joined(sandbox.format, stableName(sandbox), signatureOf(sandbox)), true);
  return [
    ...pairs,
    ...[...after].map((sandbox) => ({ before: null, after: sandbox, moved: false })),
    ...[...before].map((sandbox) => ({ before: sandbox, after: null, moved: false })),
  ];
}

function inOrder(sandboxes: readonly ReportedSandbox[]): ReportedSandbox[] {
  return sandboxes.toSorted((a, b) => comparePlaces(a.place, b.place));
}

function joined(...parts: readonly string[]): string {
  return parts.join('\0');
}

/** A command is called by its line, which moves when others come or go. */
function stableName({ name }: ReportedSandbox): string {
  return name.replace(/ \(line \d[^()]*\)$/, '');
}

/** What is held, and by which rules. */
function signatureOf({ radius }: ReportedSandbox): string {
  const held = radius.outcomes.map(({ outcome, certainty, path }) =>
    [outcome, certainty, ...path.map(({ rule, step }) => rule ?? step)].join(' '),
  );
  return held.sort().join('\n');
}

function changeOf({ before, after, moved }: Pair): SandboxChange {
  const axes = before === null || after === null ? [] : axisChanges(before.radius, after.radius);
  const gained = gainedOutcomes(before?.radius.outcomes ?? [], after?.radius.outcomes ?? []);
  const lost = lostOutcomes(before?.radius.outcomes ?? [], after?.radius.outcomes ?? []);
  const growth = growthOf(before, after, axes);
  const same =
    axes.length === 0 &&
    gained.length + lost.length + growth.length === 0 &&
    before?.radius.possible === after?.radius.possible;
  const status: ChangeStatus =
    before === null ? 'added' : after === null ? 'removed' : moved ? 'moved' : same ? 'same' : 'changed';
  return { status, before, after, axes, gained, lost, growth };
}

function axisChanges(before: ReportedRadius, after: ReportedRadius): AxisChange[] {
  return AXES.flatMap((axis) => {
    const [a, b] = [before, after].map(({ axes }) => axes.find((one) => one.axis === axis));
    if (a === undefined || b === undefined || Math.abs(a.worth - b.worth) < EPSILON) return [];
    return [{ axis, before: a, after: b }];
  });
}

function gainedOutcomes(
  before: readonly ReportedOutcome[],
  after: readonly ReportedOutcome[],
): GainedOutcome[] {
  const worths = new Map(before.map(({ outcome, worth }) => [outcome, worth]));
  return after.flatMap((outcome) => {
    const worthBefore = worths.get(outcome.outcome) ?? null;
    return worthBefore !== null && outcome.worth < worthBefore + EPSILON ? [] : [{ outcome, worthBefore }];
  });
}

function lostOutcomes(
  before: readonly ReportedOutcome[],
  after: readonly ReportedOutcome[],
): ReportedOutcome[] {
  const held = new Set(after.map(({ outcome }) => outcome));
  return before.filter(({ outcome }) => !held.has(outcome));
}

/**
 * Any axis or the score up, or the upper end of its range: what became unknown is not taken to be safe. A new
 * sandbox counts when its grade may be worse than B; a new service when it is worse than C, which is what an
 * engine's defaults give.
 */
function growthOf(
  before: ReportedSandbox | null,
  after: ReportedSandbox | null,
  axes: readonly AxisChange[],
): Growth[] {
  if (after === null) return [];
  if (before === null) {
    const accepted = after.role.kind === 'sandbox' ? 'B' : 'C';
    return gradeOf(after.radius.possible) > accepted ? ['added'] : [];
  }
  const { score, possible } = after.radius;
  return [
    ...axes.filter((change) => change.after.worth > change.before.worth).map(({ axis }) => axis),
    ...(score > before.radius.score + EPSILON ? (['score'] as const) : []),
    ...(possible > before.radius.possible + EPSILON ? (['possible'] as const) : []),
  ];
}
