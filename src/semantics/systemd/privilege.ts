/** Who a service runs as, and what the kernel lets it do. */
import { ALL_CAPABILITIES, normaliseCapability } from '../../knowledge/capabilities.ts';
import type { Capabilities, DeviceGrant, Namespaces, Privilege } from '../../model/privilege.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { answer, byDefault, known, type Origin, unknown } from '../../model/value.ts';
import type { Caller } from '../process/caller.ts';
import { namespacesOf, type ProcessUser, processPrivilege } from '../process/sandbox.ts';
import { isRoot } from '../process/user-change.ts';
import { type Group, groupPowers } from '../user/account.ts';
import { active, dynamicUser, listOf, nameSet, type ServiceSettings } from './settings.ts';

/** The system's manager runs services as root unless told otherwise (systemd.exec(5), User=). */
export function serviceUser(settings: ServiceSettings, caller: Caller | null): ProcessUser {
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
    kind: active(settings, 'PrivateUsers') === null ? 'root' : 'confined-root',
    name: null,
    origin:
      settings.elevated?.origin ?? caller?.root ?? byDefault(place, "the system's manager runs it as root"),
    reason: 'it runs as root',
  };
}

/** Accounts that people log in with on common images, and have their home in. */
const LOGINS =
  /^(?:ubuntu|debian|fedora|centos|admin|azureuser|ec2-user|opc|pi|vagrant|user|me|dev|developer)$/;

function namedUser(value: string, origin: Origin): ProcessUser {
  if (isRoot(value)) return { kind: 'root', name: null, origin, reason: 'it runs as root' };
  const shown = displayText(value);
  // `$USER`, and `%i` of a template that is called by the user's name.
  const isSelf =
    LOGINS.test(value) ||
    /%[iIjJuU]/.test(value) ||
    unknownNames(value).some((name) => /^(?:SUDO_)?USER$|^LOGNAME$|^id -u/.test(name));
  const name = isResolved(value)
    ? known(value, origin)
    : unknown(shown, `${shown} is set outside the files`, unknownNames(value), origin);
  return { kind: 'ordinary', name: isSelf ? null : name, origin, reason: 'it runs as an ordinary user' };
}

/** Groups beside the user's own; of a user's own manager those are its own (systemd.exec(5), Group=). */
export function groupsOf(settings: ServiceSettings): readonly Group[] {
  if (settings.userManager !== null) return [];
  return ['Group', 'SupplementaryGroups'].flatMap((name) =>
    listOf(settings, name).map(({ value, text, origin }) => ({ name: displayText(value), text, origin })),
  );
}

export function serviceNamespaces(settings: ServiceSettings, user: ProcessUser): Namespaces {
  const on = (name: string): Origin | null => active(settings, name)?.origin ?? null;
  const groups = active(settings, 'ProtectControlGroups');
  const namespaces = namespacesOf(settings.place, 'systemd', {
    pid: on('PrivatePIDs'),
    ipc: on('PrivateIPC'),
    uts: on('ProtectHostname'),
    // A plain `yes` mounts the control groups read-only.
    cgroup: /^(?:private|strict)$/.test(groups?.value ?? '') ? (groups?.origin ?? null) : null,
    network: on('PrivateNetwork') ?? on('NetworkNamespacePath'),
    user: on('PrivateUsers'),
  });
  const { origin } = namespaces.user;
  if (user.kind !== 'confined-root' || origin.kind === 'default') return namespaces;
  const mapped = known('host' as const, origin, ['the user namespace of root maps root to itself']);
  return { ...namespaces, user: mapped };
}

/** Each installs a filter of system calls (systemd.exec(5), at each of them). */
const FILTERS = [
  ...['SystemCallFilter', 'SystemCallArchitectures', 'SystemCallLog', 'RestrictAddressFamilies'],
  ...['RestrictNamespaces', 'RestrictRealtime', 'RestrictSUIDSGID', 'LockPersonality'],
  ...['MemoryDenyWriteExecute', 'PrivateDevices', 'ProtectHostname', 'ProtectClock'],
  ...['ProtectKernelTunables', 'ProtectKernelModules', 'ProtectKernelLogs'],
];

