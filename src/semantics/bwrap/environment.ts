/** The environment inside: the caller's, with what the options change, in their order. */
import type { Environment, Variable } from '../../model/environment.ts';
import type { InertSetting } from '../../model/sandbox.ts';
import { byDefault } from '../../model/value.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import type { BwrapCall, Setting } from './call.ts';

/** `--clearenv` empties what there is so far (bubblewrap.c, parse_args_recurse: clearenv(3) at once). */
export function bwrapEnvironment({ settings, caller, assigned, place }: BwrapCall): Environment {
  const cleared = lastClear(settings);
  const variables = new Map<string, Variable>();
  if (cleared === -1) for (const variable of assigned) variables.set(variable.name, variable);
  for (const { name, words, origin, when } of settings.slice(cleared + 1)) {
    const [variable = '', value = ''] = words;
    if (name === 'setenv') variables.set(variable, writtenVariable(variable, value, origin));
    if (name === 'unsetenv' && when.length === 0) variables.delete(variable);
  }
  const inherits = cleared === -1 && caller.emptied === null;
  return {
    variables: [...variables.values()],
    files: [],
    inheritsAll: inherits ? byDefault(place, 'bwrap hands its environment on') : null,
  };
}

/** The last one that is there in any case. */
function lastClear(settings: readonly Setting[]): number {
  return settings.findLastIndex(({ name, when }) => name === 'clearenv' && when.length === 0);
}

/** What `--clearenv` takes away again. */
export function inertVariables({ settings }: BwrapCall): InertSetting[] {
  const cleared = lastClear(settings);
  const clear = settings[cleared];
  if (clear === undefined) return [];
  return settings.slice(0, cleared).flatMap(({ name, text, origin }) =>
    name !== 'setenv'
      ? []
      : [
          {
            setting: text,
            why: '`--clearenv` comes later and takes it away',
            instead: 'Move it behind `--clearenv`',
            origin,
          },
        ],
  );
}
