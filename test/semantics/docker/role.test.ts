/** Whether a definition is made to hold hostile code. */
import { describe, expect, it } from 'vitest';
import { known } from '../../../src/model/value.ts';
import { roleOf } from '../../../src/semantics/docker/role.ts';
import type { ContainerSpec, MountSpec } from '../../../src/semantics/docker/spec.ts';
import { at, bind, container, inside, symbolic } from './container.ts';

function role(image: string | null, ...mounts: readonly (string | MountSpec)[]): string {
  const empty = container();
  const spec: ContainerSpec = {
    ...empty,
    image: {
      ...empty.image,
      built: image === null,
      reference: image === null ? null : known(symbolic(image), at(image)),
    },
    mounts: mounts.map((mount) => (typeof mount === 'string' ? bind(mount) : mount)),
  };
  return roleOf(spec).kind;
}

const SANDBOXES: readonly (readonly [what: string, image: string | null, mounts: readonly string[]])[] = [
  ['the project', 'node:22', ['.:/app']],
  ['the project in an image of its own', null, ['.:/app']],
  ['the project read-only', 'node:22', ['.:/app:ro']],
  ['the directory above it', 'node:22', ['..:/work']],
  ['a directory of source', 'node:22', ['./src:/app/src']],
  ['a part of a larger project', null, ['./packages/api:/app']],
  ['a part that is called like something else', null, ['./services/media-service:/app']],
  ['a site', null, ['./static-site:/app']],
  ['the project beside data', 'node:22', ['./data:/data', '.:/app']],
  ['an image that is not known', '$IMAGE', ['.:/app']],
  ['a database that may change the project', 'postgres:17', ['.:/work']],
];

const SERVICES: readonly (readonly [
  what: string,
  image: string | null,
  mounts: readonly (string | MountSpec)[],
])[] = [
  ['nothing', 'postgres:17', []],
  ['a volume', 'postgres:17', [inside('volume', '/var/lib/postgresql/data')]],
  ['data of a database', 'postgres:17', ['./pgdata:/var/lib/postgresql/data']],
  ['scripts of a database', 'postgres:17', ['./init:/docker-entrypoint-initdb.d']],
  ['the project, for a database to read', 'postgres:17', ['.:/work:ro']],
  ['configuration', 'nginx:1', ['./nginx/default.conf:/etc/nginx/conf.d/default.conf:ro']],
  ['a directory of configuration', 'registry.example/app:1', ['./config:/etc/app']],
  ['data', 'registry.example/app:1', ['./data:/data']],
  ['data by a longer name', 'registry.example/app:1', ['./data-dev:/data']],
  ['logs', 'registry.example/app:1', ['./logs:/var/log/app']],
  ['one file', 'registry.example/app:1', ['./server.js:/app/server.js']],
  ['a file of settings', 'registry.example/app:1', ['./.env:/app/.env']],
  ['source for reading alone', 'registry.example/app:1', ['./src:/app/src:ro']],
  ['the host’s files', 'registry.example/app:1', ['/etc:/h', '~/.ssh:/k']],
  ['what is not known', 'registry.example/app:1', ['$DIR:/d']],
];

describe('a sandbox mounts', () => {
  it.each(SANDBOXES)('%s', (_, image, mounts) => {
    expect(role(image, ...mounts)).toBe('sandbox');
  });
});

describe('a service mounts', () => {
  it.each(SERVICES)('%s', (_, image, mounts) => {
    expect(role(image, ...mounts)).toBe('service');
  });
});

describe('a role', () => {
  it('is a sandbox where an agent runs, whatever it mounts', () => {
    expect(roleOf(container({ agents: ['codex'] }))).toMatchObject({
      kind: 'sandbox',
      reason: expect.stringContaining('codex'),
    });
  });

  it('says why', () => {
    expect(roleOf(container({ mounts: [bind('.:/app')] })).reason).toContain('.:/app');
    const { image } = container();
    const database = { ...image, reference: known('postgres:17', at('postgres:17')) };
    expect(roleOf(container({ image: database })).reason).toContain('database');
  });

  it.each([
    ['postgres:17', 'it is a database'],
    ['tecnativa/docker-socket-proxy', 'it is an engine proxy'],
    ['minio/minio', 'it is an object store'],
    ['quay.io/keycloak/keycloak', 'it is an identity provider'],
    ['grafana/grafana', 'it is for monitoring'],
  ])('says what %s is in plain words', (reference, reason) => {
    const image = { ...container().image, reference: known(reference, at(reference)) };
    expect(roleOf(container({ image })).reason).toBe(reason);
  });
});
