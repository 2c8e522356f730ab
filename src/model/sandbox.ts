/**
 * The common model: one enclosure, as questions and answers. A front end fills it from its own format's
 * semantics; rules read it and nothing else.
 */
import type { HiddenId } from '../knowledge/hidden.ts';
import type { Place } from '../source/source.ts';
import type { Change } from './change.ts';
import type { Environment } from './environment.ts';
import type { HostFiles } from './files.ts';
import type { HostPath } from './host-path.ts';
import type { Network } from './network.ts';
import type { Privilege } from './privilege.ts';
import type { Services } from './services.ts';
import type { Answer, Origin, Value } from './value.ts';

export type SandboxFormat =
  | 'devcontainer'
  | 'compose'
  | 'docker-run'
  | 'seatbelt'
  | 'bwrap'
  | 'unshare'
  | 'chroot'
  | 'user'
  | 'firejail'
  | 'systemd'
  | 'qemu'
  | 'firecracker'
  | 'runsc';

/**
 * What keeps the code inside: a container (namespaces and cgroups), bare namespaces (bwrap, unshare), a
 * policy of the same kernel over an ordinary process (Seatbelt), another user, or a virtual machine.
 */
export type Boundary = 'container' | 'namespaces' | 'policy' | 'user' | 'vm';

/** `sandbox`: made to hold hostile code. `service`: something that stands beside it. */
export interface Role {
  readonly kind: 'sandbox' | 'service';
  /** Why, as a clause: `it mounts the project's source`. */
  readonly reason: string;
}

export interface Sandbox {
  /** Stable within a run: `file#name`. */
  readonly id: string;
  readonly name: string;
  readonly format: SandboxFormat;
  readonly boundary: Boundary;
  readonly role: Role;
  /** Where the definition begins: the service's key, the opening brace, the command word. */
  readonly place: Place;
  /** Every file that the definition was read from, the first the one that names it. */
  readonly definition: readonly DefinitionFile[];
  readonly files: HostFiles;
  readonly network: Network;
  readonly privilege: Privilege;
  readonly environment: Environment;
  readonly limits: Limits;
  readonly lifetime: Lifetime;
  readonly build: Build | null;
  readonly image: Image | null;
  /** Features and their like: software that is added by reference. */
  readonly additions: readonly Addition[];
  /** What the definition makes the host itself run. */
  readonly hostCommands: readonly HostCommand[];
  /**
   * Talk with programs outside by other ways than files and network: Seatbelt's mach services and events. Null for
   * formats that do not restrict it, and for a policy that could not be read.
   */
  readonly services: Services | null;
  /** What it lets others do with the engine's socket that it holds, where it is a proxy or a relay of one. */
  readonly relay?: 'full' | 'read';
  /** The agents that the definition starts or installs, by the name of `knowledge/agents`. */
  readonly agents: readonly string[];
  /** Settings that have no effect where they stand. */
  readonly inert: readonly InertSetting[];
  /** Declared ways round the sandbox. */
  readonly bypasses: readonly Bypass[];
  /** Whether an editor attaches to it and forwards its agents (devcontainers). */
  readonly editor: Value<boolean> | null;
  /** What could not be known, one entry a cause. */
  readonly unresolved: readonly Unresolved[];
  /** The sandbox that it would be after a change; null where the semantics cannot tell. */
  revise(change: Change): Sandbox | null;
}

export interface DefinitionFile {
  /** Relative to the working directory, as in reports. */
  readonly path: string;
  readonly host: HostPath;
}

/** A ceiling on one resource. `null` amount: none. */
export interface Limit {
  /** Bytes for memory and disk, cores for cpu, a count for processes and files; null: no ceiling. */
  readonly amount: number | null;
}

export interface Limits {
  /** False where the format has no words for limits (Seatbelt, bwrap). */
  readonly expressible: boolean;
  readonly memory: Value<Limit>;
  readonly cpu: Value<Limit>;
  readonly processes: Value<Limit>;
  /** Writable storage that is the host's: the root file system, tmpfs mounts without a size. */
  readonly disk: Value<Limit>;
}

/** Storage that more than one run sees. */
export interface SharedStorage {
  readonly name: string;
  /** Who shares it, as a clause: `every project that uses this volume name`. */
  readonly sharedWith: string;
  readonly target: string;
  readonly writable: Answer;
  readonly origin: Origin;
}

export interface Lifetime {
  /** Kept when its task ends: a restart policy, no `--rm`, a compose service. */
  readonly kept: Value<boolean>;
  readonly readOnlyRoot: Value<boolean> | null;
  readonly shared: readonly SharedStorage[];
}

export interface BuildPrivilege {
  readonly kind: 'privileged' | 'entitlement' | 'host-network' | 'ssh' | 'context' | 'device';
  readonly text: string;
  readonly origin: Origin;
}

export interface Build {
  readonly privileges: readonly BuildPrivilege[];
}

export interface Image {
  readonly reference: Value<string>;
  /** `digest`: cannot change; `tag`: a version; `moving`: `latest` or none; `built`: from a Dockerfile here. */
  readonly pinned: 'digest' | 'tag' | 'moving' | 'built' | 'unknown';
}

export interface Addition {
  readonly reference: string;
  readonly kind: 'feature';
  readonly pinned: 'digest' | 'version' | 'moving' | 'local';
  /** False where what it brings along could not be read. */
  readonly known: boolean;
  readonly origin: Origin;
}

export interface HostCommand {
  /** `initializeCommand`, `provider`, `post_start`: the word of the format. */
  readonly kind: string;
  /** Shown to people; never executed by anything here. */
  readonly command: string;
  readonly when: string;
  /** Files of the host that it executes, as far as they can be told. */
  readonly executes: readonly HostPath[];
  /** True when nobody is asked before it runs. */
  readonly unasked: boolean;
  readonly origin: Origin;
}

export interface InertSetting {
  readonly setting: string;
  /** Why it does nothing, as a clause. */
  readonly why: string;
  /** What to write instead, as an imperative. */
  readonly instead: string;
  readonly origin: Origin;
}

export interface Bypass {
  readonly kind:
    | 'no-sandbox'
    | 'not-a-boundary'
    | 'inherited-descriptor'
    | 'root-in-chroot'
    | 'control-channel';
  readonly text: string;
  readonly consequence: string;
  readonly origin: Origin;
}

export interface Unresolved {
  /** What is not known, as it is written. */
  readonly what: string;
  readonly why: string;
  /** Variables, files or images that would settle it. */
  readonly names: readonly string[];
  /** What it may hide: a row of `knowledge/hidden`. */
  readonly mayHide: HiddenId;
  readonly origin: Origin;
  /** `text`: widens the score's range. `ambient`: the engine's defaults are taken and a note suffices. */
  readonly kind: 'text' | 'ambient';
}
