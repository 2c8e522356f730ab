/** Who the code inside is, and what the kernel lets it do. */
import type { Answer, Origin, Value } from './value.ts';

/** What a namespace is shared with. */
export type Sharing = 'own' | 'host' | 'other';

export interface Namespaces {
  readonly pid: Value<Sharing>;
  readonly ipc: Value<Sharing>;
  readonly uts: Value<Sharing>;
  readonly cgroup: Value<Sharing>;
  readonly network: Value<Sharing>;
  /** `own`: user ids inside are mapped, so that root inside is not root outside. */
  readonly user: Value<Sharing>;
}

export interface AddedCapability {
  /** Upper case, without `CAP_`; `ALL` for all of them. */
  readonly name: string;
  readonly origin: Origin;
}

export interface Capabilities {
  /** Written or implied additions, those that are dropped again left out. */
  readonly added: readonly AddedCapability[];
  /** The line that drops all of them, if one does and has effect. */
  readonly dropsAll: Origin | null;
  /** A drop whose name is not known: it may be of all of them. */
  readonly unknownDrop?: Origin;
  /** Everything that the bounding set holds. */
  readonly bounding: ReadonlySet<string>;
  /** What the code can use: `bounding` for an effective root, or what is ambient. */
  readonly usable: ReadonlySet<string>;
  /** Where the set is decided: the engine's default, or the lines that narrow it. */
  readonly origin: Origin;
}

export interface DeviceGrant {
  /** Path on the host, a CDI name, or `gpu`. */
  readonly device: string;
  readonly access: { readonly read: boolean; readonly write: boolean };
  readonly text: string;
  readonly origin: Origin;
}

export interface DeviceRule {
  /** `a`, `b` or `c`. */
  readonly type: string;
  readonly major: string;
  readonly minor: string;
  readonly access: string;
  readonly text: string;
  readonly origin: Origin;
}

/** How far the kernel below is the host's own. */
export type Runtime = 'shared-kernel' | 'user-namespace' | 'user-space-kernel' | 'vm';

export interface User {
  /** Name or number as written; `root` for 0. */
  readonly name: string;
  readonly root: boolean;
}

/** Confinement by the kernel beside namespaces. */
export interface Confinement {
  readonly seccomp: Value<'default' | 'unconfined' | 'custom' | 'none'>;
  readonly appArmor: Value<'default' | 'unconfined' | 'custom'>;
  readonly seLinux: Value<'default' | 'disabled' | 'custom'>;
  /** False: the masked and read-only paths of /proc and /sys are open. */
  readonly maskedPaths: Value<boolean>;
  /** What makes the container's own control groups writable; absent: they are not. */
  readonly writableControlGroups?: Origin;
}

export interface Privilege {
  readonly user: Value<User>;
  /** Can the code become uid 0 inside: it is root, or sudo lets it. */
  readonly effectiveRoot: Answer;
  readonly sudo: Answer;
  /** Full privileges by one switch; null where the format has none. */
  readonly privileged: Value<boolean> | null;
  readonly capabilities: Capabilities | null;
  readonly noNewPrivileges: Value<boolean> | null;
  readonly confinement: Confinement | null;
  readonly namespaces: Namespaces | null;
  readonly devices: readonly DeviceGrant[];
  readonly deviceRules: readonly DeviceRule[];
  /** Supplementary groups as written. */
  readonly groups: readonly { readonly name: string; readonly origin: Origin }[];
  readonly runtime: Value<Runtime>;
  /** Where root inside is not root outside: rootless engine or user namespace. */
  readonly rootIsHostRoot: Answer;
  /** Keeps the caller's terminal, so that it can type into it (CVE-2017-5226); null where that cannot be. */
  readonly terminal: Answer | null;
  /** Other commands that are run in it with more privileges: `exec --privileged`, privileged hooks. */
  readonly escalations: readonly { readonly text: string; readonly origin: Origin }[];
}
