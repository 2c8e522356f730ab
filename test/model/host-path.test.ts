import { describe, expect, it } from 'vitest';
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
    [`/srv/${unknownPart('NAME')}`, { root: 'unknown', raw: '/srv/$NAME', names: ['NAME'] }],
  ])('%s', (text, expected) => {
    expect(hostPath(text, 'app')).toEqual(expected);
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
