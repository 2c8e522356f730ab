import { describe, expect, it } from 'vitest';
import { displayPath } from '../../../src/model/host-path.ts';
import { HOME_SYMBOL, unknownPart, WORKSPACE_SYMBOL } from '../../../src/model/symbolic.ts';
import { explicit } from '../../../src/model/value.ts';
import { splitCsv } from '../../../src/semantics/docker/csv.ts';
import { parseMount } from '../../../src/semantics/docker/mount.ts';
import type { Engine } from '../../../src/semantics/docker/spec.ts';
import { createSource, placeAt } from '../../../src/source/source.ts';

const ORIGIN = explicit(placeAt(createSource('run.sh', 'x'), 0, 1));

function read(text: string, engine: Engine = 'docker', base = ''): string {
  const mount = parseMount(text, ORIGIN, { base, engine });
  if ('error' in mount) return 'error';
  const access = mount.readOnly.known ? (mount.readOnly.value ? 'ro' : 'rw') : 'r?';
  const from = mount.host === null ? (mount.volume ?? '-') : displayPath(mount.host);
  const extra = [
    mount.propagation === 'private' ? '' : mount.propagation,
    mount.recursiveReadOnly ? '' : 'shallow',
    mount.size === null ? '' : String(mount.size),
    mount.assumes === undefined ? '' : 'assumed',
  ];
  return [mount.type, from, mount.target, access, ...extra].filter((part) => part !== '').join(' ');
}

