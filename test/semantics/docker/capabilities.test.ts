/** Which capabilities remain of what is added and dropped. */
import { describe, expect, it } from 'vitest';
import {
  ALL_CAPABILITIES,
  DEFAULT_CAPABILITIES_DOCKER as DOCKER,
  DEFAULT_CAPABILITIES_PODMAN as PODMAN,
} from '../../../src/knowledge/capabilities.ts';
import type { Capabilities } from '../../../src/model/privilege.ts';
import { answer, type Verdict } from '../../../src/model/value.ts';
import { containerCapabilities } from '../../../src/semantics/docker/capabilities.ts';
import type { Engine } from '../../../src/semantics/docker/spec.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { at, container, located, ON } from './container.ts';

interface Asked {
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
  readonly engine?: Engine;
  readonly privileged?: boolean;
  readonly root?: Verdict;
}

function capabilities({
  add = [],
  drop = [],
  engine,
  privileged = false,
  root = 'yes',
}: Asked): Capabilities {
  const spec = container({ capAdd: located(...add), capDrop: located(...drop) }, engine);
  const asked = privileged ? { ...spec, privileged: ON } : spec;
  return containerCapabilities(asked, answer(root, [at('user')]));
}

const sorted = (names: Iterable<string>): string[] => [...names].sort();
const without = (all: readonly string[], ...names: readonly string[]): string[] =>
  all.filter((name) => !names.includes(name));

const BOUNDING: readonly (readonly [what: string, asked: Asked, expected: readonly string[]])[] = [
  ['nothing said: the defaults', {}, DOCKER],
  ['nothing said, podman: no raw sockets and no device files', { engine: 'podman' }, PODMAN],
  ['one added', { add: ['NET_ADMIN'] }, [...DOCKER, 'NET_ADMIN']],
  ['one dropped', { drop: ['NET_RAW'] }, without(DOCKER, 'NET_RAW')],
  ['an addition beats a drop of the same name', { add: ['CHOWN'], drop: ['CHOWN'] }, DOCKER],
  ['drop ALL leaves the additions', { add: ['SYS_ADMIN', 'CHOWN'], drop: ['ALL'] }, ['SYS_ADMIN', 'CHOWN']],
  [
    'drop ALL leaves an addition that is dropped by name too',
    { add: ['KILL'], drop: ['ALL', 'KILL'] },
    ['KILL'],
  ],
  ['drop ALL alone leaves none', { drop: ['ALL'] }, []],
  ['add ALL without the drops', { add: ['ALL'], drop: ['NET_RAW'] }, without(ALL_CAPABILITIES, 'NET_RAW')],
  ['add ALL and drop ALL: all', { add: ['ALL'], drop: ['ALL'] }, ALL_CAPABILITIES],
  ['privileged ignores drops', { privileged: true, drop: ['ALL', 'SYS_ADMIN'] }, ALL_CAPABILITIES],
  ['lower case and prefix', { add: ['cap_sys_ptrace'], drop: ['all'] }, ['SYS_PTRACE']],
  [
    'podman splits at commas',
    { add: ['SYS_ADMIN,NET_ADMIN'], drop: ['all'], engine: 'podman' },
    ['SYS_ADMIN', 'NET_ADMIN'],
  ],
];

describe('the bounding set', () => {
  it.each(BOUNDING)('%s', (_, asked, expected) => {
    expect(sorted(capabilities(asked).bounding)).toEqual(sorted(expected));
  });

  it('knows no name with a comma in Docker, which refuses it', () => {
    expect(capabilities({ add: ['SYS_ADMIN,NET_ADMIN'] }).bounding.has('SYS_ADMIN')).toBe(false);
  });
});

describe('what the code can use', () => {
  it.each([
    ['yes', DOCKER],
    ['unknown', DOCKER],
    ['no', []],
  ] as const)('is decided by whether it can become root: %s', (root, expected) => {
    expect(sorted(capabilities({ root }).usable)).toEqual(sorted(expected));
  });

  it('is nothing of what is added, for an ordinary user of Docker', () => {
    const { usable, bounding } = capabilities({ add: ['NET_ADMIN'], root: 'no' });
    expect([usable.size, bounding.has('NET_ADMIN')]).toEqual([0, true]);
  });

  it('is what is added, for an ordinary user of podman', () => {
    const { usable } = capabilities({ add: ['NET_ADMIN'], root: 'no', engine: 'podman' });
    expect([...usable]).toEqual(['NET_ADMIN']);
  });
});

describe('what an ordinary user of podman can use', () => {
  it.each([
    ['all, where all is added', { add: ['all'] }, ALL_CAPABILITIES.length],
    ['all, whatever is dropped', { add: ['ALL'], drop: ['SYS_ADMIN'] }, ALL_CAPABILITIES.length],
    ['what is added, where all is dropped', { add: ['SYS_ADMIN'], drop: ['ALL'] }, 1],
    ['what is added to privileged', { add: ['SYS_ADMIN'], privileged: true }, 1],
    ['nothing by privileged alone', { privileged: true }, 0],
  ] as const)('is %s', (_, asked, count) => {
    expect(capabilities({ ...asked, root: 'no', engine: 'podman' }).usable.size).toBe(count);
  });
});

describe('what is reported as added', () => {
  it.each([
    ['beyond the defaults', { add: ['SYS_ADMIN'] }, ['SYS_ADMIN']],
    ['no default', { add: ['CHOWN', 'NET_RAW'] }, []],
    ['no default after drop ALL', { add: ['CHOWN', 'SETUID'], drop: ['ALL'] }, []],
    ['all', { add: ['all'] }, ['ALL']],
    ['NET_RAW with podman, which lacks it', { add: ['NET_RAW'], engine: 'podman' }, ['NET_RAW']],
  ] as const)('%s', (_, asked, expected) => {
    expect(capabilities(asked).added.map(({ name }) => name)).toEqual(expected);
  });
});

describe('the line that drops all', () => {
  const line = (asked: Asked): string | null => {
    const { dropsAll } = capabilities(asked);
    return dropsAll === null ? null : sliceOf(dropsAll.place);
  };

  it.each([
    ['none', {}, null],
    ['one by name', { drop: ['NET_RAW'] }, null],
    ['all', { drop: ['NET_RAW', 'all'] }, 'all'],
    ['all but what is added', { drop: ['ALL'], add: ['CHOWN'] }, 'ALL'],
    ['without effect beside privileged', { drop: ['ALL'], privileged: true }, null],
    ['without effect beside add ALL', { drop: ['ALL'], add: ['ALL'] }, null],
  ] as const)('%s', (_, asked, expected) => {
    expect(line(asked)).toBe(expected);
  });
});