export function servicePrivilege(
  settings: ServiceSettings,
  user: ProcessUser,
  namespaces: Namespaces,
): Privilege {
  const { place, scope } = settings;
  const dynamic = dynamicUser(settings);
  const filter = FILTERS.map((name) => active(settings, name)).find((one) => one !== null);
  // Who has not the right to install a filter otherwise takes no new privileges (systemd.exec(5), NoNewPrivileges=).
  const implied = user.kind === 'ordinary' ? (filter?.origin ?? null) : null;
  const groups = groupsOf(settings);
  const privilege = processPrivilege({
    place,
    user,
    namespaces,
    capabilities: capabilitiesOf(settings, user),
    noNewPrivileges: active(settings, 'NoNewPrivileges')?.origin ?? dynamic?.origin ?? implied,
    seccomp: filter?.origin ?? dynamic?.origin ?? null,
    // A service has no terminal of its caller; a scope keeps it.
    terminal: scope === null ? null : answer('yes', [scope]),
    devices: [...devicesOf(settings), ...groupPowers(groups).devices],
  });
  const base = { ...privilege, groups };
  // What processes of the host show is hidden by ProtectProc=invisible (proc(5), hidepid).
  const proc = active(settings, 'ProtectProc');
  if (proc === null || proc.value === 'default' || base.namespaces === null || user.kind !== 'ordinary')
    return base;
  return { ...base, namespaces: { ...base.namespaces, pid: known('own', proc.origin) } };
}

/** Taken from the bounding set beside what they are about (systemd.exec(5), at each of them). */
const DROPPED: Readonly<Record<string, readonly string[]>> = {
  PrivateDevices: ['MKNOD', 'SYS_RAWIO'],
  ProtectClock: ['SYS_TIME', 'WAKE_ALARM'],
  ProtectKernelModules: ['SYS_MODULE'],
  ProtectKernelLogs: ['SYSLOG'],
};

function capabilitiesOf(settings: ServiceSettings, user: ProcessUser): Capabilities | null {
  const set = nameSet(settings, 'CapabilityBoundingSet');
  const ambient = listOf(settings, 'AmbientCapabilities');
  const dropped = Object.entries(DROPPED).filter(([name]) => active(settings, name) !== null);
  if ((set === null && dropped.length === 0 && ambient.length === 0) || user.kind === 'confined-root')
    return null;
  const taken = new Set(dropped.flatMap(([, names]) => names));
  const isBounded = (name: string): boolean => set === null || set.has(`CAP_${name}`);
  const bounding = new Set(ALL_CAPABILITIES.filter((name) => isBounded(name) && !taken.has(name)));
  const given = ambient.filter(({ value }) => bounding.has(normaliseCapability(value.replace(/^~/, ''))));
  const [firstDrop] = dropped;
  const origin =
    set?.origin ??
    given[0]?.origin ??
    (firstDrop === undefined ? undefined : active(settings, firstDrop[0])?.origin);
  if (origin === undefined) return null;
  if (user.kind !== 'root') {
    const added = given.map((item) => ({ name: normaliseCapability(item.value), origin: item.origin }));
    return { added, dropsAll: null, bounding, usable: new Set(added.map(({ name }) => name)), origin };
  }
  const added = bounding.has('SYS_ADMIN') ? [] : [...bounding].map((name) => ({ name, origin }));
  return { added, dropsAll: bounding.size === 0 ? origin : null, bounding, usable: bounding, origin };
}

/** `DeviceAllow=/dev/kvm rw`, which counts beside the harmless ones once the policy is closed. */
function devicesOf(settings: ServiceSettings): readonly DeviceGrant[] {
  return settings.properties.flatMap(({ name, value, text, origin }) => {
    const [, device, access = 'rwm'] = /^(\/dev\/\S+)(?:\s+(\w+))?$/.exec(value ?? '') ?? [];
    if (name !== 'DeviceAllow' || device === undefined) return [];
    const read = access.includes('r');
    return [{ device, access: { read, write: access.includes('w') }, text: displayText(text), origin }];
  });
}
