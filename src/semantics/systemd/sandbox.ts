/** A service, or what systemd-run starts, as a sandbox. */
import { ALL_CAPABILITIES, normaliseCapability } from '../../knowledge/capabilities.ts';
import type { Environment } from '../../model/environment.ts';
import type { HostFiles } from '../../model/files.ts';
import type { Network } from '../../model/network.ts';
import type { Capabilities, Namespaces, Privilege } from '../../model/privilege.ts';
import type { Project } from '../../model/project.ts';
import type { InertSetting, Limit, Limits, Sandbox, Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { answer, byDefault, known, type Origin, unknown, type Value } from '../../model/value.ts';
import { parseSize } from '../docker/limits.ts';
import { passedVariable, readEnvFile, writtenVariable } from '../docker/run-spec-environment.ts';
import type { Caller } from '../process/caller.ts';
import { layeredFiles, otherUserFiles } from '../process/host-view.ts';
import type { LaunchIdentity } from '../process/launches.ts';
import { processNetwork } from '../process/network.ts';
import {
  namespacesOf,
  type ProcessUser,
  processLifetime,
  processPrivilege,
  processSandbox,
} from '../process/sandbox.ts';
import { dynamicUser, serviceLayers, serviceProtections } from './files.ts';
import { active, effective, isSandboxing, listOf, type ServiceSettings } from './settings.ts';

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
  const { settings, void: without } = effective(call.settings);
  const { place } = settings;
  const user = userOf(settings, call.caller);
  const namespaces = serviceNamespaces(settings);
  const environment = serviceEnvironment(settings, call);
  const narrowed = settings.properties.some(({ name }) => isSandboxing(name));
  return processSandbox(identity, {
    format: 'systemd',
    boundary: user.kind === 'ordinary' && user.name !== null ? 'user' : 'namespaces',
    place,
    reason: call.reason,
    files: filesOf(settings, user, narrowed),
    network: serviceNetwork(settings, processNetwork(namespaces.network, environment)),
    privilege: privilegeOf(settings, user, namespaces),
    environment,
    limits: serviceLimits(settings),
    lifetime: processLifetime(place),
    agents: call.agents,
    inert: inertOf(call.settings, without),
    unresolved: call.unresolved,
  });
}

/** The system's manager runs services as root unless told otherwise (systemd.exec(5), User=). */
function userOf(settings: ServiceSettings, caller: Caller | null): ProcessUser {
  const { userManager, scope, place } = settings;
  const dynamic = dynamicUser(settings);
  const named = active(settings, 'User');
  if (dynamic !== null) {
    const name = known('a user of its own', dynamic.origin);
    return { kind: 'ordinary', name, origin: dynamic.origin, reason: 'the manager makes a user for it' };
  }
  if (named?.value !== undefined && named.value !== null && userManager === null) {
    return namedUser(named.value, named.origin);
  }
  const own = userManager ?? (scope !== null && caller?.root === null ? scope : null);
  if (own !== null) {
    return { kind: 'ordinary', name: null, origin: own, reason: 'it runs as whoever starts it' };
  }
  return {
    kind: 'root',
    name: null,
    origin: caller?.root ?? byDefault(place, "the system's manager runs it as root"),
    reason: 'it runs as root',
  };
}

function namedUser(value: string, origin: Origin): ProcessUser {
  if (/^(?:root|0)$/.test(value)) return { kind: 'root', name: null, origin, reason: 'it runs as root' };
  const shown = displayText(value);
  // `$USER`, and `%i` of a template that is called by the user's name.
  const isSelf = unknownNames(value).some((name) => /^(?:SUDO_)?USER$|^LOGNAME$|^id -u/.test(name));
  const name = isResolved(value)
    ? known(value, origin)
    : unknown(shown, `${shown} is set outside the files`, unknownNames(value), origin);
  return { kind: 'ordinary', name: isSelf ? null : name, origin, reason: 'it runs as an ordinary user' };
}

