/** The parts of a sandbox that launchers of ordinary processes have in common. */
import { ALL_CAPABILITIES } from '../../knowledge/capabilities.ts';
import type { Environment, Variable } from '../../model/environment.ts';
import type { HostFiles } from '../../model/files.ts';
import type { Network } from '../../model/network.ts';
import type { Capabilities, Namespaces, Privilege, Sharing, User } from '../../model/privilege.ts';
import type {
  Boundary,
  Bypass,
  HostCommand,
  InertSetting,
  Lifetime,
  Limit,
  Limits,
  Sandbox,
  SandboxFormat,
  Unresolved,
} from '../../model/sandbox.ts';
import { answer, byDefault, explicit, known, type Origin, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import type { ShellCommand } from '../shell/reading.ts';
import type { Caller } from './caller.ts';
import type { LaunchIdentity } from './launches.ts';

/** What the launchers differ in. */
export interface ProcessFacts {
  readonly format: SandboxFormat;
  readonly boundary: Boundary;
  readonly place: Place;
  /** Why it counts as a sandbox, as a clause. */
  readonly reason: string;
  readonly files: HostFiles;
  readonly network: Network;
  readonly privilege: Privilege;
  readonly environment: Environment;
  readonly limits: Limits;
  readonly lifetime: Lifetime;
  readonly agents: readonly string[];
  readonly hostCommands?: readonly HostCommand[];
  readonly inert?: readonly InertSetting[];
  readonly bypasses?: readonly Bypass[];
  readonly unresolved: readonly Unresolved[];
}

export function processSandbox({ id, name, definition }: LaunchIdentity, facts: ProcessFacts): Sandbox {
  const { reason, hostCommands = [], inert = [], bypasses = [], ...rest } = facts;
  return {
    id,
    name,
    definition,
    ...rest,
    role: { kind: 'sandbox', reason },
    build: null,
    image: null,
    additions: [],
    hostCommands,
    services: null,
    inert,
    bypasses,
    editor: null,
    revise: () => null,
  };
}

/**
 * Who it is: `root` of the host, also in a user namespace that leaves it its files and none of its powers
 * (`confined-root`); an ordinary user that is root in a user namespace (`mapped-root`); an ordinary user.
 */
export interface ProcessUser {
  readonly kind: 'root' | 'confined-root' | 'mapped-root' | 'ordinary';
  /** Null: whoever starts it. */
  readonly name: Value<string> | null;
  readonly origin: Origin;
  readonly reason: string;
}

export interface PrivilegeFacts {
  readonly place: Place;
  readonly user: ProcessUser;
  readonly namespaces: Namespaces | null;
  /** Null: what the user has by itself. */
  readonly capabilities?: Capabilities | null;
  readonly noNewPrivileges?: Origin | null;
  readonly seccomp?: Origin | null;
  readonly terminal: Privilege['terminal'];
  /** Groups or rules that let it become root. */
  readonly sudo?: Origin | null;
  readonly groups?: Privilege['groups'];
  readonly devices?: Privilege['devices'];
}

export function processPrivilege(facts: PrivilegeFacts): Privilege {
  const { place, user, namespaces, noNewPrivileges = null, seccomp = null, sudo = null } = facts;
  const escapes = sudo !== null && noNewPrivileges === null;
  const effectiveRoot =
    user.kind === 'ordinary' && !escapes
      ? answer('no', [user.origin], user.reason)
      : answer('yes', [escapes && user.kind === 'ordinary' ? sudo : user.origin], user.reason);
  return {
    user: userValue(user),
    effectiveRoot,
    sudo: sudo === null ? answer('no', [user.origin]) : answer(escapes ? 'yes' : 'no', [sudo]),
    privileged: null,
    capabilities: facts.capabilities ?? (escapes ? bySudo(user, sudo) : ownCapabilities(user)),
    noNewPrivileges:
      noNewPrivileges === null
        ? known(false, byDefault(place, 'nothing forbids new privileges'))
        : known(true, noNewPrivileges),
    confinement: {
      seccomp:
        seccomp === null
          ? known('none', byDefault(place, 'nothing filters system calls'))
          : known('custom', seccomp),
      appArmor: known('default', byDefault(place, "the host's own profile")),
      seLinux: known('default', byDefault(place, "the host's own label")),
      maskedPaths: known(true, byDefault(place, "the host's own rights decide")),
    },
    namespaces,
    devices: facts.devices ?? [],
    deviceRules: [],
    groups: facts.groups ?? [],
    runtime: known('shared-kernel', byDefault(place, 'it shares the kernel')),
    rootIsHostRoot:
      user.kind === 'mapped-root' || (user.kind === 'ordinary' && !escapes)
        ? answer('no', [user.origin], user.reason)
        : answer('yes', [user.origin], user.reason),
    terminal: facts.terminal,
    escalations: [],
  };
}

function userValue({ kind, name, origin }: ProcessUser): Value<User> {
  if (kind === 'ordinary') {
    if (name !== null && !name.known) return name;
    return known({ name: name?.value ?? 'the caller', root: false }, origin);
  }
  return known({ name: 'root', root: true }, origin);
}

/** Root holds all of them; in a user namespace they count there alone (user_namespaces(7)). */
function ownCapabilities({ kind, origin }: ProcessUser): Capabilities {
  const held = new Set<string>(kind === 'root' ? ALL_CAPABILITIES : []);
  return { added: [], dropsAll: null, bounding: held, usable: held, origin };
}

/** Of the host's root, which is one command away; on an assumption, only once it holds. */
function bySudo(user: ProcessUser, sudo: Origin): Capabilities {
  if (user.kind !== 'ordinary') return ownCapabilities(user);
  const bounding = new Set<string>(ALL_CAPABILITIES);
  const usable = sudo.assumes === undefined ? bounding : new Set<string>();
  return { added: [{ name: 'ALL', origin: sudo }], dropsAll: null, bounding, usable, origin: sudo };
}

/** All shared with the host but those that are named. */
export function namespacesOf(
  place: Place,
  program: string,
  own: Partial<Record<keyof Namespaces, Origin | null>>,
): Namespaces {
  const of = (name: keyof Namespaces): Value<Sharing> => {
    const origin = own[name] ?? null;
    return origin === null
      ? known('host', byDefault(place, `${program} shares it with the host`))
      : known('own', origin);
  };
  return {
    pid: of('pid'),
    ipc: of('ipc'),
    uts: of('uts'),
    cgroup: of('cgroup'),
    network: of('network'),
    user: of('user'),
  };
}

/** No words for limits of its own; what starts it may set some. */
export function callerLimits(place: Place, caller: Caller, program: string): Limits {
  const none: Value<Limit> = known({ amount: null }, byDefault(place, `${program} sets none`));
  const limit = (found: Caller['memory']): Value<Limit> =>
    found === null ? none : known({ amount: found.amount }, found.origin);
  return {
    expressible: false,
    memory: limit(caller.memory),
    cpu: limit(caller.cpu),
    processes: limit(caller.processes),
    disk: none,
  };
}

/** A process leaves nothing behind but what it wrote, which is asked elsewhere. */
export function processLifetime(place: Place): Lifetime {
  return {
    kept: known(false, byDefault(place, 'it ends with its last process')),
    readOnlyRoot: null,
    shared: [],
  };
}

/** `A=b unshare …`, and the caller's environment unless something empties it. */
export function processEnvironment(
  command: ShellCommand,
  inherits: Origin | null,
  more: readonly Variable[] = [],
): Environment {
  const assigned = command.assignments.map(({ name, value, place }) =>
    writtenVariable(name, value.value, explicit(place)),
  );
  return { variables: [...assigned, ...more], files: [], inheritsAll: inherits };
}

export function startedFromTerminal(
  command: ShellCommand,
  place: Place,
  program: string,
): Privilege['terminal'] {
  const own = command.wrappers.find(([first]) =>
    /(?:^|\/)(?:setsid|sudo|systemd-run|nohup)$/.test(first?.value ?? ''),
  );
  const [word] = own ?? [];
  // sudo runs commands in a terminal of their own since 1.9.14 (sudoers(5), use_pty).
  if (word !== undefined && !/nohup$/.test(word.value)) return answer('no', [explicit(word.place)]);
  if (command.background || (command.pipe !== null && command.pipe.stage > 0)) return null;
  return answer('yes', [byDefault(place, `${program} stays in the session of its caller`)]);
}
