/**
 * Well-known images: which user they start as, whether that one has sudo, and what their labels imply.
 * An image that is not here is taken to start as root, which is what engines do without a `USER`.
 */
import type { ImpliedMount } from './features.ts';
import { familiarName, type ImageReference, parseImageReference } from './image-reference.ts';

export {
  type ImageReference,
  imagePinning,
  type Pinning,
  parseImageReference,
  pinningOf,
} from './image-reference.ts';

export interface ImageFacts {
  /** Registry and repository without tag; `/*` at the end: everything below. `docker.io` is left out. */
  readonly pattern: string;
  /** User of the process that is started, by image or label; a number where the image has no name for it. */
  readonly user: string;
  /** Root only until the entrypoint changes to this user; a command of one's own that skips it stays root. */
  readonly dropsTo: string | null;
  /** The user can become root with sudo, without a password. */
  readonly sudo: boolean;
  /** From the label `devcontainer.metadata`: counts for devcontainers alone. */
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly securityOpt: readonly string[];
  readonly mounts: readonly ImpliedMount[];
  /** Coding agents in it, by the names of `agents`. */
  readonly agents: readonly string[];
  readonly reason: string;
  readonly reference: string;
}

type Facts = Partial<Omit<ImageFacts, 'pattern' | 'user' | 'reason' | 'reference'>>;

const image = (
  pattern: string,
  user: string,
  reason: string,
  reference: string,
  facts: Facts = {},
): ImageFacts => ({
  pattern,
  user,
  dropsTo: null,
  sudo: false,
  privileged: false,
  capAdd: [],
  securityOpt: [],
  mounts: [],
  agents: [],
  ...facts,
  reason,
  reference,
});

const LABELS = 'https://github.com/devcontainers/images/tree/main/src';
const SUDO = 'Its user has sudo without a password, by the Feature common-utils.';
const DEBUG: Facts = { sudo: true, capAdd: ['SYS_PTRACE'], securityOpt: ['seccomp=unconfined'] };

const UNIVERSAL: Facts = {
  ...DEBUG,
  privileged: true,
  mounts: [
    {
      type: 'volume',
      source: 'dind-var-lib-docker-${devcontainerId}',
      target: '/var/lib/docker',
      perContainer: true,
    },
    { type: 'volume', source: 'minikube-config', target: '/home/vscode/.minikube', perContainer: false },
  ],
};

/** Names below mcr.microsoft.com/devcontainers, and below the older mcr.microsoft.com/vscode/devcontainers. */
function devcontainerImage(
  name: string,
  user: string,
  facts: Facts = { sudo: true },
  source = name,
): ImageFacts[] {
  const reason = facts.privileged
    ? 'Its label brings docker-in-docker: the container is privileged.'
    : facts.capAdd === undefined
      ? SUDO
      : `${SUDO} Its label allows debuggers: ptrace, and no seccomp filter.`;
  return ['mcr.microsoft.com/devcontainers', 'mcr.microsoft.com/vscode/devcontainers'].map((prefix) =>
    image(`${prefix}/${name}`, user, reason, `${LABELS}/${source}/.devcontainer`, facts),
  );
}

const DEVCONTAINER_IMAGES: readonly ImageFacts[] = [
  ...devcontainerImage('universal', 'codespace', UNIVERSAL),
  ...devcontainerImage('cpp', 'vscode', DEBUG),
  ...devcontainerImage('go', 'vscode', DEBUG),
  ...devcontainerImage('rust', 'vscode', DEBUG),
  ...devcontainerImage('javascript-node', 'node'),
  ...devcontainerImage('typescript-node', 'node'),
  ...devcontainerImage('base', 'vscode', { sudo: true }, 'base-ubuntu'),
  // All others of the two families: anaconda, dotnet, java, jekyll, miniconda, php, python, ruby.
  ...devcontainerImage('*', 'vscode', { sudo: true }, 'python'),
];

const OFFICIAL = 'https://github.com/docker-library';

/** The entrypoint of these starts as root and changes user with gosu, su-exec or setpriv. */
function dropping(name: string, user: string, repository = `${OFFICIAL}/${name}`): ImageFacts {
  return image(name, 'root', `Its entrypoint changes from root to ${user}.`, repository, { dropsTo: user });
}

function startsAs(pattern: string, user: string, reference: string): ImageFacts {
  return image(pattern, user, `Its Dockerfile ends with the user ${user}.`, reference);
}

function rooted(name: string, reference = `https://hub.docker.com/_/${name}`): ImageFacts {
  return image(name, 'root', 'Its Dockerfile sets no user.', reference);
}

const SERVICE_IMAGES: readonly ImageFacts[] = [
  dropping('postgres', 'postgres'),
  dropping('redis', 'redis', 'https://github.com/redis/docker-library-redis'),
  dropping('valkey/valkey', 'valkey', 'https://github.com/valkey-io/valkey-container'),
  dropping('mysql', 'mysql'),
  dropping('mariadb', 'mysql', 'https://github.com/MariaDB/mariadb-docker'),
  dropping('mongo', 'mongodb'),
  dropping('rabbitmq', 'rabbitmq'),
  dropping('cassandra', 'cassandra'),
  dropping('ghost', 'node'),
  dropping('zookeeper', 'zookeeper', 'https://github.com/31z4/zookeeper-docker'),
  dropping('postgis/postgis', 'postgres', 'https://github.com/postgis/docker-postgis'),
  dropping('pgvector/pgvector', 'postgres', 'https://github.com/pgvector/pgvector'),
  startsAs('memcached', 'memcache', `${OFFICIAL}/memcached`),
  startsAs('elasticsearch', 'elasticsearch', 'https://github.com/elastic/dockerfiles'),
  startsAs(
    'docker.elastic.co/elasticsearch/elasticsearch',
    'elasticsearch',
    'https://github.com/elastic/dockerfiles',
  ),
  startsAs(
    'opensearchproject/opensearch',
    'opensearch',
    'https://github.com/opensearch-project/opensearch-build',
  ),
  startsAs('jenkins/jenkins', 'jenkins', 'https://github.com/jenkinsci/docker'),
  startsAs('grafana/grafana', 'grafana', 'https://github.com/grafana/grafana/blob/main/Dockerfile'),
  startsAs('prom/prometheus', 'nobody', 'https://github.com/prometheus/prometheus/blob/main/Dockerfile'),
  startsAs('nginxinc/nginx-unprivileged', 'nginx', 'https://github.com/nginxinc/docker-nginx-unprivileged'),
];

