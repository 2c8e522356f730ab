/** Command lines of container engines: which engine, which verb, and the words behind the verb. */
import { displayText, isResolved, unknownNames, unknownStart } from '../../model/symbolic.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import type { Engine } from './spec.ts';

export type EngineVerb =
  | 'run'
  | 'exec'
  | 'build'
  | 'volume create'
  | 'network create'
  | 'network connect'
  | 'context use'
  | 'compose run'
  | 'compose exec'
  | 'compose up'
  | 'compose exec'
  | 'sandbox run';

export interface EngineCall {
  readonly command: ShellCommand;
  readonly engine: Engine;
  readonly verb: EngineVerb;
  /** The verb as written, with its group: `create`, `container run`. */
  readonly spelled: string;
  /** The engine's word. */
  readonly program: ShellWord;
  /** Words between the program and the verb: global flags, and words that may hold any. */
  readonly globals: readonly ShellWord[];
  /** Behind the verb. */
  readonly words: readonly ShellWord[];
  /** Assumptions that the reading of the program itself rests on. */
  readonly assumes: readonly string[];
}

/** Global flags with a value (docker/cli cli/flags/options.go; containers/podman cmd/podman/root.go). */
const VALUED = new Set(
  (
    '-c --context -H --host -l --log-level --config --tlscacert --tlscert --tlskey --connection --url --identity ' +
    '--root --runroot --storage-driver --storage-opt --runtime --cgroup-manager --conmon --network-cmd-path ' +
    '--events-backend --hooks-dir --module --tmpdir --volumepath --namespace -n --address -a --snapshotter ' +
    '--cni-path --cni-netconfpath --data-root --hosts-dir -f --file -p --project-name --project-directory ' +
    '--profile --env-file --parallel --ansi --progress --workdir --in-pod --podman-path --podman-args ' +
    '--podman-run-args --podman-build-args --pod-args --insecure-registry'
  ).split(' '),
);

/** Verbs by the words that spell them; the first word may be a group. */
const VERBS: ReadonlyMap<string, EngineVerb> = new Map<string, EngineVerb>([
  ['run', 'run'],
  ['create', 'run'],
  ['container run', 'run'],
  ['container create', 'run'],
  ['exec', 'exec'],
  ['container exec', 'exec'],
  ['build', 'build'],
  ['image build', 'build'],
  ['builder build', 'build'],
  ['buildx build', 'build'],
  ['buildx b', 'build'],
  ['buildx bake', 'build'],
  ['bake', 'build'],
  ['volume create', 'volume create'],
  ['network create', 'network create'],
  ['network connect', 'network connect'],
  ['context use', 'context use'],
  ['compose run', 'compose run'],
  ['compose exec', 'compose exec'],
  ['compose up', 'compose up'],
  ['compose create', 'compose up'],
  ['compose start', 'compose up'],
  ['compose restart', 'compose up'],
  ['compose watch', 'compose up'],
  ['compose exec', 'compose exec'],
  ['sandbox run', 'sandbox run'],
  ['sandbox create', 'sandbox run'],
]);
const GROUPS = new Set([
  'container',
  'image',
  'builder',
  'buildx',
  'volume',
  'network',
  'context',
  'compose',
  'sandbox',
]);

/** The call of an engine that a command makes; null for every other command. Never throws. */
export function engineCall(command: ShellCommand): EngineCall | null {
  const [program, ...rest] = command.words;
  const named = program === undefined ? null : programOf(program);
  if (program === undefined || named === null) return null;
  const globals: ShellWord[] = [];
  let spelled = named.group;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at];
    if (word === undefined) break;
    const flags = globalsAt(rest, at);
    if (flags.length > 0) {
      globals.push(...flags);
      at += flags.length - 1;
      continue;
    }
    if (spelled === 'compose' && !isResolved(word.value))
      return wrapped(command, named, program, globals, word);
    spelled = spelled === '' ? word.value : `${spelled} ${word.value}`;
    const verb = VERBS.get(spelled);
    if (verb !== undefined) {
      const { engine, assumes } = named;
      return { command, engine, verb, spelled, program, globals, words: rest.slice(at + 1), assumes };
    }
    if (!GROUPS.has(spelled)) return null;
  }
  return null;
}

/** The flag at a word, with its value; `docker $FLAGS run` may hold any. Empty where there is none. */
function globalsAt(words: readonly ShellWord[], at: number): readonly ShellWord[] {
  const word = words[at];
  const next = words[at + 1];
  if (word === undefined) return [];
  if (word.value.startsWith('-')) return VALUED.has(word.value) && next !== undefined ? [word, next] : [word];
  return word.many && !isResolved(word.value) && next !== undefined ? [word] : [];
}

