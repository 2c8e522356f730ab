/**
 * Evaluates a profile: a Scheme program whose side effect is a list of rules. Where a fact outside the files
 * decides a branch, both branches are evaluated and their rules are conditional.
 */
import { placeAt, type Source } from '../../source/source.ts';
import type { SyntaxProblem } from '../../syntax/node.ts';
import type { SexprResult } from '../../syntax/sexpr.ts';
import type { Builtin } from './call.ts';
import { evaluateTop } from './evaluate.ts';
import { FILTER_FUNCTIONS } from './filter-functions.ts';
import { FORMS } from './forms.ts';
import { LIST_FUNCTIONS } from './list-functions.ts';
import { diagnose, type Importer, type Machine, partial, reject } from './machine.ts';
import type { AssumedPlaces, GivenParameter } from './parameters.ts';
import type { Condition, SeatbeltProfile } from './profile.ts';
import { RULE_FUNCTIONS } from './rule-functions.ts';
import { VALUE_FUNCTIONS } from './scheme-functions.ts';

const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  ...VALUE_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...FILTER_FUNCTIONS,
  ...RULE_FUNCTIONS,
]);

/** A stretch of a profile, and what holds where it is there. */
export interface ProfilePart {
  readonly syntax: SexprResult;
  readonly conditions: readonly Condition[];
}

export interface ProfileInput extends AssumedPlaces {
  /** The profile as it was read, in order. */
  readonly parts: readonly ProfilePart[];
  /** Other rules may stand in it that could not be read: then nothing says that macOS would refuse it. */
  readonly open?: boolean;
  /** What the launcher passes with `-D`; `unknown` for a profile found without its launcher. */
  readonly parameters: ReadonlyMap<string, GivenParameter> | 'unknown';
  /** Reads another profile by the name in `(import …)`; asked before the built-in summaries. */
  readonly importer?: Importer;
  /** Where a profile without any form is reported. */
  readonly source: Source;
}

/** Never throws. Rules that follow a rejection are evaluated all the same, for what they say. */
export function evaluateProfile(input: ProfileInput): SeatbeltProfile {
  const machine = createMachine(input);
  const problems = input.parts.flatMap(({ syntax }) => syntax.problems);
  for (const problem of problems) reportSyntax(machine, problem);
  for (const { syntax, conditions } of input.parts) {
    machine.conditions.push(...conditions);
    for (const form of syntax.forms) if (!machine.halted) evaluateTop(machine, form);
    machine.conditions.length -= conditions.length;
  }
  checkVersion(machine, input);
  return {
    rules: machine.rules,
    diagnostics: machine.diagnostics,
    rejected: machine.diagnostics.find((one) => one.kind === 'rejected') ?? null,
    complete: !machine.halted && !problems.some((one) => one.severity === 'limit'),
    version: machine.version,
    parameters: [...machine.parameterUses.values()],
  };
}

function createMachine(input: ProfileInput): Machine {
  return {
    parameters: input.parameters === 'unknown' ? null : input.parameters,
    importer: input.importer ?? (() => null),
    places: { home: input.home, workspace: input.workspace },
    forms: FORMS,
    builtins: BUILTINS,
    globals: { bindings: new Map(), parent: null },
    rules: [],
    diagnostics: [],
    parameterUses: new Map(),
    imports: [],
    conditions: [],
    callSites: [],
    filters: [],
    implied: null,
    version: null,
    versionSeen: false,
    steps: 0,
    depth: 0,
    leaves: 0,
    patternStates: 0,
    halted: false,
    gaps:
      input.open === true ||
      input.parts.some(({ syntax }) => syntax.problems.some((one) => one.severity !== 'note')),
  };
}

function reportSyntax(machine: Machine, problem: SyntaxProblem): void {
  const kind = problem.severity === 'limit' ? 'limit' : problem.severity === 'note' ? 'note' : 'partial';
  diagnose(machine, kind, 'syntax', problem.message, problem.place);
}

function checkVersion(machine: Machine, input: ProfileInput): void {
  if (machine.versionSeen || machine.halted) return;
  const place = input.parts[0]?.syntax.forms[0]?.place ?? placeAt(input.source, 0, 0);
  const message = 'the profile has no `(version 1)`';
  // Text without a version may be a part that a launcher puts behind another one.
  if (machine.parameters === null || input.open === true) partial(machine, 'no-version', message, place);
  else reject(machine, 'no-version', message, place);
}
