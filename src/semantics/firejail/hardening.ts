/** What firejail takes from the process: root, capabilities, system calls, new privileges. */
import { ALL_CAPABILITIES, normaliseCapability } from '../../knowledge/capabilities.ts';
import type { Capabilities } from '../../model/privilege.ts';
import type { Origin } from '../../model/value.ts';
import { certain, type ProcessOption } from '../process/option-words.ts';

type Settings = readonly ProcessOption[];

export interface Hardening {
  readonly seccomp: Origin | null;
  readonly noNewPrivileges: Origin | null;
  /** A user namespace without root. */
  readonly noRoot: Origin | null;
  readonly capabilities: Capabilities | null;
}

/** Each of them installs a filter of system calls, and a filter asks for no_new_privs (seccomp(2)). */
const FILTERS = [
  ...['seccomp', 'seccomp.drop', 'seccomp.keep', 'protocol', 'memory-deny-write-execute'],
  'restrict-namespaces',
];

/** @param root where root starts it */
export function firejailHardening(settings: Settings, root: Origin | null): Hardening {
  const own = (...names: readonly string[]): Origin | null => certain(settings, ...names)?.origin ?? null;
  const seccomp = own(...FILTERS);
  // Both are forced for an ordinary user there (firejail(1), --chroot and --appimage).
  const forced = root === null ? own('chroot', 'appimage') : null;
  return {
    seccomp,
    noNewPrivileges: own('nonewprivs') ?? seccomp ?? forced,
    // It has no effect for root, and none in another root directory (firejail(1), --noroot).
    noRoot: root === null && own('chroot', 'overlay', 'overlay-named') === null ? own('noroot') : null,
    capabilities: capabilitiesOf(settings, root),
  };
}

/** src/firejail/caps.c, caps_default_filter. */
const DROPPED_BY_DEFAULT = [
  ...['SYS_MODULE', 'SYS_RAWIO', 'SYS_BOOT', 'SYS_NICE', 'SYS_TTY_CONFIG', 'SYSLOG', 'MKNOD'],
  'SYS_ADMIN',
];
/** Taken from root, unless it names what it keeps or takes no profile (src/firejail/caps.c, caps_drop_dac_override). */
const DROPPED_OF_ROOT = ['DAC_OVERRIDE', 'DAC_READ_SEARCH'];

/** Of several the one that drops all counts first, then a list to drop, a list to keep, the default. */
function capabilitiesOf(settings: Settings, root: Origin | null): Capabilities | null {
  const all = settings.findLast(
    ({ name, value, when }) => name === 'caps.drop' && value === 'all' && when.length === 0,
  );
  const none = new Set<string>();
  if (all !== undefined) {
    return { added: [], dropsAll: all.origin, bounding: none, usable: none, origin: all.origin };
  }
  if (root === null) return null;
  const [drop, keep] = [certain(settings, 'caps.drop'), certain(settings, 'caps.keep')];
  const decides = drop ?? keep ?? certain(settings, 'caps');
  const listed = new Set((decides?.value ?? '').split(',').map(normaliseCapability));
  const isKept = (name: string): boolean => {
    if (decides === keep && keep !== null) return listed.has(name);
    if (DROPPED_OF_ROOT.includes(name) && certain(settings, 'noprofile') === null) return false;
    if (decides === null) return true;
    return decides === drop ? !listed.has(name) : !DROPPED_BY_DEFAULT.includes(name);
  };
  const held = new Set(ALL_CAPABILITIES.filter(isKept));
  const origin = decides?.origin ?? root;
  const added = held.has('SYS_ADMIN') ? [] : [...held].map((name) => ({ name, origin }));
  return { added, dropsAll: null, bounding: held, usable: held, origin };
}