/** `docker compose -f a -f b "$@"`: whoever calls it gives the verb, and `up` is what it is there for. */
function wrapped(
  command: ShellCommand,
  { engine, assumes }: Program,
  program: ShellWord,
  globals: readonly ShellWord[],
  word: ShellWord,
): EngineCall {
  const own = `${displayText(word.value)} starts the project`;
  return {
    command,
    engine,
    verb: 'compose up',
    spelled: 'compose up',
    program,
    globals,
    words: [],
    assumes: [...assumes, own],
  };
}

/** `docker run$MORE`: the verb and the words behind it run into one, and what is started is not to be told. */
export function hasOpenVerb({ words: [program, ...rest] }: ShellCommand): boolean {
  const verb = rest.find(({ value }) => !value.startsWith('-'))?.value ?? '';
  const known = verb.slice(0, unknownStart(verb)).trim().replace(/\s+/g, ' ');
  const starts = [...VERBS.keys()].some((spelled) => known === spelled || known.startsWith(`${spelled} `));
  return !isResolved(verb) && starts && program !== undefined && programOf(program) !== null;
}

interface Program {
  readonly engine: Engine;
  readonly group: string;
  readonly assumes: readonly string[];
}

/** Of several programs that a word may name, the first engine among them. */
function programOf(word: ShellWord): Program | null {
  const values = [word.value, ...(word.alternatives ?? []).map(({ value }) => value)];
  for (const value of values) {
    const name = value.slice(value.lastIndexOf('/') + 1).replace(/\.exe$/, '');
    if (name === 'docker' || name === 'podman' || name === 'nerdctl') {
      return { engine: name, group: '', assumes: [] };
    }
    if (name === 'podman-remote') return { engine: 'podman', group: '', assumes: [] };
    if (name === 'docker-compose' || name === 'podman-compose') {
      return { engine: name === 'docker-compose' ? 'docker' : 'podman', group: 'compose', assumes: [] };
    }
  }
  return unknownProgram(word.value);
}

const ENGINE_NAME = /docker|podman|nerdctl|engine|runtime|container_?(?:cmd|cli|tool|bin|exe|command)?$/i;

/** `$CONTAINER_RUNTIME run …` names an engine, whichever it is. */
function unknownProgram(value: string): Program | null {
  const [name] = unknownNames(value);
  if (name === undefined || /\s/.test(displayText(value)) || !ENGINE_NAME.test(name)) return null;
  const engine = /podman/i.test(name) ? 'podman' : 'docker';
  const compose = /compose/i.test(name) ? 'compose' : '';
  return { engine, group: compose, assumes: [`${displayText(value)} is ${engine}`] };
}

/** Programs that run a command on another machine, or in a virtual one; the shell reader tells their words apart. */
const MACHINE =
  /(?:^|\/)(?:ssh|autossh|orb|limactl|lima|multipass|wsl|colima|vagrant|docker-machine)(?:\.exe)?$/;
const REMOTE_FLAG = /^(?:-c|-H|--context|--host|--connection|--url)$/;

/**
 * Why paths on this line are those of another machine; null: they are this one's.
 * @param calls of the script, in order: `docker context use` holds for those behind it
 */
export function remoteEngine(call: EngineCall, calls: readonly EngineCall[] = []): string | null {
  const { globals, command } = call;
  const machine = command.wrappers.find(([program]) => MACHINE.test(program?.value ?? ''));
  if (machine !== undefined) return machine.map(({ value }) => displayText(value)).join(' ');
  for (const [at, word] of globals.entries()) {
    const equals = word.value.indexOf('=');
    const flag = equals < 0 ? word.value : word.value.slice(0, equals);
    const value = equals < 0 ? (globals[at + 1]?.value ?? '') : word.value.slice(equals + 1);
    if (REMOTE_FLAG.test(flag) && isElsewhere(value)) return `${flag} ${displayText(value)}`;
  }
  const own = command.assignments.find(({ name }) => isHostVariable(name));
  const exported = [...command.exported].find(([name]) => isHostVariable(name));
  const [name, value] = own === undefined ? (exported ?? ['', '']) : [own.name, own.value.value];
  if (name !== '') return isResolved(value) && isElsewhere(value) ? `${name}=${displayText(value)}` : null;
  const at = calls.indexOf(call);
  const used = calls.findLast(({ verb }, index) => verb === 'context use' && index < at)?.words.at(-1)?.value;
  return used !== undefined && isElsewhere(used) ? `docker context use ${displayText(used)}` : null;
}

function isHostVariable(name: string): boolean {
  return name === 'DOCKER_HOST' || name === 'CONTAINER_HOST' || name === 'DOCKER_CONTEXT';
}

/** Contexts of this name, and sockets, are of this machine. */
function isElsewhere(value: string): boolean {
  if (value === '' || /^(?:unix|npipe|fd):/.test(value)) return false;
  if (/^(?:default|desktop-linux|rootless|colima|orbstack|rancher-desktop)$/.test(value)) return false;
  return !/^tcp:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|$)/.test(value);
}
