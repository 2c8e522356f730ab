/** The functions with an effect: rules, imports, parameters. */
import { unknownPart } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { argument, argumentPlace, type Builtin, type Call } from './call.ts';
import { evaluateTop } from './evaluate.ts';
import { filterOf } from './filter-functions.ts';
import type { Filter } from './filters.ts';
import { IMPORTS, SYSTEM_FUNCTIONS } from './imports.ts';
import {
  diagnose,
  emitRule,
  halt,
  joinFilters,
  LIMITS,
  type Machine,
  partial,
  reject,
  textOf,
} from './machine.ts';
import { isKnownOperation, isOperationName } from './operations.ts';
import { assumedParameter } from './parameters.ts';
import type { Modifier, ParameterUse } from './profile.ts';
import { TRUE, textValue, UNSPECIFIED, unknownValue, type Value } from './values.ts';

function ruleFunction(action: 'allow' | 'deny'): readonly [string, Builtin] {
  return [
    action,
    (machine, call) => {
      const operations: string[] = [];
      const modifiers: Modifier[] = [];
      const filters: Filter[] = [];
      call.values.forEach((value, index) => {
        const place = argumentPlace(call, index);
        if (value.kind === 'modifier') modifiers.push(value.modifier);
        else if (value.kind === 'symbol') operations.push(operationName(machine, value.name, value.place));
        else filters.push({ ...filterOf(machine, value, place), place });
      });
      if (operations.length === 0) {
        partial(machine, 'not-understood', `\`${action}\` names no operation`, call.place);
        return UNSPECIFIED;
      }
      const only = filters.length === 1 ? filters[0] : undefined;
      const filter = filters.length === 0 ? null : (only ?? joinFilters(machine, 'any', filters, call.place));
      emitRule(machine, { action, operations, filter, modifiers, place: call.place });
      return UNSPECIFIED;
    },
  ];
}

function operationName(machine: Machine, name: string, place: Place): string {
  if (!isOperationName(name)) {
    partial(
      machine,
      'unknown-helper',
      `\`${name.slice(0, 60)}\` is not an operation that is known here`,
      place,
    );
  }
  return name;
}

function version(machine: Machine, call: Call): Value {
  const given = argument(call, 0);
  machine.versionSeen = true;
  if (machine.imports.length === 0) machine.version ??= call.place;
  if (given.kind === 'number' && given.value !== 1) {
    reject(machine, 'wrong-version', 'version 1 is the only one', call.place);
  }
  return UNSPECIFIED;
}

function parameter(machine: Machine, call: Call): Value {
  const name = textOf(machine, argument(call, 0), argumentPlace(call, 0), '`param`').text;
  const given = machine.parameters?.get(name);
  if (given !== undefined) {
    recordUse(machine, name, 'given', call.place);
    return { ...textValue(given.text), presence: given.presence };
  }
  if (machine.parameters !== null) {
    recordUse(machine, name, 'missing', call.place);
    return { kind: 'boolean', value: false, missing: name };
  }
  const assumed = assumedParameter(name, machine.places);
  recordUse(machine, name, assumed === null ? 'unknown' : 'assumed', call.place);
  const presence = { key: `parameter ${name}`, text: `the parameter ${name} is given`, holds: true };
  if (assumed === null) {
    return { kind: 'string', text: unknownPart(name), assumptions: [], presence };
  }
  return { kind: 'string', text: assumed.text, assumptions: [assumed.assumption], presence };
}

function recordUse(machine: Machine, name: string, state: ParameterUse['state'], place: Place): void {
  if (!machine.parameterUses.has(name)) machine.parameterUses.set(name, { name, place, state });
}

/** Reads another profile in place; the common ones of macOS are summarised where they are not at hand. */
function importProfile(machine: Machine, call: Call): Value {
  const name = textOf(machine, argument(call, 0), argumentPlace(call, 0), '`import`').text;
  if (machine.imports.length >= LIMITS.imports || machine.imports.includes(name)) {
    halt(machine, 'profiles import each other', call.place);
    return UNSPECIFIED;
  }
  const read = machine.importer(name);
  if (read !== null) {
    machine.imports.push(name);
    machine.callSites.push(call.place);
    for (const form of read.forms) {
      if (!machine.halted) evaluateTop(machine, form);
    }
    machine.callSites.pop();
    machine.imports.pop();
    return UNSPECIFIED;
  }
  const summary = IMPORTS.get(name.slice(name.lastIndexOf('/') + 1));
  if (summary === undefined) {
    machine.gaps = true;
    partial(
      machine,
      'unknown-import',
      `the imported profile ${name.slice(0, 80)} cannot be read`,
      call.place,
    );
    return UNSPECIFIED;
  }
  machine.versionSeen = true;
  emitImplied(machine, summary.rules(call.place), call.place);
  for (const defined of summary.defines)
    machine.globals.bindings.set(defined, { kind: 'builtin', name: defined });
  return UNSPECIFIED;
}

function emitImplied(
  machine: Machine,
  rules: readonly { readonly operations: readonly string[]; readonly filter: Filter | null }[],
  place: Place,
): void {
  const before = machine.implied;
  machine.implied ??= place;
  for (const rule of rules) emitRule(machine, { action: 'allow', ...rule, modifiers: [], place });
  machine.implied = before;
}

/** Whether a name exists on the macOS that loads the profile; newer names may or may not. */
function isDefined(machine: Machine, call: Call): Value {
  const given = argument(call, 0);
  const name =
    given.kind === 'symbol' || given.kind === 'string'
      ? given.kind === 'symbol'
        ? given.name
        : given.text
      : null;
  if (name === null) return unknownValue('defined?');
  if (
    machine.globals.bindings.has(name) ||
    machine.builtins.has(name) ||
    machine.forms.has(name) ||
    isKnownOperation(name)
  )
    return TRUE;
  return unknownValue(`whether ${name} is defined`, {
    key: `defined ${name}`,
    text: `\`${name.slice(0, 60)}\` is defined`,
    holds: true,
  });
}

function raise(machine: Machine, call: Call): Value {
  reject(machine, 'error-called', 'the profile stops with an error', call.place);
  return UNSPECIFIED;
}

function trace(machine: Machine, call: Call): Value {
  diagnose(machine, 'note', 'trace', 'the profile writes a trace of what is denied to a file', call.place);
  return UNSPECIFIED;
}

/** Functions that only change what is logged. */
const WITHOUT_EFFECT: readonly string[] = [
  'debug',
  'disable-callouts',
  'disable-full-symbolication',
  'display',
  'newline',
  'write',
  'allow-when-unsandboxed',
];

function systemFunction(name: string): readonly [string, Builtin] {
  return [
    name,
    (machine, call) => {
      // Only system.sb defines these: without the import the name is unbound.
      if (!machine.globals.bindings.has(name)) {
        partial(
          machine,
          'unknown-helper',
          `\`${name}\` is defined by system.sb, which is not imported`,
          call.place,
        );
        return unknownValue(name);
      }
      emitImplied(machine, SYSTEM_FUNCTIONS.get(name)?.(call.place) ?? [], call.place);
      return UNSPECIFIED;
    },
  ];
}

export const RULE_FUNCTIONS: readonly (readonly [string, Builtin])[] = [
  ruleFunction('allow'),
  ruleFunction('deny'),
  ['version', version],
  ['param', parameter],
  ['import', importProfile],
  ['defined?', isDefined],
  ['error', raise],
  ['trace', trace],
  ...WITHOUT_EFFECT.map((name): readonly [string, Builtin] => [name, () => UNSPECIFIED]),
  systemFunction('system-network'),
  systemFunction('system-graphics'),
];
