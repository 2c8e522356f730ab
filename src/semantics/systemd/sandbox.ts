/** A service, or what systemd-run starts, as a sandbox. */
import type { Environment } from '../../model/environment.ts';
import type { HostFiles } from '../../model/files.ts';
import type { Project } from '../../model/project.ts';
import type { InertSetting, Limit, Limits, Sandbox, Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { byDefault, known, unknown, type Value } from '../../model/value.ts';
import { parseSize } from '../docker/limits.ts';
import { passedVariable, readEnvFile, writtenVariable } from '../docker/run-spec-environment.ts';
import type { Caller } from '../process/caller.ts';
import { layeredFiles, otherUserFiles } from '../process/host-view.ts';
import type { LaunchIdentity } from '../process/launches.ts';
import { processNetwork } from '../process/network.ts';
import type { ProcessOption } from '../process/option-words.ts';
import { type ProcessUser, processLifetime, processSandbox } from '../process/sandbox.ts';
import { groupPowers } from '../user/account.ts';
import { serviceLayers, serviceProtections, unreachablePaths } from './files.ts';
import { serviceNetwork, withFamilies } from './network.ts';
import { groupsOf, serviceNamespaces, servicePrivilege, serviceUser } from './privilege.ts';
import {
  active,
  dynamicUser,
  effective,
  isPrivileged,
  isSandboxing,
  listOf,
  type ServiceSettings,
} from './settings.ts';
import { filesBefore, namespacesBefore } from './user-manager.ts';

export interface ServiceCall {
  readonly settings: ServiceSettings;
  /** Who calls systemd-run; null: a unit file. */
  readonly caller: Caller | null;
  readonly agents: readonly string[];
  readonly reason: string;
  readonly unresolved: readonly Unresolved[];
  readonly project: Project;
  /** Directory of the definition, relative to the project's root. */
  readonly folder: string;
}

export function serviceSandbox(call: ServiceCall, identity: LaunchIdentity): Sandbox {
  const { settings, void: without, newer } = effective(call.settings);
  const { place } = settings;
  const user = serviceUser(settings, call.caller);
  const [older, files] = [serviceNamespaces(settings, user), filesOf(settings, user)];
  const namespaces = newer === null ? older : namespacesBefore(older, serviceNamespaces(newer, user));
  const environment = serviceEnvironment(settings, call);
  return processSandbox(identity, {
    format: 'systemd',
    boundary: user.kind === 'ordinary' && user.name !== null ? 'user' : 'namespaces',
    place,
    reason: call.reason,
    files: withFamilies(settings, newer === null ? files : filesBefore(files, filesOf(newer, user))),
    network: serviceNetwork(settings, processNetwork(namespaces.network, environment)),
    privilege: servicePrivilege(settings, user, namespaces),
    environment,
    limits: serviceLimits(settings),
    lifetime: processLifetime(place),
    agents: call.agents,
    inert: [...inertOf(call.settings, without), ...unreachablePaths(settings)],
    unresolved: [...call.unresolved, ...whoseAccount(call, user)],
  });
}

/** Of a user of its own only what everyone may read, and what is opened by name, is in reach. */
function filesOf(settings: ServiceSettings, user: ProcessUser): HostFiles {
  const all = layeredFiles(serviceLayers(settings), serviceProtections(settings));
  if (user.kind !== 'ordinary' || user.name === null) return all;
  const others = otherUserFiles({
    text: dynamicUser(settings)?.text ?? active(settings, 'User')?.text ?? settings.named,
    origin: user.origin,
    sockets: groupPowers(groupsOf(settings)).sockets,
  });
  if (!settings.properties.some(({ name }) => isSandboxing(name))) return others;
  const opened = new Set(
    ['ReadWritePaths', 'BindPaths', 'BindReadOnlyPaths'].flatMap((name) =>
      listOf(settings, name).map(({ origin }) => origin),
    ),
  );
  return {
    ...all,
    grants: [
      ...all.grants.filter(({ origin }) => opened.has(origin)),
      ...others.grants.filter(({ path }) => all.can('read', path).verdict === 'yes'),
    ],
    can(mode, path) {
      const shown = all.can(mode, path);
      if (shown.verdict !== 'yes' || (shown.grant !== null && opened.has(shown.grant.origin))) return shown;
      return others.can(mode, path);
    },
    openByDefault: null,
  };
}

/** Names that are given to accounts for one purpose. */
const FOR_A_PURPOSE =
  /agent|claude|codex|gemini|opencode|aider|sandbox|jail|isolat|bot\b|runner|worker|svc|service|daemon|nobody|guest|^_/i;

/** A unit names an account, and not whose it is. */
function whoseAccount({ caller }: ServiceCall, user: ProcessUser): readonly Unresolved[] {
  const { name, origin } = user;
  if (caller !== null || user.kind !== 'ordinary' || name === null || !name.known) return [];
  if (origin.kind !== 'explicit' || FOR_A_PURPOSE.test(name.value) || name.value.includes(' ')) return [];
  return [
    {
      what: `User=${displayText(name.value)}`,
      why: 'whether it is an account that somebody works with is not in the files',
      names: [displayText(name.value)],
      mayHide: 'identity',
      origin,
      kind: 'ambient',
    },
  ];
}

/** A service starts with a clean environment, a scope with its caller's (systemd-run(1), --scope). */
function serviceEnvironment(
  settings: ServiceSettings,
  { project, folder, caller }: ServiceCall,
): Environment {
  const variables = settings.properties.flatMap(({ name, value, origin }) => {
    if (name === 'Environment') {
      return [
        ...(value ?? '').slice(0, 20_000).matchAll(/(?:^|\s)["']?(\w+)=("[^"]*"|'[^']*'|[^\s"']*)/g),
      ].map(([, variable = '', text = '']) =>
        writtenVariable(variable, text.replace(/^["']|["']$/g, ''), origin),
      );
    }
    if (name !== 'PassEnvironment') return [];
    return (value ?? '').split(/\s+/).flatMap((word) => (word === '' ? [] : [passedVariable(word, origin)]));
  });
  const files = settings.properties.flatMap(({ name, value, origin }) =>
    name !== 'EnvironmentFile' || value === null || value === ''
      ? []
      : [readEnvFile(value.replace(/^-/, ''), origin, folder, project).file],
  );
  const inherits = settings.scope !== null && caller?.emptied == null ? settings.scope : null;
  return { variables, files, inheritsAll: inherits };
}

/** DefaultTasksMax is 15% of what the kernel allows (systemd-system.conf(5)): of its usual 32768 so many. */
const DEFAULT_TASKS = 4915;

function serviceLimits(settings: ServiceSettings): Limits {
  const { place, properties } = settings;
  const limit = (
    name: string,
    fallback: Value<Limit>,
    amount: (text: string) => number | null,
  ): Value<Limit> => {
    const found = properties.findLast((one) => one.name === name && one.when.length === 0);
    if (found === undefined || found.value === null || found.value === '') return fallback;
    if (!isResolved(found.value)) {
      return unknown(displayText(found.text), 'its value is set outside the files', [], found.origin);
    }
    return known({ amount: found.value === 'infinity' ? null : amount(found.value) }, found.origin);
  };
  const none: Value<Limit> = known({ amount: null }, byDefault(place, "systemd's default"));
  // A share of the machine is a limit too; of how much, only the host knows.
  const share = (text: string): number | null =>
    /^\d{1,3}(?:\.\d{1,2})?%$/.test(text) ? Number.parseFloat(text) / 100 : null;
  const count = (text: string): number | null => (/^\d{1,12}$/.test(text) ? Number(text) : share(text));
  const bytes = (text: string): number | null => parseSize(text) ?? share(text);
  return {
    expressible: true,
    memory: limit('MemoryMax', limit('MemoryLimit', none, bytes), bytes),
    cpu: limit('CPUQuota', none, (text) =>
      /^\d{1,6}(?:\.\d{1,3})?%$/.test(text) ? Number.parseFloat(text) / 100 : null,
    ),
    processes: limit(
      'TasksMax',
      known({ amount: DEFAULT_TASKS }, byDefault(place, "systemd's default")),
      count,
    ),
    disk: none,
  };
}

function inertOf(settings: ServiceSettings, without: readonly ProcessOption[]): InertSetting[] {
  return without.map(({ name, text, origin }) => {
    const [why, instead] = reasonFor(settings, name);
    return { setting: displayText(text), why, instead, origin };
  });
}

function reasonFor(
  { scope, elevated }: ServiceSettings,
  name: string,
): readonly [why: string, instead: string] {
  if (scope !== null) {
    return [
      'a scope only groups processes that the caller starts itself, and sets up nothing for them',
      'Start a service, without `--scope`',
    ];
  }
  if (elevated !== null) {
    const { prefix } = elevated;
    return [
      `the \`${prefix}\` before the program starts it with full privileges`,
      `Remove the \`${prefix}\``,
    ];
  }
  if (isPrivileged(name)) {
    return [
      "a user's own manager has not the rights for it",
      "Start the service with the system's manager and `User=`",
    ];
  }
  return [
    "before systemd 254 a user's own manager has not the rights for it, and passes over it",
    "Add `PrivateUsers=yes`, in which it can mount, or start it with the system's manager and `User=`",
  ];
}
