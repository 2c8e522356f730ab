/** Who the code inside is, and whether it can become root there. */
import { describe, expect, it } from 'vitest';
import { answer, known, type Verdict } from '../../../src/model/value.ts';
import {
  containerSudo,
  containerUser,
  effectiveRoot,
  parseUser,
} from '../../../src/semantics/docker/identity.ts';
import { containerSandbox } from '../../../src/semantics/docker/sandbox.ts';
import type { ContainerSpec } from '../../../src/semantics/docker/spec.ts';
import { ANCHOR, at, container, located, symbolic } from './container.ts';

describe('a user as written', () => {
  it.each([
    ['root', 'root', true],
    ['0', '0', true],
    ['00', '00', true],
    ['0:0', '0', true],
    ['0:1000', '0', true],
    ['root:docker', 'root', true],
    ['', 'root', true],
    [':1000', 'root', true],
    ['1000', '1000', false],
    ['1000:0', '1000', false],
    ['node:root', 'node', false],
    ['rootless', 'rootless', false],
    ['10', '10', false],
    [' node ', 'node', false],
  ])('%j: %s, root %s', (text, name, root) => {
    expect(parseUser(text)).toEqual({ name, root });
  });
});

function user(written: string | null, image: string | null = null) {
  const empty = container();
  const value = (text: string | null) => (text === null ? null : known(symbolic(text), at(text)));
  return containerUser({ ...empty, user: value(written), image: { ...empty.image, user: value(image) } });
}

describe('the user of a container', () => {
  it.each([
    ['written', 'dev', 'root', false],
    ['root over the image’s', 'root', 'node', true],
    ['the image’s', null, 'node', false],
    ['the image’s root', null, '0', true],
  ])('%s', (_, written, image, root) => {
    const found = user(written, image);
    expect(found.known && found.value.root).toBe(root);
    expect(found.known && found.assumes).toBeUndefined();
  });

  it('is taken for root where nobody says', () => {
    const found = user(null);
    expect(found).toMatchObject({ known: true, value: { root: true }, origin: { kind: 'default' } });
    expect(found.known && found.assumes).toHaveLength(1);
  });

  it.each(['$UID', '$UID:$GID', '$LOCAL_UID:$LOCAL_GID', '$USER', '$APP_USER:$APP_GID'])(
    '%s is meant to be the developer',
    (written) => {
      const found = user(written);
      expect(found.known && found.value.root).toBe(false);
      expect(found.known && found.assumes).toHaveLength(1);
    },
  );

  it.each(['0:$DOCKER_GID', 'root:$GID'])('%s is root, whatever the group', (written) => {
    const found = user(written);
    expect(found.known && found.value.root).toBe(true);
  });

  it('1000:$DOCKER_GID is an ordinary user for certain', () => {
    const found = user('1000:$DOCKER_GID');
    expect(found).toMatchObject({ known: true, value: { name: '1000', root: false } });
    expect(found.known && found.assumes).toBeUndefined();
  });

  it.each(['$WHO', 'a$X'])('%s is not known', (written) => {
    expect(user(written).known).toBe(false);
  });
});

const sudo = (verdict: Verdict) => answer(verdict, [at('sudo')]);

describe("podman's user that is kept", () => {
  it.each([
    ['is whoever starts it', 'keep-id', null, false],
    ['whatever the ids', 'keep-id:uid=1000,gid=1000', null, false],
    ['gives way to a user that is named', 'keep-id', 'root', true],
    ['is none of other namespaces', 'auto', null, true],
  ])('%s', (_, userns, named, root) => {
    const asked = {
      userns: known(userns, at(userns)),
      user: named === null ? null : known(named, at(named)),
    };
    const found = containerUser(container(asked, 'podman'));
    expect(found.known && found.value.root).toBe(root);
  });
});

describe('sudo', () => {
  const without = (on: boolean, asked: Partial<ContainerSpec>): Verdict =>
    containerSudo(container(asked), known(on, at('no-new-privileges'))).verdict;

  it.each(['yes', 'no', 'unknown'] as const)('is as the definition says: %s', (verdict) => {
    expect(without(false, { sudo: sudo(verdict) })).toBe(verdict);
  });

  it.each(['yes', 'unknown'] as const)('is powerless under no-new-privileges: %s', (verdict) => {
    expect(without(true, { sudo: sudo(verdict) })).toBe('no');
  });

  it('is the image’s where the definition says nothing', () => {
    const { image } = container();
    expect(without(false, { image: { ...image, sudo: sudo('yes') } })).toBe('yes');
    expect(without(false, { image: { ...image, sudo: sudo('yes') }, sudo: sudo('no') })).toBe('no');
  });
});

describe('effective root', () => {
  it.each([
    ['root', 'no', 'yes'],
    ['root', 'yes', 'yes'],
    ['dev', 'yes', 'yes'],
    ['dev', 'no', 'no'],
    ['dev', 'unknown', 'unknown'],
    ['$WHO', 'no', 'unknown'],
    ['$WHO', 'yes', 'yes'],
  ] as const)('%s with sudo %s: %s', (name, verdict, expected) => {
    expect(effectiveRoot(user(name), sudo(verdict)).verdict).toBe(expected);
  });

  it('hands on what it rests on', () => {
    expect(effectiveRoot(user(null), sudo('no')).assumes).toHaveLength(1);
  });

  it('is not taken away from root by no-new-privileges', () => {
    const spec = container({
      user: known('root', at('root')),
      securityOpt: located('no-new-privileges'),
      sudo: sudo('yes'),
    });
    const identity = { id: 'x', name: 'x', format: 'compose', place: ANCHOR } as const;
    const role = { kind: 'sandbox', reason: 'it is one' } as const;
    expect(containerSandbox(spec, { ...identity, role }).privilege.effectiveRoot.verdict).toBe('yes');
    const ordinary = { ...spec, user: known('dev', at('dev')) };
    expect(containerSandbox(ordinary, { ...identity, role }).privilege.effectiveRoot.verdict).toBe('no');
  });
});
