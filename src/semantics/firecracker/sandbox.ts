/** A machine of Firecracker, from its configuration or from the command line that names it. */
import type { HostFiles } from '../../model/files.ts';
import { workspacePath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { Sandbox, Unresolved } from '../../model/sandbox.ts';
import { type Origin, unknown } from '../../model/value.ts';
import type { Place, Source } from '../../source/source.ts';
import { callerOf } from '../process/caller.ts';
import { programOf } from '../process/command.ts';
import { type Layer, layeredFiles } from '../process/host-view.ts';
import type { Launch, LaunchIdentity, ScriptContext } from '../process/launches.ts';
import { machineLimits, machineNetwork, machinePrivilege, NO_FILES } from '../process/machine.ts';
import { folderOf, isSource, namedFile } from '../process/named-file.ts';
import { certain, given, type OptionReading, optionTable, readOptions } from '../process/option-words.ts';
import { processSandbox } from '../process/sandbox.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import { type MachineConfiguration, machineFacts, readMachine, unresolvedParts } from './configuration.ts';

/** The id of a configuration that stands alone. */
export function machineId(source: Source): string {
  return `${source.path}#firecracker`;
}

/** Null where the file is none of a machine. */
export function configuredMachine(source: Source, project: Project): Sandbox | null {
  const machine = readMachine(source);
  if (machine.root === null) return null;
  return machineSandbox(machine, null, [], {
    id: machineId(source),
    name: 'firecracker',
    definition: [{ path: source.path, host: workspacePath(project.relative(source)) }],
  });
}

function machineSandbox(
  machine: MachineConfiguration,
  launched: Launched | null,
  unresolved: readonly Unresolved[],
  identity: LaunchIdentity,
): Sandbox {
  const { privilege, ...facts } = machineFacts(machine, launched?.root ?? null);
  return processSandbox(identity, {
    ...common(launched?.place ?? machine.place, launched),
    ...facts,
    privilege: withFilter(privilege, launched),
    unresolved: [...unresolved, ...unresolvedParts(machine)],
  });
}

function common(place: Place, launched: Launched | null) {
  return {
    format: 'firecracker',
    boundary: 'vm',
    place,
    reason: 'a virtual machine holds what it runs',
    files: launched?.files ?? NO_FILES,
    environment: { variables: [], files: [], inheritsAll: null },
    agents: [],
  } as const;
}

interface Launched {
  readonly place: Place;
  readonly root: Origin | null;
  /** `--no-seccomp`. */
  readonly unfiltered: Origin | null;
  readonly files: HostFiles;
}

/** The monitor filters its own system calls unless told otherwise (docs/seccomp.md). */
function withFilter(privilege: Sandbox['privilege'], launched: Launched | null): Sandbox['privilege'] {
  const origin = launched?.unfiltered ?? null;
  if (origin === null) return privilege;
  return {
    ...privilege,
    confinement: {
      seccomp: { known: true, value: 'unconfined', origin },
      appArmor: { known: true, value: 'default', origin },
      seLinux: { known: true, value: 'default', origin },
      maskedPaths: { known: true, value: true, origin },
    },
  };
}

/** `firecracker --help`. */
const OPTIONS = optionTable(`
  api-sock= id= seccomp-filter= no-seccomp no-api config-file= metadata= log-path= level= show-level
  show-log-origin module= metrics-path= boot-timer http-api-max-payload-size= mmds-size-limit=
  start-time-us= start-time-cpu-us= parent-cpu-time-us= enable-pci version snapshot-version help
  describe-snapshot= h V
`);
/** `jailer --help`; Firecracker's own options stand behind `--`. */
const JAILER = optionTable(`
  id= exec-file= uid= gid= chroot-base-dir= netns= daemonize new-pid-ns cgroup= parent-cgroup= cgroup-version=
  resource-limit= version help h V
`);

/** Null for other programs, and for a call that only asks. */
export function firecrackerLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const [word, ...words] = command.words;
  const program = programOf(word);
  if (word === undefined || (program !== 'firecracker' && program !== 'jailer')) return null;
  const outer = program === 'jailer' ? readOptions(words, JAILER) : null;
  const { options, unresolved } = joinedReading(outer, outer?.rest ?? words);
  if (given(options, 'version', 'help', 'h', 'V', 'snapshot-version', 'describe-snapshot') !== null)
    return null;
  const file = configurationOf(options, context);
  const launched: Launched = {
    place: word.place,
    root: outer === null ? callerOf(command, context.before).root : jailedRoot(outer),
    unfiltered: certain(options, 'no-seccomp')?.origin ?? null,
    files: handedFiles(options),
  };
  return {
    place: word.place,
    absorbs: file.source === null ? [] : [machineId(file.source)],
    consulted: file.source === null ? [] : [file.source],
    build: (identity) => {
      const open = [...unresolved, ...file.unresolved];
      const machine = file.source === null ? null : readMachine(file.source);
      return machine === null || machine.root === null
        ? unknownMachine(launched, open, identity)
        : machineSandbox(machine, launched, open, identity);
    },
  };
}

/** The jailer changes to the user that it is given (docs/jailer.md), which may be root again. */
function jailedRoot({ options }: OptionReading): Origin | null {
  const uid = given(options, 'uid');
  return uid?.value === '0' ? uid.origin : null;
}

function joinedReading(outer: OptionReading | null, words: readonly ShellWord[]): OptionReading {
  const inner = readOptions(words, OPTIONS);
  return {
    options: inner.options,
    unresolved: [...(outer?.unresolved ?? []), ...inner.unresolved],
    rest: inner.rest,
  };
}

interface NamedFile {
  readonly source: Source | null;
  readonly unresolved: readonly Unresolved[];
}

/** Without a file the machine is set up over the API socket, by a program that is not here. */
function configurationOf(options: OptionReading['options'], { project, source }: ScriptContext): NamedFile {
  const option = given(options, 'config-file');
  if (option === null || option.value === null) return { source: null, unresolved: [] };
  const folder = folderOf(source, project);
  const found = namedFile(option.value, { project, folder, origin: option.origin });
  return isSource(found) ? { source: found, unresolved: [] } : { source: null, unresolved: [found] };
}

/** `--metadata FILE`: what the machine may ask for without further ado (docs/mmds/mmds-user-guide.md). */
function handedFiles(options: OptionReading['options']): HostFiles {
  const layers = options.flatMap(({ name, value, text, origin, when }): Layer[] =>
    name !== 'metadata' || value === null
      ? []
      : [{ target: '/mmds', source: value, writable: false, remote: true, text, origin, when }],
  );
  return layers.length === 0 ? NO_FILES : layeredFiles(layers);
}

function unknownMachine(
  launched: Launched,
  unresolved: readonly Unresolved[],
  identity: LaunchIdentity,
): Sandbox {
  const { place, root } = launched;
  const why = 'the configuration of the machine is not in the scanned files';
  const origin = { kind: 'default' as const, place, note: 'Firecracker' };
  const open = unknown('the configuration of the machine', why, ['--config-file'], origin);
  return processSandbox(identity, {
    ...common(place, launched),
    network: machineNetwork(open, null),
    privilege: withFilter(machinePrivilege(place, root, []), launched),
    limits: machineLimits(place, { memory: open, cpu: open }),
    lifetime: { kept: open, readOnlyRoot: null, shared: [] },
    unresolved,
  });
}