/** Of a user of its own only what everyone may read, and what is opened by name, is in reach. */
function filesOf(settings: ServiceSettings, user: ProcessUser, narrowed: boolean): HostFiles {
  const all = layeredFiles(serviceLayers(settings), serviceProtections(settings));
  if (user.kind === 'root' || user.name === null) return all;
  const others = otherUserFiles({
    text: dynamicUser(settings)?.text ?? active(settings, 'User')?.text ?? 'the service',
    origin: user.origin,
    sockets: [],
  });
  if (!narrowed) return others;
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

function serviceNamespaces(settings: ServiceSettings): Namespaces {
  const on = (name: string): Origin | null => {
    const found = active(settings, name);
    return found === null ? null : found.origin;
  };
  return namespacesOf(settings.place, 'systemd', {
    pid: on('PrivatePIDs'),
    ipc: on('PrivateIPC'),
    uts: on('ProtectHostname'),
    cgroup: on('ProtectControlGroups'),
    network: on('PrivateNetwork'),
    user: on('PrivateUsers'),
  });
}

function privilegeOf(settings: ServiceSettings, user: ProcessUser, namespaces: Namespaces): Privilege {
  const { place } = settings;
  const dynamic = dynamicUser(settings);
  const base = processPrivilege({
    place,
    user,
    namespaces,
    capabilities: capabilitiesOf(settings, user),
    noNewPrivileges: active(settings, 'NoNewPrivileges')?.origin ?? dynamic?.origin ?? null,
    seccomp: active(settings, 'SystemCallFilter')?.origin ?? null,
    // A service has no terminal; a scope keeps the caller's, which no rule of this format asks for.
    terminal: null,
  });
  // What processes of the host show is hidden by ProtectProc=invisible (proc(5), hidepid).
  const proc = active(settings, 'ProtectProc');
  if (proc === null || proc.value === 'default' || base.namespaces === null || user.kind === 'root')
    return base;
  return { ...base, namespaces: { ...base.namespaces, pid: known('own', proc.origin) } };
}

function capabilitiesOf(settings: ServiceSettings, user: ProcessUser): Capabilities | null {
  const { properties } = settings;
  const last = properties.findLast(({ name, when }) => name === 'CapabilityBoundingSet' && when.length === 0);
  if (last === undefined) return null;
  const names = listOf(settings, 'CapabilityBoundingSet');
  const inverted = names[0]?.value.startsWith('~') ?? false;
  const listed = new Set(names.map(({ value }) => normaliseCapability(value.replace(/^~/, ''))));
  const bounding = new Set(ALL_CAPABILITIES.filter((name) => listed.has(name) !== inverted));
  const usable = user.kind === 'root' ? bounding : new Set<string>();
  const dropsAll = bounding.size === 0 || !inverted ? last.origin : null;
  const added =
    inverted || user.kind !== 'root' ? [] : [...bounding].map((name) => ({ name, origin: last.origin }));
  return { added, dropsAll, bounding, usable, origin: last.origin };
}

/**
 * IPAddressDeny filters addresses of the internet protocols alone (systemd.resource-control(5)); without the
 * address families no such socket is made (systemd.exec(5), RestrictAddressFamilies=).
 */
function serviceNetwork(settings: ServiceSettings, network: Network): Network {
  if (network.egress.known && network.egress.value.kind === 'none') return network;
  const families = listOf(settings, 'RestrictAddressFamilies');
  const [family] = families;
  if (
    family !== undefined &&
    !/^~/.test(family.value) &&
    !families.some(({ value }) => /INET|PACKET/.test(value))
  ) {
    const no = answer('no', [family.origin], 'sockets of the internet are refused');
    return { ...network, egress: known({ kind: 'none' }, family.origin), hostLoopback: no, metadata: no };
  }
  const denied = listOf(settings, 'IPAddressDeny');
  const deny = denied.find(({ value, when }) => value === 'any' && when.length === 0);
  if (deny === undefined) return network;
  const allowed = listOf(settings, 'IPAddressAllow');
  const everything = allowed.find(({ value }) => value === 'any' || value === '0.0.0.0/0');
  if (everything !== undefined) return network;
  const local = allowed.find(({ value }) => /^(?:localhost|127\.|::1)/.test(value));
  const outside = allowed.filter((item) => item !== local && !/^(?:localhost|127\.|::1)/.test(item.value));
  const no = answer('no', [deny.origin], 'its address is not let through');
  const hostLoopback =
    local === undefined
      ? no
      : answer('yes', [local.origin], `\`${local.text}\` lets the host's loopback through`);
  if (outside.length === 0) {
    return { ...network, egress: known({ kind: 'none' }, deny.origin), hostLoopback, metadata: no };
  }
  const control = {
    by: 'runtime' as const,
    text: deny.text,
    origin: deny.origin,
    removable: answer('no', [deny.origin], 'the manager sets the filter, and the code does not run as it'),
    hosts: outside.map(({ value, origin }) => ({ host: value, origin })),
    holes: [],
  };
  return { ...network, egress: known({ kind: 'limited', control }, deny.origin), hostLoopback, metadata: no };
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
    /^\d{1,3}%$/.test(text) ? Number.parseInt(text, 10) / 100 : null;
  const count = (text: string): number | null => (/^\d{1,12}$/.test(text) ? Number(text) : share(text));
  return {
    expressible: true,
    memory: limit(
      'MemoryMax',
      limit('MemoryLimit', none, (text) => parseSize(text) ?? share(text)),
      (text) => parseSize(text) ?? share(text),
    ),
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

function inertOf(
  { scope, userManager }: ServiceSettings,
  without: readonly { text: string; origin: Origin }[],
): InertSetting[] {
  return without.map(({ text, origin }) => ({
    setting: displayText(text),
    why:
      scope !== null
        ? 'a scope only groups processes that the caller starts itself, and sets up nothing for them'
        : "a user's own manager has not the rights for it, and passes over it where it cannot make a user namespace",
    instead:
      scope !== null
        ? 'Start a service, without `--scope`'
        : userManager === null
          ? 'Remove it'
          : "Start it with the system's manager and `User=`, or use bwrap",
    origin,
  }));
}
