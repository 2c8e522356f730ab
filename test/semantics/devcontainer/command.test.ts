import { describe, expect, it } from 'vitest';
import {
  executedFiles,
  filesOf,
  namesFirewall,
  setsFirewall,
} from '../../../src/semantics/devcontainer/command.ts';

describe('executedFiles', () => {
  it.each<readonly [command: string, files: readonly string[]]>([
    ['bash .devcontainer/init.sh', ['.devcontainer/init.sh']],
    ['sh -e ./a.sh b', ['./a.sh']],
    ['./a.sh && ./b.sh; ./a.sh', ['./a.sh', './b.sh']],
    ['source ./env.sh', ['./env.sh']],
    ['. ./env.sh', ['./env.sh']],
    ['python3 tools/setup.py --x', ['tools/setup.py']],
    ['node init.js', ['init.js']],
    ['sudo /usr/local/bin/init.sh', ['/usr/local/bin/init.sh']],
    ['A=1 B=2 ./a.sh', ['./a.sh']],
    ['if [ -f x ]; then ./a.sh; fi', ['./a.sh']],
    ['bash -c "./a.sh && ./b.sh"', ['./a.sh', './b.sh']],
    ["bash -lc 'python x.py'", ['x.py']],
    ['cd .devcontainer && bash init', ['.devcontainer/init']],
    ['cd a && cd b && ./c', ['a/b/./c']],
    ['cd a && /abs/x.sh', ['/abs/x.sh']],
    ['make setup', ['Makefile']],
    ['npm ci', ['package.json']],
    ['just init', ['justfile']],
    ['./"a b".sh', ['./a b.sh']],
    ['echo hello', []],
    ['docker pull x', []],
    ['mkdir -p ~/.claude && touch ~/.gitconfig', []],
    ['', []],
  ])('%s', (command, files) => {
    expect(executedFiles(command)).toEqual(files);
  });

  it('reads commands that are given as words', () => {
    expect(filesOf(['bash', 'a b.sh'])).toEqual(['a b.sh']);
    expect(filesOf([])).toEqual([]);
  });

  it.each(['bash -c "'.repeat(5000), "'".repeat(99_999), '&'.repeat(99_999), 'cd a;'.repeat(20_000)])(
    'reads hostile text in time',
    (command) => {
      expect(Array.isArray(executedFiles(command))).toBe(true);
    },
    2000,
  );
});

describe('firewalls', () => {
  it.each([
    ['sudo /usr/local/bin/init-firewall.sh', true],
    ['bash .devcontainer/setup-egress.sh', true],
    ['init-firewall.sh', true],
    ['sudo iptables -P OUTPUT DROP', true],
    ['sudo nft -f rules', true],
    ['npm ci && sudo ipset create x hash:net', true],
    ['apt-get install -y iptables ipset', false],
    ['echo firewall is off', false],
    ['npm ci', false],
  ])('%s: %s', (command, expected) => {
    expect(namesFirewall(command)).toBe(expected);
  });

  it.each([
    ['#!/bin/bash\niptables -F\n', true],
    ['  sudo ip6tables -A OUTPUT -j DROP', true],
    ['/usr/sbin/nft add table x', true],
    ['x || ipset create y', true],
    ['# iptables', false],
    ['npm ci', false],
  ])('a script %j: %s', (script, expected) => {
    expect(setsFirewall(script)).toBe(expected);
  });
});
