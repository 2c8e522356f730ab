import { describe, expect, it } from 'vitest';
import { enclosureAssumptions, hiddenBy } from '../../src/model/enclosure.ts';
import {
  below,
  breadthOf,
  covers,
  displayPath,
  type HostPath,
  homePath,
  hostPath,
  workspacePath,
} from '../../src/model/host-path.ts';
import { HOME_SYMBOL, unknownPart, WORKSPACE_SYMBOL } from '../../src/model/symbolic.ts';

const absolute = (path: string): HostPath => ({ root: 'absolute', path });

describe('a path is read as the host would', () => {
  it.each<[string, HostPath]>([
    ['~', homePath()],
    ['~/', homePath()],
    ['~/.ssh/', homePath('.ssh')],
    [`${HOME_SYMBOL}/.ssh`, homePath('.ssh')],
    [`${HOME_SYMBOL}`, homePath()],
    [`${HOME_SYMBOL}${HOME_SYMBOL}/.aws`, homePath('.aws')],
    ['/home/alice/.ssh', homePath('.ssh')],
    ['/home/alice', homePath()],
    ['/Users/alice/.config', homePath('.config')],
    ['/Users/Shared', absolute('/Users/Shared')],
    ['/root/.ssh', homePath('.ssh')],
    ['/rootfs', absolute('/rootfs')],
    ['/home', absolute('/home')],
    ['C:\\Users\\alice\\.ssh', homePath('.ssh')],
    ['C:/Users/alice', homePath()],
    ['//c/Users/alice/.aws', homePath('.aws')],
    ['/c/Users/alice/.aws', homePath('.aws')],
    ['/mnt/c/Users/alice/.aws', homePath('.aws')],
    ['/host_mnt/Users/alice/x', homePath('x')],
    ['/mnt/data', absolute('/mnt/data')],
    ['/var/run/docker.sock', absolute('/run/docker.sock')],
    ['/var/run', absolute('/run')],
    ['/var/running', absolute('/var/running')],
    ['/private/tmp/x', absolute('/tmp/x')],
    ['/private/var/run/docker.sock', absolute('/run/docker.sock')],
    ['/etc/../etc//passwd/.', absolute('/etc/passwd')],
    ['/..', absolute('/')],
    ['/home/alice/../..', absolute('/')],
    ['/run/user/1000/bus', absolute('/run/user/UID/bus')],
    [`${HOME_SYMBOL}/..`, absolute('/home')],
    [`${HOME_SYMBOL}/../..`, absolute('/')],
    ['.', workspacePath('app')],
    ['./src', workspacePath('app/src')],
    ['..', workspacePath()],
    ['../..', workspacePath('..')],
    ['../../other', workspacePath('../other')],
    [WORKSPACE_SYMBOL, workspacePath()],
    [`${WORKSPACE_SYMBOL}/..`, workspacePath('..')],
    [`${unknownPart('DATA')}/x`, { root: 'unknown', raw: '$DATA/x', names: ['DATA'] }],
  ])('%s', (text, expected) => {
    expect(hostPath(text, 'app')).toEqual(expected);
  });
});

