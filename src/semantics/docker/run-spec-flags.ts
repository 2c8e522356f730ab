/** What each flag of `run` adds to a container. */
import type { HiddenId } from '../../knowledge/hidden.ts';
import type { Project } from '../../model/project.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { implied, known, unknown, type Value } from '../../model/value.ts';
import type { RunError, RunSetting } from './run-flags.ts';
import { parseEnv, passedVariable, readEnvFile } from './run-spec-environment.ts';
import { conditionalOf, mountFlag, tmpfsFlag, volumeFlag } from './run-spec-mounts.ts';
import { hostNameOf, parsePort } from './run-spec-network.ts';
import type { ContainerSpec, LocatedText } from './spec.ts';

export interface RunSpecContext {
  /** Directory that the command runs in, relative to the project's root. */
  readonly base: string;
  readonly project: Project;
}

/** A container that flags are being added to. */
export type Draft = {
  -readonly [K in keyof ContainerSpec]: ContainerSpec[K] extends readonly (infer T)[]
    ? T[]
    : ContainerSpec[K];
};

export interface Applying {
  readonly draft: Draft;
  readonly context: RunSpecContext;
  readonly errors: RunError[];
  readonly consulted: string[];
}

export type Apply = (setting: RunSetting, applying: Applying) => void;

function locate({ value, origin }: RunSetting): LocatedText {
  return { text: value, origin };
}

function textValue({ value, origin }: RunSetting): Value<string> {
  if (isResolved(value)) return known(value, origin);
  return unknown(
    displayText(value),
    `${displayText(value)} is not set in any file`,
    unknownNames(value),
    origin,
  );
}

function flagValue({ value, origin }: RunSetting): Value<boolean> {
  if (isResolved(value)) return known(value === 'true', origin);
  return unknown(
    displayText(value),
    `${displayText(value)} is not set in any file`,
    unknownNames(value),
    origin,
  );
}

const env: Apply = (setting, { draft, errors }) => {
  const { value, origin } = setting;
  if (draft.engine === 'podman' && (value === '' || value === '*')) {
    // An empty word is passed over; a star alone stands for every variable there is.
    draft.inheritsEnvironment = value === '' ? draft.inheritsEnvironment : origin;
    return;
  }
  const variable = parseEnv(value, origin, draft.engine);
  if (variable === 'refused') errors.push({ message: `"${displayText(value)}" names no variable`, origin });
  else if (variable !== 'nothing') draft.variables.push({ ...variable, ...conditionalOf(setting) });
};

const envFile: Apply = ({ value, origin }, { draft, context, consulted }) => {
  const { file, variables, source } = readEnvFile(value, origin, context.base, context.project);
  draft.environmentFiles.push(file);
  // What `-e` says stands above what a file says (docker/cli opts/parse.go).
  draft.variables.unshift(...variables);
  if (source !== null) consulted.push(source.path);
};

/** podman's `--secret id[,type=env][,target=NAME]`: a file below /run/secrets, or a variable. */
const secret: Apply = ({ value, origin }, { draft }) => {
  const fields = value.split(',');
  const target = fields.find((field) => field.startsWith('target='))?.slice('target='.length);
  const name = displayText(target ?? fields[0] ?? value);
  if (fields.includes('type=env')) draft.variables.push(passedVariable(name, origin));
  else {
    draft.unresolved.push({
      what: `the secret ${name}`,
      why: 'it is kept by the engine',
      names: [name],
      mayHide: 'credential',
      origin,
      kind: 'ambient',
    });
  }
};

const restart: Apply = (setting, { draft }) => {
  if (setting.value !== 'no' && setting.value !== '') draft.kept = known(true, setting.origin);
};

const remove: Apply = (setting, { draft }) => {
  const removes = flagValue(setting);
  draft.kept = removes.known ? known(!removes.value, setting.origin) : removes;
};

/** Mapped ids make a user namespace of its own, as `--userns` does. */
const mapIds: Apply = ({ flag, value, origin }, { draft }) => {
  draft.userns ??= known(`${flag}=${value}`, implied(origin.place, `--${flag} maps user ids`));
};

const link: Apply = ({ value, origin }, { draft }) => {
  const name = displayText(value.split(':', 1)[0] ?? value);
  draft.network = {
    ...draft.network,
    neighbours: [...draft.network.neighbours, { name, holds: null, origin, sandbox: null }],
  };
};

