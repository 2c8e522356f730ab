/** The environment inside: the caller's, with what the options change, in their order. */
import type { Environment, EnvironmentHolder, Variable } from '../../model/environment.ts';
import type { HostFiles } from '../../model/files.ts';
import { hostPath } from '../../model/host-path.ts';
import type { InertSetting } from '../../model/sandbox.ts';
import { byDefault } from '../../model/value.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import { assumption } from '../process/conditions.ts';
import type { BwrapCall, Setting } from './call.ts';
import type { Operation } from './operations.ts';

/** What of the host's processes and files can be seen inside. */
export interface Inside {
  readonly files: HostFiles;
  readonly operations: readonly Operation[];
}

/** `--clearenv` empties what there is so far (bubblewrap.c, parse_args_recurse: clearenv(3) at once). */
export function bwrapEnvironment(call: BwrapCall, inside: Inside): Environment {
  const { caller, place, starting } = call;
  const variables = commandVariables(call);
  if (caller.emptied !== null) return { variables, files: [], inheritsAll: null };
  const clear = call.settings[lastClear(call.settings)] ?? null;
  const emptied = clear?.origin ?? starting.emptied;
  if (emptied === null) {
    return { variables, files: [], inheritsAll: byDefault(place, 'bwrap hands its environment on') };
  }
  const monitor = monitorOf(call, inside);
  if (monitor === null) return { variables, files: [], inheritsAll: null };
  const note = 'a process of bwrap keeps the environment that it was started with';
  const what = clear === null ? '`env -i`' : '`--clearenv`';
  return {
    // What is set for bwrap stays in that process too.
    variables: merged(call.assigned, variables),
    files: [],
    inheritsAll: { ...byDefault(emptied.place, note), assumes: monitor.assumes },
    leftIn: {
      evidence: `${what} empties the environment of the program alone, and ${monitor.evidence}`,
      remedy: monitor.remedy,
    },
  };
}

/** What the program itself starts with, of what is written. */
function commandVariables({ settings, assigned, starting }: BwrapCall): readonly Variable[] {
  if (starting.emptied !== null) return starting.assigned;
  const cleared = lastClear(settings);
  const variables = new Map<string, Variable>();
  if (cleared === -1) for (const variable of assigned) variables.set(variable.name, variable);
  for (const { name, words, origin, when } of settings.slice(cleared + 1)) {
    const [variable = '', value = ''] = words;
    if (name === 'setenv') variables.set(variable, writtenVariable(variable, value, origin));
    if (name === 'unsetenv' && when.length === 0) variables.delete(variable);
  }
  return merged([...variables.values()], starting.assigned);
}

function merged(first: readonly Variable[], then: readonly Variable[]): readonly Variable[] {
  return [...new Map([...first, ...then].map((variable) => [variable.name, variable])).values()];
}

/** The last one that is there in any case. */
function lastClear(settings: readonly Setting[]): number {
  return settings.findLastIndex(({ name, when }) => name === 'clearenv' && when.length === 0);
}

/** A process of bwrap that code inside reads the starting environment off. */
interface Monitor extends EnvironmentHolder {
  readonly assumes: readonly string[];
}

const OUTSIDE_ALONE = 'Start bwrap itself without it, as in `env -i PATH="$PATH" bwrap …`.';
const OR_FIRST_PROCESS =
  'Start bwrap itself without it, as in `env -i PATH="$PATH" bwrap …`, or add `--as-pid-1`, so that no process of bwrap stays inside.';

/**
 * clearenv(3) and unsetenv(3) change what bwrap hands on, and not what the kernel shows of it: /proc/PID/environ
 * is the memory that execve(2) filled (proc(5)).
 *
 * | what stays | why | who reads it off |
 * |---|---|---|
 * | process 1 of a process namespace | bwrap forks to reap children there, unless told `--as-pid-1` (bubblewrap.c, main: opt_unshare_pid, do_init) | everyone inside: same user, same user namespace |
 * | the holder of `--lock-file` and `--sync-fd` | it has to outlive the program (the same fork) | the same, in the host's /proc |
 * | the process outside, without either | it waits for the program (monitor_child) | root without a user namespace of its own; an ordinary user's bwrap lies in the parent user namespace, and the kernel refuses (ptrace(2), ptrace access mode checking) |
 *
 * Each row was measured with bubblewrap 0.8.0, as root and as an ordinary user; upstream discusses the first
 * (containers/bubblewrap, issue 725). Without /proc, ptrace(2) leads to the same memory where the kernel lets a
 * process trace one that is not its child (Documentation/admin-guide/LSM/Yama.rst).
 */
function monitorOf(call: BwrapCall, inside: Inside): Monitor | null {
  const { settings, caller } = call;
  const first = settings.find(({ name, when }) => name === 'as-pid-1' && when.length === 0);
  const namespace = surest(settings, ['unshare-pid', 'unshare-all']);
  const held = surest(settings, ['lock-file', 'sync-fd']);
  const processes = shownProcesses(inside);
  if (namespace !== null && first === undefined) {
    const where = processes === null ? '' : ', in `/proc/1/environ`';
    return {
      evidence: `bwrap stays inside as process 1 and keeps yours${where}`,
      remedy: OR_FIRST_PROCESS,
      assumes: [...assumption(namespace.when, true), ...(processes === null ? tracing(call) : [])],
    };
  }
  if (held !== null && first === undefined) {
    return {
      evidence: `the process that bwrap keeps for \`${held.text}\` keeps yours`,
      remedy: OUTSIDE_ALONE,
      assumes: [...assumption(held.when, true), ...(processes === null ? tracing(call) : [])],
    };
  }
  const userNamespace = surest(settings, ['unshare-user', 'unshare-user-try', 'unshare-all', 'userns']);
  const hidden = namespace !== null && namespace.when.length === 0 && processes !== 'host';
  if (caller.root === null || hidden || userNamespace?.when.length === 0) return null;
  return {
    evidence: 'root inside reads yours off the process of bwrap that waits outside',
    remedy: OUTSIDE_ALONE,
    assumes: userNamespace === null ? [] : assumption(userNamespace.when, false).slice(0, 1),
  };
}

/** One that is there in any case, or else the first that may be. */
function surest(settings: readonly Setting[], names: readonly string[]): Setting | null {
  const given = settings.filter(({ name }) => names.includes(name));
  return given.find(({ when }) => when.length === 0) ?? given[0] ?? null;
}

/** Whose processes a /proc inside lists; null: there is none. */
function shownProcesses({ files, operations }: Inside): 'host' | 'own' | null {
  if (files.can('read', hostPath('/proc', '')).verdict === 'yes') return 'host';
  return operations.some(({ name }) => name === 'proc') ? 'own' : null;
}

/** Root mounts a /proc for itself. */
function tracing({ caller }: BwrapCall): readonly string[] {
  return caller.root === null ? ['the kernel lets code trace processes that are not its own children'] : [];
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