describe('a path of which the end is not known', () => {
  const X = unknownPart('X');
  const within = (text: string): unknown => {
    const path = hostPath(text, 'app');
    return path.root === 'unknown' ? path.within : 'known';
  };

  it.each<[string, HostPath, string]>([
    [`/srv/${X}`, absolute('/srv'), ''],
    [`/srv/a-${X}/b`, absolute('/srv'), 'a-'],
    [`/srv/${X}/b/${X}`, absolute('/srv'), ''],
    [`/srv/${X}/../b`, absolute('/srv'), ''],
    [`${HOME_SYMBOL}/.config/${X}`, homePath('.config'), ''],
    [`${HOME_SYMBOL}/${X}`, homePath(), ''],
    [`data/${X}`, workspacePath('app/data'), ''],
    [`a-${X}`, workspacePath('app'), 'a-'],
    [`/var/run/${X}`, absolute('/run'), ''],
  ])('%s lies below a directory', (text, directory, stem) => {
    expect(within(text)).toEqual({ directory, stem });
  });

  it.each([X, `${X}/a`, `/${X}`, `/home/${X}`, `/srv/${X}/../../a`, `../../${X}`, `${HOME_SYMBOL}${X}`])(
    '%s may lie anywhere',
    (text) => {
      expect(within(text)).toBeUndefined();
    },
  );

  it.each<[string, HostPath, string]>([
    [`/run/${X}`, absolute('/run/docker.sock'), 'unknown'],
    [`/run/${X}`, absolute('/run'), 'unknown'],
    [`/run/${X}`, homePath('.ssh'), 'no'],
    [`/run/${X}`, absolute('/'), 'no'],
    [`/run/a-${X}`, absolute('/run/docker.sock'), 'no'],
    [`/run/doc${X}`, absolute('/run/docker.sock'), 'unknown'],
    [`/run/${X}`, hostPath(`/run/${X}`, ''), 'yes'],
    [`/run/${X}`, hostPath(`/run/${unknownPart('Y')}`, ''), 'unknown'],
    [`${HOME_SYMBOL}/${X}`, workspacePath(), 'unknown'],
  ])('%s may hold what lies there alone: %j', (outer, inner, verdict) => {
    expect(covers(hostPath(outer, ''), inner)).toBe(verdict);
  });

  it.each<[HostPath, string, string]>([
    [absolute('/'), `/run/${X}`, 'yes'],
    [absolute('/run'), `/run/${X}`, 'yes'],
    [absolute('/run/docker.sock'), `/run/${X}`, 'unknown'],
    [absolute('/run/docker.sock'), `/run/a-${X}`, 'no'],
    [homePath(), `/run/${X}`, 'no'],
    [homePath('.ssh'), `${HOME_SYMBOL}/.ssh/${X}`, 'yes'],
    [homePath('.ssh'), X, 'unknown'],
  ])('%j holds %s: %s', (outer, inner, verdict) => {
    expect(covers(outer, hostPath(inner, ''))).toBe(verdict);
  });

  it('is as broad as its directory', () => {
    expect(breadthOf(hostPath(`/srv/${X}`, ''))).toBe('narrow');
    expect(breadthOf(hostPath(`a/${X}`, ''))).toBe('workspace');
    expect(breadthOf(hostPath(`${HOME_SYMBOL}/${X}`, ''))).toBe('unknown');
    expect(breadthOf(hostPath(X, ''))).toBe('unknown');
  });

  it.each([
    [`/srv/${X}`, true, 'directory'],
    [`${HOME_SYMBOL}/.ssh/${X}`, false, 'credential'],
    [`${HOME_SYMBOL}/.ssh/${X}`, true, 'directory-of-the-host'],
    [`/run/${X}`, false, 'directory-of-the-host'],
    [`/run/a-${X}`, true, 'directory'],
    [`${HOME_SYMBOL}/${X}`, true, 'directory-of-the-host'],
    [X, true, 'mount'],
  ])('%s (writable: %s) may hide: %s', (text, writable, hidden) => {
    expect(hiddenBy(hostPath(text, ''), writable)).toBe(hidden);
  });

  it('is assumed to lead nowhere else', () => {
    expect(enclosureAssumptions(hostPath(`/srv/${X}/a`, ''))).toEqual([
      '`$X` leads nowhere but below `/srv`',
    ]);
    expect(enclosureAssumptions(hostPath(X, ''))).toEqual([]);
  });
});

describe('covers', () => {
  it.each<[HostPath, HostPath, string]>([
    [absolute('/'), homePath('.ssh'), 'yes'],
    [absolute('/'), workspacePath('..'), 'yes'],
    [absolute('/home'), homePath('.ssh'), 'yes'],
    [absolute('/homer'), homePath('.ssh'), 'no'],
    [absolute('/run'), absolute('/run/docker.sock'), 'yes'],
    [absolute('/run'), absolute('/runner'), 'no'],
    [absolute('/run/docker.sock'), absolute('/run'), 'no'],
    [homePath(), homePath('.ssh/id_rsa'), 'yes'],
    [homePath('.ssh'), homePath('.sshd'), 'no'],
    [homePath(), workspacePath('src'), 'yes'],
    [homePath('.ssh'), workspacePath(), 'no'],
    [workspacePath(), workspacePath('src/x'), 'yes'],
    [workspacePath('src'), workspacePath(), 'no'],
    [workspacePath('..'), workspacePath('src'), 'yes'],
    [workspacePath('../..'), workspacePath('../x'), 'yes'],
    [workspacePath('../x'), workspacePath('src'), 'no'],
    [workspacePath(), workspacePath('..'), 'no'],
    [workspacePath(), homePath(), 'no'],
    [hostPath(unknownPart('X'), ''), homePath(), 'unknown'],
  ])('%j and %j: %s', (outer, inner, verdict) => {
    expect(covers(outer, inner)).toBe(verdict);
  });
});

describe('breadth', () => {
  it.each<[HostPath, string]>([
    [absolute('/'), 'disk'],
    [absolute('/home'), 'homes'],
    [homePath(), 'home'],
    [homePath('.ssh'), 'narrow'],
    [workspacePath(), 'workspace'],
    [workspacePath('..'), 'outside'],
    [workspacePath('../sibling'), 'outside'],
    [absolute('/etc'), 'narrow'],
  ])('%j is %s', (path, breadth) => {
    expect(breadthOf(path)).toBe(breadth);
  });
});

describe('below', () => {
  it.each<[HostPath, string, HostPath]>([
    [homePath(), '.ssh', homePath('.ssh')],
    [workspacePath('a'), '../b', workspacePath('b')],
    [absolute('/var'), 'run', absolute('/run')],
    [absolute('/'), 'home/x/.ssh', homePath('.ssh')],
  ])('%j / %s', (path, child, expected) => {
    expect(below(path, child)).toEqual(expected);
  });
});

it('shows paths as people write them', () => {
  expect(
    [
      homePath(),
      homePath('.ssh'),
      workspacePath(),
      workspacePath('a'),
      workspacePath('..'),
      absolute('/etc'),
    ].map(displayPath),
  ).toEqual(['~', '~/.ssh', 'the project directory', './a', '..', '/etc']);
});
