import { describe, expect, it } from 'vitest';
import { displayPath } from '../../../src/model/host-path.ts';
import { HOME_SYMBOL, unknownPart, WORKSPACE_SYMBOL } from '../../../src/model/symbolic.ts';
import { explicit } from '../../../src/model/value.ts';
import type { Engine } from '../../../src/semantics/docker/spec.ts';
import { parseVolume } from '../../../src/semantics/docker/volume.ts';
import { createSource } from '../../../src/source/source.ts';

const origin = explicit({ source: createSource('f', 'text'), span: { start: 0, end: 4 } });

function parse(text: string, dialect: 'cli' | 'compose', engine: Engine = 'docker') {
  return parseVolume(text, origin, { base: 'app', engine, dialect });
}

/** `type host|volume target ro propagation` on one line. */
function shown(text: string, dialect: 'cli' | 'compose', engine: Engine = 'docker'): string {
  const mount = parse(text, dialect, engine);
  if ('error' in mount) return 'error';
  const what = mount.host === null ? (mount.volume ?? '-') : displayPath(mount.host);
  const mode = mount.readOnly.known ? (mount.readOnly.value ? 'ro' : 'rw') : '?';
  return `${mount.type} ${what} ${mount.target ?? '-'} ${mode} ${mount.propagation}`;
}

describe('parseVolume', () => {
  it.each<[text: string, result: string]>([
    ['/data', 'volume - /data rw private'],
    ['data:/data', 'volume data /data rw private'],
    ['data:/data:ro', 'volume data /data ro private'],
    ['/a:/b', 'bind /a /b rw private'],
    ['/:/h', 'bind / /h rw private'],
    ['./x:/b', 'bind ./app/x /b rw private'],
    ['.:/b', 'bind ./app /b rw private'],
    ['../..:/b', 'bind .. /b rw private'],
    ['/a:/b:ro', 'bind /a /b ro private'],
    ['/a:/b:rw', 'bind /a /b rw private'],
    ['/a:/b:ro,z', 'bind /a /b ro private'],
    ['/a:/b:z,ro', 'bind /a /b ro private'],
    ['/a:/b:rshared', 'bind /a /b rw shared'],
    ['/a:/b:slave,ro', 'bind /a /b ro slave'],
    ['/a:/b:rprivate', 'bind /a /b rw private'],
    ['/a:/b:cached', 'bind /a /b rw private'],
    ['/a:/b:unheard-of', 'bind /a /b rw private'],
    ['/var/run/docker.sock:/s:ro', 'bind /run/docker.sock /s ro private'],
    [`${HOME_SYMBOL}/.ssh:/s`, 'bind ~/.ssh /s rw private'],
    [`${WORKSPACE_SYMBOL}/a:/s`, 'bind ./a /s rw private'],
    ['C:\\Users\\me\\.ssh:/s', 'bind ~/.ssh /s rw private'],
    ['c:/Users/me:/s:ro', 'bind ~ /s ro private'],
    [`/home/${unknownPart('USER')}/.aws:/s`, 'bind ~/.aws /s rw private'],
    [`/run/user/${unknownPart('UID')}/bus:/s`, 'bind /run/user/UID/bus /s rw private'],
    [`${unknownPart('DIR')}:/s`, 'bind $DIR /s rw private'],
    [`${unknownPart('DIR')}/x:/s:ro`, 'bind $DIR/x /s ro private'],
    [unknownPart('SPEC'), 'bind $SPEC - rw private'],
    [unknownPart('a:b:c'), 'bind a:b:c - rw private'],
    [`data_${unknownPart('N')}:/s`, `volume data_${unknownPart('N')} /s rw private`],
    [`/a:/b:${unknownPart('MODE')}`, 'bind /a /b ? private'],
    ['/a:/b:ro:z', 'error'],
    ['/a::ro', 'error'],
    [':/b', 'error'],
    ['', 'error'],
  ])('%j in both dialects', (text, result) => {
    expect(shown(text, 'compose')).toBe(result);
    expect(shown(text, 'cli')).toBe(result);
  });

  it('expands "~" in compose files alone', () => {
    expect(shown('~/.ssh:/s', 'compose')).toBe('bind ~/.ssh /s rw private');
    expect(shown('~/.ssh:/s', 'cli')).toBe('error');
  });

  it('refuses a relative source without a dot on the command line', () => {
    expect(shown('sub/dir:/x', 'cli')).toBe('error');
    expect(shown('sub/dir:/x', 'compose')).toBe('volume sub/dir /x rw private');
  });

  it.each(['docker', 'podman'] as const)('tells a drive from a name of one letter: %s', (engine) => {
    expect(shown('d:/data', 'cli', engine)).toBe('volume d /data rw private');
    expect(shown('d:/data:ro', 'cli', engine)).toBe('volume d /data ro private');
    expect(shown('C:/Users/me/.ssh:/s', 'cli', engine)).toBe('bind ~/.ssh /s rw private');
    expect(shown('C:\\Users\\me\\.ssh:/s:ro', 'cli', engine)).toBe('bind ~/.ssh /s ro private');
  });

  it('takes one or two letters for a place inside', () => {
    expect(shown('a:', 'cli')).toBe('volume - a: rw private');
    expect(shown(':', 'cli')).toBe('volume - : rw private');
    expect(shown('a:', 'cli', 'podman')).toBe('error');
  });

  it("takes podman's overlay for read-only, and podman's read-only as not recursive", () => {
    expect(shown('/a:/b:O', 'cli', 'podman')).toBe('bind /a /b ro private');
    expect(shown('/a:/b:O', 'cli')).toBe('bind /a /b rw private');
    expect(parse('/a:/b:ro', 'cli', 'podman')).toMatchObject({ recursiveReadOnly: false });
    expect(parse('/a:/b:ro', 'cli')).toMatchObject({ recursiveReadOnly: true });
  });
});
