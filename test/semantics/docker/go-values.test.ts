/** Numbers, times and addresses as Go's library reads them. */
import { describe, expect, it } from 'vitest';
import {
  isAddress,
  isHardwareAddress,
  parseCpus,
  parseDuration,
  parseFloat64,
  parseInteger,
} from '../../../src/semantics/docker/go-values.ts';

describe('a whole number', () => {
  it.each([
    ['10', 10],
    ['-1', -1],
    ['+5', 5],
    ['0', 0],
    ['010', 8],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['0_7', 7],
    ['9223372036854775807', 2 ** 63],
    ['-9223372036854775808', -(2 ** 63)],
    ['9223372036854775808', null],
    ['08', null],
    ['1__0', null],
    ['_1', null],
    ['1_', null],
    ['1.5', null],
    ['', null],
    ['x', null],
    [' 1', null],
  ])('%j: %s', (text, expected) => {
    expect(parseInteger(text)).toBe(expected);
  });
});

describe('processors', () => {
  it.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1.', 1],
    ['1/2', 0.5],
    ['3/0', null],
    ['1e0', 1],
    ['15e-1', 1.5],
    ['2e1', 20],
    ['010.5', 10.5],
    ['-1', -1],
    ['0.000000001', 1e-9],
    ['0.0000000001', null],
    ['1/3', null],
    ['', null],
    ['.', null],
    ['x', null],
  ])('%j: %s', (text, expected) => {
    expect(parseCpus(text)).toBe(expected);
  });
});

describe('a number with a point', () => {
  it.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1.5.2', null],
    ['0x10', null],
    ['inf', null],
    ['', null],
  ])('%j: %s', (text, expected) => {
    expect(parseFloat64(text)).toBe(expected);
  });
});

describe('a time', () => {
  it.each([
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1us', 0.001],
    ['0', 0],
    ['-1s', -1000],
    ['10', null],
    ['s', null],
    ['1m 30s', null],
    ['', null],
  ])('%j: %s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});

describe('an address', () => {
  it.each(['1.2.3.4', '255.255.255.255', '::', '::1', 'fe80::1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1::'])(
    '%s',
    (text) => {
      expect(isAddress(text)).toBe(true);
    },
  );

  it.each([
    '',
    'x',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '[::1]',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
    '::1.2.3',
    'fe80::1%eth0',
  ])('not %j', (text) => {
    expect(isAddress(text)).toBe(false);
  });

  it.each([
    ['02:42:ac:11:00:02', true],
    ['02-42-AC-11-00-02', true],
    ['0242.ac11.0002', true],
    ['02:42:ac:11:00:02:03:04', true],
    ['02:42:ac:11:00', false],
    ['02:42-ac:11:00:02', false],
    ['0242ac110002', false],
    ['', false],
  ])('of hardware: %j %s', (text, expected) => {
    expect(isHardwareAddress(text)).toBe(expected);
  });
});