/** Official images that projects build on. */
const BASE_IMAGES: readonly ImageFacts[] = [
  ...['node', 'python', 'golang', 'rust', 'ruby', 'php', 'perl', 'gcc', 'eclipse-temurin', 'maven'].map(
    (name) => rooted(name),
  ),
  ...['ubuntu', 'debian', 'alpine', 'fedora', 'archlinux', 'busybox', 'buildpack-deps', 'amazonlinux'].map(
    (name) => rooted(name),
  ),
  ...['nginx', 'httpd', 'caddy', 'traefik', 'bash', 'elixir', 'swift', 'julia', 'haskell'].map((name) =>
    rooted(name),
  ),
  rooted('oven/bun', 'https://github.com/oven-sh/bun/tree/main/dockerhub'),
  rooted('denoland/deno', 'https://github.com/denoland/deno_docker'),
  rooted('ghcr.io/astral-sh/uv', 'https://docs.astral.sh/uv/guides/integration/docker/'),
  rooted('mcr.microsoft.com/playwright', 'https://playwright.dev/docs/docker'),
  rooted('mcr.microsoft.com/playwright/python', 'https://playwright.dev/python/docs/docker'),
  rooted('mcr.microsoft.com/dotnet/sdk', 'https://github.com/dotnet/dotnet-docker'),
  image(
    'docker',
    'root',
    'Docker in Docker works only in a privileged container, which whoever runs it has to write.',
    'https://hub.docker.com/_/docker',
  ),
];

const JUPYTER = 'https://jupyter-docker-stacks.readthedocs.io/en/latest/using/common.html';

/** Images made to be worked in by people or agents. */
const WORK_IMAGES: readonly ImageFacts[] = [
  ...['jupyter/*', 'quay.io/jupyter/*'].map((pattern) => startsAs(pattern, 'jovyan', JUPYTER)),
  image(
    'gitpod/*',
    'gitpod',
    'Its user has sudo without a password.',
    'https://github.com/gitpod-io/workspace-images',
    {
      sudo: true,
    },
  ),
  image('codercom/*', 'coder', 'Its user has sudo without a password.', 'https://github.com/coder/images', {
    sudo: true,
  }),
  image(
    'selenium/*',
    'seluser',
    'Its user has sudo without a password.',
    'https://github.com/SeleniumHQ/docker-selenium/blob/trunk/Base/Dockerfile',
    { sudo: true },
  ),
  image(
    'docker/sandbox-templates',
    'agent',
    'Its user has sudo without a password.',
    'https://docs.docker.com/ai/sandboxes/',
    { sudo: true },
  ),
  image(
    'ghcr.io/openai/codex-universal',
    'root',
    'Its Dockerfile sets no user.',
    'https://github.com/openai/codex-universal',
    {
      agents: ['codex'],
    },
  ),
  image(
    'us-docker.pkg.dev/gemini-code-dev/gemini-cli/sandbox',
    'node',
    'Its Dockerfile ends with the user node.',
    'https://github.com/google-gemini/gemini-cli/blob/main/Dockerfile',
    { agents: ['gemini'] },
  ),
  image(
    'paulgauthier/aider',
    'appuser',
    'Its Dockerfile ends with the user appuser.',
    'https://github.com/Aider-AI/aider/blob/main/docker/Dockerfile',
    { agents: ['aider'] },
  ),
  image(
    'paulgauthier/aider-full',
    'appuser',
    'Its Dockerfile ends with the user appuser.',
    'https://github.com/Aider-AI/aider/blob/main/docker/Dockerfile',
    { agents: ['aider'] },
  ),
  startsAs('cgr.dev/chainguard/*', 'nonroot', 'https://edu.chainguard.dev/chainguard/chainguard-images/'),
];

export const IMAGES: readonly ImageFacts[] = [
  ...DEVCONTAINER_IMAGES,
  ...SERVICE_IMAGES,
  ...BASE_IMAGES,
  ...WORK_IMAGES,
];

const EXACT = new Map(IMAGES.map((facts) => [facts.pattern, facts]));
const FAMILIES = IMAGES.filter((facts) => facts.pattern.endsWith('/*'));

/** What is known of an image, whatever its tag; null for one that is in no table or no image's name. */
export function imageFacts(reference: string): ImageFacts | null {
  const parsed = parseImageReference(reference);
  return parsed === null ? null : factsOf(parsed);
}

function factsOf(reference: ImageReference): ImageFacts | null {
  const name = familiarName(reference);
  const exact = EXACT.get(name);
  if (exact !== undefined) return exact;
  return FAMILIES.find((facts) => name.startsWith(facts.pattern.slice(0, -1))) ?? null;
}
