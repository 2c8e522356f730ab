/** Devices by name and by number. */
import { describe, expect, it } from 'vitest';
import { deviceFromSpec, deviceRuleFromSpec, gpuDevice } from '../../../src/semantics/docker/devices.ts';
import { at, located } from './container.ts';

const [GPU] = located('all');

describe('a device', () => {
  it.each([
    ['/dev/sda', '/dev/sda', true, true],
    ['/dev/sda:/dev/xvda', '/dev/sda', true, true],
    ['/dev/sda:/dev/xvda:r', '/dev/sda', true, false],
    ['/dev/sda:/dev/xvda:w', '/dev/sda', false, true],
    ['/dev/sda:/dev/xvda:rwm', '/dev/sda', true, true],
    ['/dev/sda:r', '/dev/sda', true, false],
    ['/dev/sda:m', '/dev/sda', false, false],
    ['/dev/sda:mr', '/dev/sda', true, false],
    ['/dev/snd:/dev/rw', '/dev/snd', true, true],
    ['//dev/sda', '/dev/sda', true, true],
    ['/dev/../dev/./sda:/dev/x:r', '/dev/sda', true, false],
    ['vendor.com/gpu=all', 'vendor.com/gpu=all', true, true],
  ])('%s', (text, device, read, write) => {
    expect(deviceFromSpec({ text, origin: at(text) })).toMatchObject({
      device,
      access: { read, write },
      text,
    });
  });

  it('of a graphics card goes by no path', () => {
    expect(GPU && gpuDevice(GPU)).toMatchObject({ device: 'gpu', access: { read: true, write: true } });
  });
});

describe('a rule for devices', () => {
  it.each([
    ['b *:* rwm', ['b', '*', '*', 'rwm']],
    ['a *:* rwm', ['a', '*', '*', 'rwm']],
    ['c 13:* r', ['c', '13', '*', 'r']],
    ['c 189:0 rw', ['c', '189', '0', 'rw']],
  ])('%s', (text, [type, major, minor, access]) => {
    expect(deviceRuleFromSpec({ text, origin: at(text) })).toMatchObject([{ type, major, minor, access }]);
  });

  it.each(['', 'a', 'b *:*', 'x 1:1 r', 'c 1 r', 'c 1:1 x', 'c 1:1 rwmr', 'c -1:1 r', 'b*:* rwm'])(
    'that the engine refuses is none: %j',
    (text) => {
      expect(deviceRuleFromSpec({ text, origin: at(text) })).toEqual([]);
    },
  );
});
