// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of definitions hold variables
/** One directory of the host, however its path is written. */
import { describe, expect, it } from 'vitest';
import { auditText } from '../support/audit-text.ts';

const found = (source: string, rule: string): string[] =>
  auditText('docker-run', `docker run -v "$PWD":/work -v ${source}:/x img`).findings.flatMap((finding) =>
    finding.rule.id === rule ? [finding.severity] : [],
  );

describe('the keys of ssh', () => {
  it.each([
    '~/.ssh',
    '~/.ssh/',
    '$HOME/.ssh',
    '"${HOME}/.ssh"',
    '"${HOME:?}/.ssh"',
    '"${HOME%/}/.ssh"',
    '$HOME/x/../.ssh',
    '//home//me/./.ssh',
    '/home/me/.ssh',
    '/home/$USER/.ssh',
    '"/home/$(whoami)/.ssh"',
    '"/home/$(id -un)/.ssh"',
    '/root/.ssh',
    '~root/.ssh',
    '~me/.ssh',
    '/Users/me/.ssh',
    '"$(echo ~)/.ssh"',
    '"$(cd ~ && pwd)/.ssh"',
    '$USERPROFILE/.ssh',
    '/c/Users/me/.ssh',
    '//c/Users/me/.ssh',
    '/mnt/c/Users/me/.ssh',
    '/host_mnt/Users/me/.ssh',
    `'C:\\Users\\me\\.ssh'`,
  ])('%s', (source) => {
    expect(found(source, 'credential-mount')).toEqual(['high']);
  });

  it.each(['$ELSEWHERE/.ssh', '"$(find-keys)"', '"$1"'])('may be anything: %s', (source) => {
    expect(found(source, 'credential-mount')).toEqual([]);
    expect(found(source, 'unresolved-value')).toEqual(['info']);
  });
});

describe('what lies above the project', () => {
  it.each(['..', '"$PWD/.."', '"$(pwd)/.."', '"$(dirname "$PWD")"', '"$(realpath ..)"', '"$PWD/../.."'])(
    '%s',
    (source) => {
      expect(found(source, 'writable-host-path')).toEqual(['high']);
    },
  );
});

describe('system directories', () => {
  it.each(['/etc', '/private/etc', '/usr/../etc', '/etc/', '//etc'])('%s', (source) => {
    expect(found(source, 'host-system-mount')).toEqual(['critical']);
  });

  it.each(['/tmp', '/private/tmp', '"$TMPDIR"', '"${TMPDIR:-/tmp}"', '/tmp/.X11-unix/..'])('%s', (source) => {
    expect(found(source, 'session-socket')).toEqual(['high']);
  });
});
