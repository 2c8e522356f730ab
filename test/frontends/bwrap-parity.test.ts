/** Sandboxes of the parity fixtures, written as bwrap can say them: the host's files are open to the same degree. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FileMode } from '../../src/model/files.ts';
import { displayPath, hostPath } from '../../src/model/host-path.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { auditText } from '../support/audit-text.ts';

const BASE = '--ro-bind "$PWD/rootfs" / --proc /proc --dev /dev --unshare-all --new-session --clearenv';
const OPEN = `${BASE} --share-net`;
const WORKSPACE = '--bind "$PWD" /workspaces/app';

/** Options by the fixture that they are compared with, and the rule that both have to give. */
const CASES: readonly (readonly [fixture: string, options: string, rule: string])[] = [
  ['workspace-only', `${OPEN} ${WORKSPACE}`, 'writable-sandbox-config'],
  ['disk-read-only', `${OPEN} ${WORKSPACE} --ro-bind / /host`, 'broad-host-read'],
  ['home-read-only', `${OPEN} ${WORKSPACE} --ro-bind "$HOME" /host/home`, 'readable-home'],
  ['home-writable', `${OPEN} ${WORKSPACE} --bind "$HOME" /host/home`, 'writable-home'],
  ['ssh-keys-read-only', `${OPEN} ${WORKSPACE} --ro-bind ~/.ssh /root/.ssh`, 'credential-mount'],
  ['ssh-keys-without-network', `${BASE} ${WORKSPACE} --ro-bind ~/.ssh /root/.ssh`, 'credential-mount'],
  ['temporary-directory', `${OPEN} ${WORKSPACE} --bind /tmp /host/tmp`, 'session-socket'],
  ['unknown-mount', `${OPEN} ${WORKSPACE} --bind "$DATA_DIR" /data`, 'unresolved-value'],
];

const MODES: readonly FileMode[] = ['read', 'write', 'connect'];
const PROBES = [
  '~',
  '~/.ssh/id_ed25519',
  '~/.bashrc',
  '/etc/shadow',
  '/run/docker.sock',
  '/run/user/1000/bus',
  '/tmp/.X11-unix/X0',
  '/usr/bin/sh',
  '.',
  'src/index.ts',
  '.git/hooks/pre-commit',
  '../other-project',
];

function answersOf({ files }: Sandbox): readonly string[] {
  return PROBES.flatMap((probe) =>
    MODES.map((mode) => {
      const path = hostPath(probe, '');
      return `${mode} ${displayPath(path)}: ${files.can(mode, path).verdict}`;
    }),
  );
}

describe('the same sandbox in bwrap', () => {
  it.each(CASES)('%s', (fixture, options, rule) => {
    const url = new URL(`../../fixtures/parity/${fixture}/compose.yml`, import.meta.url);
    const compose = auditText('compose', readFileSync(url, 'utf8'));
    const bwrap = auditText('bwrap', `bwrap ${options} -- node`);
    const [theirs] = compose.result.sandboxes;
    const [ours] = bwrap.result.sandboxes;
    expect(ours && answersOf(ours)).toEqual(theirs && answersOf(theirs));
    for (const { findings } of [compose, bwrap])
      expect(findings.map((finding) => finding.rule.id)).toContain(rule);
  });
});
