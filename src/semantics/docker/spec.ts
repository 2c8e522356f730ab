/**
 * What is asked of a container engine, in the engine's own words and located: the common ground of compose
 * services, devcontainers and `docker run`. `sandbox.ts` turns it into the model.
 *
 * Texts are symbolic strings (`model/symbolic.ts`): variables are substituted where the files tell them.
 */
import type { EnvironmentFile, Variable } from '../../model/environment.ts';
import type { HostPath } from '../../model/host-path.ts';
import type { Egress, EngineApi, Neighbour, ProxyVariable, PublishedPort } from '../../model/network.ts';
import type { Sharing } from '../../model/privilege.ts';
import type {
  Addition,
  BuildPrivilege,
  DefinitionFile,
  HostCommand,
  InertSetting,
  SharedStorage,
  Unresolved,
} from '../../model/sandbox.ts';
import type { Answer, Origin, Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';

export type Engine = 'docker' | 'podman' | 'nerdctl';

/** Symbolic text and where it stands. */
export interface LocatedText {
  readonly text: string;
  readonly origin: Origin;
}

export interface MountSpec {
  /** `bind`: a host path, a volume that hides one, a secret's or config's file included. */
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'image' | 'other';
  /** For `bind`. */
  readonly host: HostPath | null;
  /** For `volume`: its name; null: anonymous. */
  readonly volume: string | null;
  readonly target: string | null;
  readonly readOnly: Value<boolean>;
  readonly propagation: 'private' | 'slave' | 'shared';
  /** False: mounts below a read-only one stay writable, as engines before 25, podman and `bind-recursive=writable` leave them. */
  readonly recursiveReadOnly: boolean;
  /** For `tmpfs`: size in bytes; null: unbounded. */
  readonly size: number | null;
  /** As written, for messages. */
  readonly text: string;
  /** What opens a socket in it to the user inside (a Feature's relay). */
  readonly opened?: Origin;
  readonly origin: Origin;
  readonly assumes?: readonly string[];
  /** It is there in some ways of a script only, and takes nothing away from the others. */
  readonly conditional?: true;
}

export interface NetworkSpec {
  readonly egress: Value<Egress>;
  readonly namespace: Value<Sharing>;
  readonly neighbours: readonly Neighbour[];
  /** `host-gateway` entries and the like: names for the host inside. */
  readonly hostNames: readonly LocatedText[];
  readonly engineApis: readonly EngineApi[];
  /** For limited egress over an internal network: does the bridge still answer for the host? */
  readonly hostGateway: Answer;
}

export interface LimitSpec {
  /** Bytes; null: unlimited by the engine's words (0, -1). */
  readonly memory: Value<number | null> | null;
  /** Cores. */
  readonly cpu: Value<number | null> | null;
  readonly processes: Value<number | null> | null;
}

/** What is known of the image beside its name: from a Dockerfile here, or from the table of known images. */
export interface ImageSpec {
  /** As written; null: built from a Dockerfile and never named. */
  readonly reference: Value<string> | null;
  readonly built: boolean;
  /** The last USER of the Dockerfile, or the known image's own; null: nothing says so. */
  readonly user: Value<string> | null;
  /** Whether sudo without a password can be expected, and why. */
  readonly sudo: Answer;
  /** ENV and ARG of the Dockerfile that bear on credentials. */
  readonly variables: readonly Variable[];
  readonly origin: Origin;
}

export interface ContainerSpec {
  readonly engine: Engine;
  /** What shows that the engine runs as root: `sudo podman`. Docker's does anyway. */
  readonly rootful?: Origin;
  /** Node that could have said what nobody said: the service's key, the opening brace, the command word. */
  readonly anchor: Place;
  readonly image: ImageSpec;
  readonly mounts: readonly MountSpec[];
  readonly privileged: Value<boolean>;
  readonly capAdd: readonly LocatedText[];
  readonly capDrop: readonly LocatedText[];
  readonly securityOpt: readonly LocatedText[];
  /** The user that code runs as, when the definition says so (compose `user`, `--user`, `remoteUser`). */
  readonly user: Value<string> | null;
  /** Sudo that the definition itself brings (a Feature), or rules out; null: as the image says. */
  readonly sudo: Answer | null;
  /** `--pid`, `--ipc`, `--uts`, `--userns`, `--cgroupns` as written; null: not said. */
  readonly pid: Value<string> | null;
  readonly ipc: Value<string> | null;
  readonly uts: Value<string> | null;
  readonly userns: Value<string> | null;
  readonly cgroupns: Value<string> | null;
  readonly network: NetworkSpec;
  readonly ports: readonly PublishedPort[];
  readonly variables: readonly Variable[];
  readonly environmentFiles: readonly EnvironmentFile[];
  /** podman's `--env-host`. */
  readonly inheritsEnvironment: Origin | null;
  readonly limits: LimitSpec;
  readonly readOnlyRoot: Value<boolean>;
  /** `/dev/x[:/dev/y[:rwm]]` or a CDI name. */
  readonly devices: readonly LocatedText[];
  readonly deviceRules: readonly LocatedText[];
  readonly groups: readonly LocatedText[];
  /** `--gpus` and its equivalents. */
  readonly gpus: readonly LocatedText[];
  readonly runtime: Value<string> | null;
  readonly apiSocket: Value<boolean>;
  /** Containers whose volumes come along and could not be looked up. */
  readonly volumesFrom: readonly LocatedText[];
  /** Kept after its task: a restart policy, no `--rm`. */
  readonly kept: Value<boolean>;
  readonly shared: readonly SharedStorage[];
  readonly buildPrivileges: readonly BuildPrivilege[];
  readonly additions: readonly Addition[];
  readonly hostCommands: readonly HostCommand[];
  readonly escalations: readonly { readonly text: string; readonly origin: Origin }[];
  readonly inert: readonly InertSetting[];
  readonly unresolved: readonly Unresolved[];
  readonly definition: readonly DefinitionFile[];
  /** Commands and texts that show which coding agent runs inside. */
  readonly agents: readonly string[];
  readonly proxyVariables: readonly ProxyVariable[];
  /** What runs inside, as one symbolic text; empty: the image's own, or not known. */
  readonly command: string;
}
