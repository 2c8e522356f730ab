/**
 * Devcontainer Features that bring more than software: privileges, mounts, doors to the host. Facts from
 * `devcontainer-feature.json` and `install.sh` of each, at the repository that `reference` names.
 */

export interface ImpliedMount {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  /** False: the volume's name is the same in every project, so that they share it. */
  readonly perContainer: boolean;
}

export interface FeatureFacts {
  /** Last segment of the reference: `docker-in-docker`. */
  readonly id: string;
  /** What stands before it where it is known to be this Feature. */
  readonly registryPrefix: string;
  /** Names that it had, alone or in the same registry. */
  readonly legacyIds: readonly string[];
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly securityOpt: readonly string[];
  readonly mounts: readonly ImpliedMount[];
  readonly init: boolean;
  /** It gives the user inside sudo without a password. */
  readonly sudo: boolean;
  /** Its entrypoint makes a socket of the host usable for the user inside, whatever that one's mode. */
  readonly opensSocketToUser: boolean;
  /** Ports that a service of its own listens on inside. */
  readonly listens: readonly number[];
  readonly reason: string;
  readonly reference: string;
}

const OFFICIAL = 'ghcr.io/devcontainers/features';
const EXTRA = 'ghcr.io/devcontainers-extra/features';

const SOURCES = {
  [OFFICIAL]: 'https://github.com/devcontainers/features/tree/main/src',
  [EXTRA]: 'https://github.com/devcontainers-extra/features/tree/main/src',
  'ghcr.io/anthropics/devcontainer-features':
    'https://github.com/anthropics/devcontainer-features/tree/main/src',
} as const satisfies Readonly<Record<string, string>>;

type Registry = keyof typeof SOURCES;
type Grants = Partial<Omit<FeatureFacts, 'id' | 'registryPrefix' | 'reason' | 'reference'>>;

const feature = (
  id: string,
  reason: string,
  grants: Grants = {},
  registry: Registry = OFFICIAL,
): FeatureFacts => ({
  id,
  registryPrefix: registry,
  legacyIds: [],
  privileged: false,
  capAdd: [],
  securityOpt: [],
  mounts: [],
  init: false,
  sudo: false,
  opensSocketToUser: false,
  listens: [],
  ...grants,
  reason,
  reference: `${SOURCES[registry]}/${id}`,
});

const volume = (source: string, target: string, perContainer: boolean): ImpliedMount => ({
  type: 'volume',
  source,
  target,
  perContainer,
});

const DEBUGGER: Grants = { capAdd: ['SYS_PTRACE'], securityOpt: ['seccomp=unconfined'] };

/** Official Features that set nothing but software: `devcontainers/features`, all of `src/`. */
const PLAIN = [
  'anaconda',
  'aws-cli',
  'azure-cli',
  'conda',
  'copilot-cli',
  'dotnet',
  'git',
  'git-lfs',
  'github-cli',
  'hugo',
  'java',
  'node',
  'nvidia-cuda',
  'oryx',
  'php',
  'powershell',
  'python',
  'ruby',
  'terraform',
] as const;

export const FEATURES: readonly FeatureFacts[] = [
  feature('docker-in-docker', 'It runs a Docker daemon inside, for which the container must be privileged.', {
    privileged: true,
    mounts: [
      volume('dind-var-lib-docker-${devcontainerId}', '/var/lib/docker', true),
      volume('dind-var-lib-containerd-${devcontainerId}', '/var/lib/containerd', true),
    ],
  }),
  feature(
    'docker-outside-of-docker',
    'It mounts the Docker socket of the host, and its entrypoint opens it to the user inside.',
    {
      legacyIds: ['docker-from-docker'],
      securityOpt: ['label=disable'],
      mounts: [
        {
          type: 'bind',
          source: '/var/run/docker.sock',
          target: '/var/run/docker-host.sock',
          perContainer: false,
        },
      ],
      opensSocketToUser: true,
    },
  ),
  feature('go', 'It allows debuggers: ptrace, and no seccomp filter.', {
    ...DEBUGGER,
    legacyIds: ['golang'],
    init: true,
  }),
  feature('rust', 'It allows debuggers: ptrace, and no seccomp filter.', DEBUGGER),
  feature('kubectl-helm-minikube', 'Its volume has one name for all projects.', {
    mounts: [volume('minikube-config', '/home/vscode/.minikube', false)],
  }),
  feature('nix', 'It keeps the Nix store in a volume of its own.', {
    mounts: [volume('nix-store-${devcontainerId}', '/nix', true)],
  }),
  feature('desktop-lite', 'It runs a desktop that VNC and a web page reach, with a well-known password.', {
    init: true,
    listens: [5901, 6080],
  }),
  feature('sshd', 'It runs an SSH server that lets root log in.', { listens: [2222] }),
  feature('common-utils', 'It gives the user inside sudo without a password.', {
    legacyIds: ['common'],
    sudo: true,
  }),
  feature(
    'localstack',
    'It runs containers inside, for which the container must be privileged.',
    {
      privileged: true,
      mounts: [volume('dind-var-lib-docker-${devcontainerId}', '/var/lib/docker', true)],
    },
    EXTRA,
  ),
  feature(
    'claude-code',
    'It installs Claude Code, and nothing else.',
    {},
    'ghcr.io/anthropics/devcontainer-features',
  ),
  ...PLAIN.map((id) => feature(id, 'It installs software, and grants nothing.')),
];

/** Features of registries whose every Feature was looked at: one that has no row grants nothing. */
const SWEPT: readonly string[] = [OFFICIAL, EXTRA];

const BY_ID = new Map(
  FEATURES.flatMap((facts) => [facts.id, ...facts.legacyIds].map((id) => [id, facts] as const)),
);

interface FeatureReference {
  /** '' for an id without registry, as before Features had registries. */
  readonly prefix: string;
  readonly id: string;
}

/** Splits `registry/path/id:tag` or `…@digest`; null for a local Feature or the address of an archive. */
function splitReference(reference: string): FeatureReference | null {
  const text = reference.trim().toLowerCase();
  if (text === '' || /^(?:\.|\/|https?:)/.test(text)) return null;
  const bare = text.split('@', 1)[0] ?? '';
  const slash = bare.lastIndexOf('/');
  const id = bare.slice(slash + 1).split(':', 1)[0] ?? '';
  return id === '' ? null : { prefix: slash < 0 ? '' : bare.slice(0, slash), id };
}

/**
 * What a Feature brings along, by the last segment of its reference: forks keep name and content.
 * @returns null for one that is in no table, local or given by address
 */
export function featureFacts(reference: string): FeatureFacts | null {
  const split = splitReference(reference);
  return split === null ? null : (BY_ID.get(split.id) ?? null);
}

/**
 * Is it certain what this Feature grants: it is the one of the table's own registry, or of a registry that was
 * looked through? False for forks, for which `featureFacts` is a good guess.
 */
export function isKnownFeature(reference: string): boolean {
  const split = splitReference(reference);
  if (split === null) return false;
  if (SWEPT.includes(split.prefix)) return true;
  const facts = BY_ID.get(split.id);
  return facts !== undefined && (split.prefix === '' || facts.registryPrefix === split.prefix);
}
