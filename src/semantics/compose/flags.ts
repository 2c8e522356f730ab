/**
 * Flags of `docker compose` and its commands (docker/compose cmd/compose/{compose,up,create,start,restart,watch,
 * run,exec}.go), with those of docker itself that stand before the word `compose`. podman-compose's own
 * (`podman_compose.py --help`) are passed over.
 */
import type { FlagTable } from '../docker/flag-grammar.ts';

function table(
  booleans: string,
  values: string,
  shorts: Readonly<Record<string, string>>,
  synonyms: Readonly<Record<string, string>> = {},
): FlagTable {
  return {
    booleans: new Set(booleans.split(' ')),
    values: new Set(values.split(' ')),
    lists: new Set(),
    shorts: new Map(Object.entries(shorts)),
    synonyms: new Map(Object.entries(synonyms)),
  };
}

export const PROJECT_FLAGS = table(
  'all-resources compatibility debug dry-run help no-ansi no-cleanup skip-hostname-check tls tlsverify verbose ' +
    'version',
  'address ansi config connection context env-file file host identity in-pod insecure-registry log-level ' +
    'namespace network-cmd-path parallel podman-args podman-build-args podman-path podman-pull-args ' +
    'podman-push-args podman-rm-args podman-run-args podman-start-args podman-stop-args pod-args profile progress ' +
    'project-directory project-name root runroot snapshotter storage-driver storage-opt tlscacert tlscert tlskey ' +
    'tmpdir url',
  {
    D: 'debug',
    H: 'host',
    a: 'address',
    c: 'context',
    f: 'file',
    l: 'log-level',
    n: 'namespace',
    p: 'project-name',
    v: 'version',
  },
  { workdir: 'project-directory' },
);

/** Of `up`, `create`, `start`, `restart` and `watch` together. */
export const UP_FLAGS = table(
  'abort-on-container-exit abort-on-container-failure always-recreate-deps attach-dependencies build detach ' +
    'force-recreate menu no-build no-color no-deps no-log-prefix no-recreate no-start no-up prune quiet quiet-build ' +
    'quiet-pull remove-orphans renew-anon-volumes timestamps wait watch yes',
  'attach exit-code-from no-attach pull scale timeout wait-timeout',
  { V: 'renew-anon-volumes', d: 'detach', t: 'timeout', w: 'watch', y: 'yes' },
);

export const RUN_FLAGS = table(
  'build detach dry-run interactive no-TTY no-deps quiet quiet-build quiet-pull remove-orphans rm service-ports tty ' +
    'use-aliases',
  'cap-add cap-drop entrypoint env env-file label name publish pull user volume workdir',
  {
    P: 'service-ports',
    T: 'no-TTY',
    d: 'detach',
    e: 'env',
    i: 'interactive',
    l: 'label',
    p: 'publish',
    q: 'quiet',
    t: 'tty',
    u: 'user',
    v: 'volume',
    w: 'workdir',
  },
  { 'env-from-file': 'env-file', 'no-tty': 'no-TTY', volumes: 'volume', labels: 'label' },
);

export const EXEC_FLAGS = table(
  'detach interactive no-TTY privileged tty',
  'env index user workdir',
  { T: 'no-TTY', d: 'detach', e: 'env', i: 'interactive', t: 'tty', u: 'user', w: 'workdir' },
  { 'no-tty': 'no-TTY' },
);