describe('parseMount', () => {
  it.each([
    ['type=bind,source=/etc,target=/e', 'bind /etc /e rw'],
    ['type=bind,src=/etc,dst=/e', 'bind /etc /e rw'],
    ['type=bind,source=/etc,destination=/e', 'bind /etc /e rw'],
    ['TYPE=bind,Source=/etc,TARGET=/e', 'bind /etc /e rw'],
    ['type=BIND,source=/etc,target=/e', 'bind /etc /e rw'],
    ['type=bind,source=/etc,target=/e,readonly', 'bind /etc /e ro'],
    ['type=bind,source=/etc,target=/e,ro', 'bind /etc /e ro'],
    ['type=bind,source=/etc,target=/e,readonly=true', 'bind /etc /e ro'],
    ['type=bind,source=/etc,target=/e,ro=1', 'bind /etc /e ro'],
    ['type=bind,source=/etc,target=/e,readonly=false', 'bind /etc /e rw'],
    ['type=bind,source=/etc,target=/e,ro=0', 'bind /etc /e rw'],
    ['type=bind,source=/etc,target=/e,readonly=t', 'bind /etc /e ro'],
    ['type=bind,source=/etc,target=/e,readonly=F', 'bind /etc /e rw'],
    ['type=bind,source=/etc,target=/e,ro,readonly=false', 'bind /etc /e rw'],
    ['type=bind,source=/etc,target=/e,bind-propagation=RSHARED', 'bind /etc /e rw shared'],
    ['type=bind,source=/etc,target=/e,consistency=cached', 'bind /etc /e rw'],
    ['type=bind,source=/etc,target=/e,bind-propagation=rshared', 'bind /etc /e rw shared'],
    ['type=bind,source=/etc,target=/e,bind-propagation=slave', 'bind /etc /e rw slave'],
    ['type=bind,source=/,target=/h,readonly,bind-recursive=writable', 'bind / /h ro shallow'],
    ['type=bind,source=/,target=/h,readonly,bind-recursive=disabled', 'bind / /h ro'],
    ['type=bind,source=/,target=/h,readonly,bind-recursive=readonly', 'bind / /h ro'],
    ['type=bind,source=.,target=/w', 'bind the project directory /w rw'],
    ['type=bind,source=./a,target=/w', 'bind ./a /w rw'],
    ['"type=bind","source=/a,b","target=/w"', 'bind /a,b /w rw'],
    ['source=data,target=/d', 'volume data /d rw'],
    ['target=/d', 'volume - /d rw'],
    ['type=volume,target=/d,volume-nocopy', 'volume - /d rw'],
    ['src=/,dst=/h', 'error'],
    ['type=bind,target=/e', 'error'],
    ['type=bind,source=/etc', 'error'],
    ['type=bind,source=/etc,target=', 'error'],
    ['type=bind,source=/etc,target=/e,rw', 'error'],
    ['type=bind,source=/etc,target=/e,source', 'error'],
    ['type=nonsense,source=/etc,target=/e', 'error'],
    ['', 'error'],
    ['type=tmpfs,target=/t', 'tmpfs - /t rw'],
    ['type=tmpfs,target=/t,tmpfs-size=64m', 'tmpfs - /t rw 67108864'],
    ['type=tmpfs,target=/t,tmpfs-size=0', 'tmpfs - /t rw'],
    ['type=image,source=x,target=/i', 'image - /i rw'],
    [
      'type=npipe,source=//./pipe/docker_engine,target=//./pipe/docker_engine',
      'bind /pipe/docker_engine //./pipe/docker_engine rw',
    ],
    ['type=volume,target=/h,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/', 'bind / /h rw'],
    ['target=/h,volume-driver=local,volume-opt=o=bind,volume-opt=device=/etc', 'bind /etc /h rw'],
    ['source=d,target=/h,volume-opt=type=ext4,volume-opt=device=/dev/sda2', 'bind / /h rw assumed'],
    ['source=d,target=/h,volume-opt=type=nfs,volume-opt=device=:/export', 'other d /h rw'],
    ['target=/h,volume-opt=type=tmpfs,volume-opt=device=tmpfs', 'tmpfs - /h rw'],
    [`type=bind,source=${HOME_SYMBOL}/.ssh,target=/s`, 'bind ~/.ssh /s rw'],
    [`type=bind,source=${WORKSPACE_SYMBOL},target=/w`, 'bind the project directory /w rw'],
    [`type=bind,source=${unknownPart('X')},target=/w`, 'bind $X /w rw'],
    [`type=bind,source=/a,target=/w,readonly=${unknownPart('X')}`, 'bind /a /w r?'],
    [`type=${unknownPart('T')},source=/a,target=/w`, 'bind /a /w rw assumed'],
    [`${unknownPart('X')}`, 'error'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['type=bind,source=/etc,dest=/e,relabel=shared', 'bind /etc /e rw shallow'],
    ['type=bind,source=/etc,target=/e,U=true', 'bind /etc /e rw shallow'],
    [`type=glob,src=${HOME_SYMBOL}/.*,target=/g`, 'bind ~ /g rw shallow'],
    ['type=glob,src=/usr/lib/lib*,target=/g', 'bind /usr/lib /g rw shallow'],
    ['type=ramfs,target=/r', 'tmpfs - /r rw shallow'],
    ['type=devpts,target=/dev/pts', 'other - /dev/pts rw shallow'],
    ['type=artifact,source=x,target=/a', 'image - /a rw shallow'],
    ['type=bind,target=/etc', 'bind /etc /etc rw shallow'],
    ['type=bind,source=/etc,target=/e,rw=false', 'bind /etc /e ro shallow'],
    ['type=bind,source=/etc,target=/e,rw', 'bind /etc /e rw shallow'],
    ['type=bind,source=/etc,target=/e,z', 'bind /etc /e rw shallow'],
    ['type=bind,source=/etc,target=/e,rshared', 'bind /etc /e rw shared shallow'],
    [`type=glob,src=${HOME_SYMBOL}/.*`, `bind ~ ${HOME_SYMBOL}/ rw shallow`],
    ['type=bind,source,target=/e', 'error'],
  ])('podman: %s', (text, expected) => {
    expect(read(text, 'podman')).toBe(expected);
  });

  it('starts relative sources from the directory of the command', () => {
    expect(read('type=bind,source=../x,target=/w', 'docker', 'a/b')).toBe('bind ./a/x /w rw');
  });

  it('keeps a comma in quotes, and a doubled quote', () => {
    expect(splitCsv('a,"b,c","d""e"')).toEqual(['a', 'b,c', 'd"e']);
  });
});
