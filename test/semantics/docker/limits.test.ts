/** Ceilings on memory, processors, processes and disk. */
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../src/model/value.ts';
import { containerLimits, parseSize } from '../../../src/semantics/docker/limits.ts';
import type { MountSpec } from '../../../src/semantics/docker/spec.ts';
import { sliceOf } from '../../../src/source/source.ts';
import { at, bind, container, inside } from './container.ts';

const KIB = 1024;

describe('a size', () => {
  it.each([
    ['1073741824', KIB ** 3],
    ['512m', 512 * KIB ** 2],
    ['512M', 512 * KIB ** 2],
    ['512mb', 512 * KIB ** 2],
    ['2GiB', 2 * KIB ** 3],
    ['1.5g', 1.5 * KIB ** 3],
    ['64 k', 64 * KIB],
    ['1t', KIB ** 4],
    ['10b', 10],
    ['0', 0],
    ['', null],
    ['-1', null],
    ['max', null],
    ['1e9', 1e9],
    ['1e3m', 1000 * KIB ** 2],
    ['.5g', KIB ** 3 / 2],
    ['5.g', 5 * KIB ** 3],
    ['+1g', KIB ** 3],
    ['1.3k', 1331],
    ['1gi', null],
    ['1g ', null],
    [' 1g', null],
    ['1  g', null],
    ['0x10', null],
    ['1eb', null],
    ['1..5g', null],
    ['5 apples', null],
  ])('%j: %s', (text, expected) => {
    expect(parseSize(text)).toBe(expected);
  });
});

describe('limits', () => {
  it('are none by default, and the anchor could have said one', () => {
    const limits = containerLimits(container(), []);
    expect(limits.expressible).toBe(true);
    for (const limit of [limits.memory, limits.cpu, limits.processes]) {
      expect(limit).toMatchObject({ known: true, value: { amount: null }, origin: { kind: 'default' } });
      expect(sliceOf(limit.origin.place)).toBe('anchor');
    }
  });

  it('are as written, unknown ones too', () => {
    const memory = known(KIB ** 3, at('1g'));
    const cpu = unknown('$CPUS', '$CPUS is not set', ['CPUS'], at('$CPUS'));
    const limits = containerLimits(container({ limits: { memory, cpu, processes: null } }), []);
    expect(limits.memory).toMatchObject({ value: { amount: KIB ** 3 }, origin: { kind: 'explicit' } });
    expect(limits.cpu).toBe(cpu);
  });

  it('count podman’s own ceiling on processes', () => {
    expect(containerLimits(container({}, 'podman'), []).processes).toMatchObject({ value: { amount: 2048 } });
    const off = { memory: null, cpu: null, processes: known(null, at('-1')) };
    expect(containerLimits(container({ limits: off }, 'podman'), []).processes).toMatchObject({
      value: { amount: null },
    });
  });
});

describe('storage', () => {
  const disk = (readOnly: boolean, ...mounts: readonly MountSpec[]) =>
    containerLimits(container({ readOnlyRoot: known(readOnly, at('read_only')) }), mounts).disk;

  it.each([
    ['a writable root is unbounded', false, [], null],
    ['a read-only one leaves nothing', true, [], 0],
    [
      'and what its temp directories hold',
      true,
      [inside('tmpfs', '/tmp', 64), inside('tmpfs', '/run', 8)],
      72,
    ],
    ['one without a size is unbounded', true, [inside('tmpfs', '/tmp', 64), inside('tmpfs', '/run')], null],
    ['a mount of the host is not counted', true, [bind('.:/w')], 0],
  ] as const)('%s', (_, readOnly, mounts, amount) => {
    expect(disk(readOnly, ...mounts)).toMatchObject({ known: true, value: { amount } });
  });

  it('names the directory without a size', () => {
    expect(sliceOf(disk(true, inside('tmpfs', '/scratch')).origin.place)).toBe('/scratch');
  });

  it('is unknown where the root is', () => {
    const readOnlyRoot = unknown('$RO', '$RO is not set', ['RO'], at('$RO'));
    expect(containerLimits(container({ readOnlyRoot }), []).disk.known).toBe(false);
  });
});