const pod: Apply = ({ value, origin }, { draft }) => {
  const shown = displayText(value);
  draft.unresolved.push({
    what: `the pod ${shown}`,
    why: 'it is made elsewhere',
    names: [shown],
    mayHide: 'namespace',
    origin,
    kind: 'ambient',
  });
};

const collect =
  (
    key: 'capAdd' | 'capDrop' | 'securityOpt' | 'devices' | 'deviceRules' | 'groups' | 'gpus' | 'volumesFrom',
  ): Apply =>
  (setting, { draft }) => {
    draft[key].push(locate(setting));
  };

/** An empty text takes back what was said before: the image's user, the daemon's default. */
const replace =
  (key: 'user' | 'pid' | 'ipc' | 'uts' | 'userns' | 'cgroupns' | 'runtime'): Apply =>
  (setting, { draft }) => {
    draft[key] = setting.value === '' ? null : textValue(setting);
  };

const toggle =
  (key: 'privileged' | 'readOnlyRoot' | 'apiSocket'): Apply =>
  (setting, { draft }) => {
    draft[key] = flagValue(setting);
  };

/** What each flag does; those that bear on nothing the model asks are left out. */
const FLAGS: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ['privileged', toggle('privileged')],
  ['read-only', toggle('readOnlyRoot')],
  ['use-api-socket', toggle('apiSocket')],
  ['cap-add', collect('capAdd')],
  ['cap-drop', collect('capDrop')],
  ['security-opt', collect('securityOpt')],
  ['device', collect('devices')],
  ['device-cgroup-rule', collect('deviceRules')],
  ['group-add', collect('groups')],
  ['gpus', collect('gpus')],
  ['volumes-from', collect('volumesFrom')],
  ['user', replace('user')],
  ['pid', replace('pid')],
  ['ipc', replace('ipc')],
  ['uts', replace('uts')],
  ['userns', replace('userns')],
  ['cgroupns', replace('cgroupns')],
  ['runtime', replace('runtime')],
  ['uidmap', mapIds],
  ['subuidname', mapIds],
  ['mount', mountFlag],
  ['volume', volumeFlag],
  ['tmpfs', tmpfsFlag],
  ['env', env],
  ['env-file', envFile],
  [
    'env-host',
    (setting, { draft }) => {
      const inherits = flagValue(setting);
      draft.inheritsEnvironment = inherits.known && !inherits.value ? null : setting.origin;
    },
  ],
  ['secret', secret],
  ['publish', ({ value, origin }, { draft }) => void draft.ports.push(parsePort(value, origin))],
  [
    'publish-all',
    ({ value, origin }, { draft }) => {
      if (value !== 'false') {
        draft.ports.push({
          target: 'every exposed port',
          published: null,
          hostIp: null,
          protocol: 'tcp',
          origin,
        });
      }
    },
  ],
  [
    'add-host',
    (setting, { draft }) => {
      const hostNames = [...draft.network.hostNames, ...hostNameOf(locate(setting))];
      draft.network = { ...draft.network, hostNames };
    },
  ],
  ['link', link],
  ['pod', pod],
  ['restart', restart],
  ['rm', remove],
]);

/** What an unknown value of a flag may hide; mounts, variables and env files speak for themselves. */
const HIDDEN: ReadonlyMap<string, HiddenId> = new Map([
  ['privileged', 'privileges'],
  ['use-api-socket', 'privileges'],
  ['cap-add', 'capability'],
  ['security-opt', 'confinement'],
  ['network', 'network'],
  ['pid', 'namespace'],
  ['ipc', 'namespace'],
  ['userns', 'identity'],
  ['device', 'device'],
  ['device-cgroup-rule', 'device'],
  ['volumes-from', 'mount'],
  ['runtime', 'identity'],
  ['user', 'identity'],
]);

function noteHidden({ flag, value, origin }: RunSetting, { draft }: Applying): void {
  const mayHide = HIDDEN.get(flag);
  if (mayHide === undefined || isResolved(value)) return;
  const why = 'it is set outside the files';
  draft.unresolved.push({
    what: displayText(value),
    why,
    names: unknownNames(value),
    mayHide,
    origin,
    kind: 'text',
  });
}

/** Applies one flag; networks and limits need all of their flags at once and are left to `applyRunFlags`. */
export function applyFlag(setting: RunSetting, applying: Applying): void {
  FLAGS.get(setting.flag)?.(setting, applying);
  noteHidden(setting, applying);
}
