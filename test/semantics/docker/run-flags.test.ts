import { describe, expect, it } from 'vitest';
import { unknownPart } from '../../../src/model/symbolic.ts';
import { explicit } from '../../../src/model/value.ts';
import type { RunCommand } from '../../../src/semantics/docker/run-flag-tables.ts';
import { parseRunArguments } from '../../../src/semantics/docker/run-flags.ts';
import type { Engine, LocatedText } from '../../../src/semantics/docker/spec.ts';
import { createSource, placeAt, sliceOf } from '../../../src/source/source.ts';

/** One word a space; `·` stands for a space inside a word. */
function wordsOf(line: string): LocatedText[] {
  const source = createSource('run.sh', line);
  const found: LocatedText[] = [];
  for (const match of line.matchAll(/\S+/g)) {
    const origin = explicit(placeAt(source, match.index, match.index + match[0].length));
    const text = match[0].replaceAll('·', ' ').replace(/\$(\w+)/g, (_, name: string) => unknownPart(name));
    found.push({ text: text === "''" ? '' : text, origin });
  }
  return found;
}

function read(line: string, engine: Engine = 'docker', image = true, command: RunCommand = 'run') {
  return parseRunArguments(wordsOf(line), engine, { image, command });
}

/** `flag=value` of each setting, then the image, then the command's words. */
function summary(line: string, engine: Engine = 'docker', of: RunCommand = 'run'): string {
  const { settings, image, command, errors } = read(line, engine, true, of);
  const flags = settings.map(({ flag, value }) => `${flag}=${value}`);
  const tail = [image === null ? '-' : image.text, ...command.map(({ text }) => text)];
  return [...flags, '|', ...tail, ...(errors.length > 0 ? ['!'] : [])].join(' ');
}

const CASES: readonly (readonly [line: string, expected: string])[] = [
  // Where the flags end.
  ['img', '| img'],
  ['img sh -c x', '| img sh -c x'],
  ['alpine sh -c x --privileged', '| alpine sh -c x --privileged'],
  ['--rm img --rm', 'rm=true | img --rm'],
  ['-- img', '| img'],
  ['--rm -- img -v /:/h', 'rm=true | img -v /:/h'],
  ['-- -v', '| -v'],
  ['', '| -'],
  ['--rm', 'rm=true | -'],
  // Booleans take a value with "=" alone.
  ['--privileged img', 'privileged=true | img'],
  ['--privileged=true img', 'privileged=true | img'],
  ['--privileged=false img', 'privileged=false | img'],
  ['--privileged false img', 'privileged=true | false img'],
  ['--privileged=0 img', 'privileged=false | img'],
  ['--privileged=1 img', 'privileged=true | img'],
  ['--privileged=t img', 'privileged=true | img'],
  ['--privileged=F img', 'privileged=false | img'],
  ['--privileged=TRUE img', 'privileged=true | img'],
  ['--privileged=False img', 'privileged=false | img'],
  ['--privileged=yes img', '| img !'],
  ['--privileged=tRUE img', '| img !'],
  ['--privileged= img', '| img !'],
  ['--read-only=F img', 'read-only=false | img'],
  ['--read-only img', 'read-only=true | img'],
  ['--init img', 'init=true | img'],
  ['--detach img', 'detach=true | img'],
  ['--interactive --tty img', 'interactive=true tty=true | img'],
  ['--no-healthcheck img', 'no-healthcheck=true | img'],
  ['--oom-kill-disable img', 'oom-kill-disable=true | img'],
  ['--publish-all img', 'publish-all=true | img'],
  ['--quiet img', 'quiet=true | img'],
  ['--sig-proxy=false img', 'sig-proxy=false | img'],
  ['--use-api-socket img', 'use-api-socket=true | img'],
  ['--disable-content-trust img', 'disable-content-trust=true | img'],
  ['--help img', 'help=true | img'],
  // Long flags with values.
  ['--memory 2g img', 'memory=2g | img'],
  ['--memory=2g img', 'memory=2g | img'],
  ['--memory= img', 'memory= | img'],
  ['--user 1000:1000 img', 'user=1000:1000 | img'],
  ['--name --rm img', 'name=--rm | img'],
  ['--env A=B=C img', 'env=A=B=C | img'],
  ['--env=A=B=C img', 'env=A=B=C | img'],
  ['--env A img', 'env=A | img'],
  ['--env-file .env img', 'env-file=.env | img'],
  ['--volume /a:/b img', 'volume=/a:/b | img'],
  ['--volumes-from other:ro img', 'volumes-from=other:ro | img'],
  ['--mount type=bind,source=/,target=/h img', 'mount=type=bind,source=/,target=/h | img'],
  ['--network host img', 'network=host | img'],
  ['--net host img', 'network=host | img'],
  ['--net=host img', 'network=host | img'],
  ['--network name=host img', 'network=name=host | img'],
  ['--net-alias db img', 'network-alias=db | img'],
  ['--dns-opt x img', 'dns-option=x | img'],
  ['--pid host img', 'pid=host | img'],
  ['--ipc=host img', 'ipc=host | img'],
  ['--uts host img', 'uts=host | img'],
  ['--userns host img', 'userns=host | img'],
  ['--cgroupns host img', 'cgroupns=host | img'],
  ['--cap-add SYS_ADMIN img', 'cap-add=SYS_ADMIN | img'],
  ['--cap-add A,B img', 'cap-add=A,B | img'],
  ['--cap-drop ALL img', 'cap-drop=ALL | img'],
  ['--security-opt seccomp=unconfined img', 'security-opt=seccomp=unconfined | img'],
  ['--security-opt=no-new-privileges img', 'security-opt=no-new-privileges | img'],
  ['--device /dev/kvm img', 'device=/dev/kvm | img'],
  ['--device-cgroup-rule b·*:*·rwm img', 'device-cgroup-rule=b *:* rwm | img'],
  ['--gpus all img', 'gpus=all | img'],
  ['--group-add 999 img', 'group-add=999 | img'],
  ['--pids-limit -1 img', 'pids-limit=-1 | img'],
  ['--cpus=1.5 img', 'cpus=1.5 | img'],
  ['--restart always img', 'restart=always | img'],
  ['--runtime runsc img', 'runtime=runsc | img'],
  ['--tmpfs /tmp:exec img', 'tmpfs=/tmp:exec | img'],
  ['--publish 8080:80 img', 'publish=8080:80 | img'],
  ['--add-host h:host-gateway img', 'add-host=h:host-gateway | img'],
  ['--ulimit nproc=100 img', 'ulimit=nproc=100 | img'],
  ['--entrypoint sh img -c x', 'entrypoint=sh | img -c x'],
  ['--workdir /w img', 'workdir=/w | img'],
  ['--pull always img', 'pull=always | img'],
  ['--platform linux/amd64 img', 'platform=linux/amd64 | img'],
  ['--health-cmd curl·x img', 'health-cmd=curl x | img'],
  ['--cidfile f img', 'cidfile=f | img'],
  ['--detach-keys ctrl-q img', 'detach-keys=ctrl-q | img'],
  ['--label-file l img', 'label-file=l | img'],
  ['--blkio-weight-device a img', 'blkio-weight-device=a | img'],
  ['--storage-opt size=1G img', 'storage-opt=size=1G | img'],
  ['--sysctl a=1 img', 'sysctl=a=1 | img'],
  ['--isolation process img', 'isolation=process | img'],
  ['--cgroup-parent p img', 'cgroup-parent=p | img'],
  ['--shm-size 1g img', 'shm-size=1g | img'],
  ['--stop-signal TERM img', 'stop-signal=TERM | img'],
  ['--annotation a=b img', 'annotation=a=b | img'],
  ['--link db:db img', 'link=db:db | img'],
  ['--expose 80 img', 'expose=80 | img'],
  ['--memory', '| - !'],
  // No abbreviations, and nothing that is not a flag.
  ['--priv img', '| img !'],
  ['--=x img', '| img !'],
  ['---rm img', '| img !'],
  ['--unknown=1 img', '| img !'],
  ['--env-host img', '| img !'],
  // Short flags and clusters.
  ['-it img', 'interactive=true tty=true | img'],
  ['-itd img', 'interactive=true tty=true detach=true | img'],
  ['-itv /a:/b img', 'interactive=true tty=true volume=/a:/b | img'],
  ['-itv/:/h img', 'interactive=true tty=true volume=/:/h | img'],
  ['-v/a:/b img', 'volume=/a:/b | img'],
  ['-v=/a:/b img', 'volume=/a:/b | img'],
  ['-v /a:/b img', 'volume=/a:/b | img'],
  ['-eFOO=1 img', 'env=FOO=1 | img'],
  ['-e FOO img', 'env=FOO | img'],
  ['-e=FOO=1 img', 'env=FOO=1 | img'],
  ['-uroot img', 'user=root | img'],
  ['-u 0 img', 'user=0 | img'],
  ['-p8080:80 img', 'publish=8080:80 | img'],
  ['-p 80 -p 81 img', 'publish=80 publish=81 | img'],
  ['-P img', 'publish-all=true | img'],
  ['-d=false img', 'detach=false | img'],
  ['-d=x img', '| img !'],
  ['-dit=false img', 'detach=true interactive=true tty=false | img'],
  ['-m 2g img', 'memory=2g | img'],
  ['-m2g img', 'memory=2g | img'],
  ['-c 512 img', 'cpu-shares=512 | img'],
  ['-h box img', 'hostname=box | img'],
  ['-hbox img', 'hostname=box | img'],
  ['-w /w img', 'workdir=/w | img'],
  ['-l a=b img', 'label=a=b | img'],
  ['-a stdout img', 'attach=stdout | img'],
  ['-q img', 'quiet=true | img'],
  ['-privileged img', 'publish=rivileged | img'],
  ['-x img', '| img !'],
  ['-ix img', 'interactive=true | img !'],
  ['-i -', 'interactive=true | -'],
  ['-v', '| - !'],
  // Repetition keeps every word; the last of a single value counts where it is applied.
  ['--memory 1g --memory 2g img', 'memory=1g memory=2g | img'],
  ['--network a --network b img', 'network=a network=b | img'],
];

const OTHERS: readonly (readonly [engine: Engine, line: string, expected: string])[] = [
  ['podman', '--cap-add A,B img', 'cap-add=A cap-add=B | img'],
  ['podman', '--cap-drop A,B img', 'cap-drop=A cap-drop=B | img'],
  ['podman', '--device a,b img', 'device=a device=b | img'],
  ['podman', '--label a=b,c=d img', 'label=a=b,c=d | img'],
  ['podman', '--env-host img', 'env-host=true | img'],
  ['podman', '--http-proxy=false img', 'http-proxy=false | img'],
  ['podman', '--userns keep-id img', 'userns=keep-id | img'],
  ['podman', '--userns=keep-id:uid=1000,gid=1000 img', 'userns=keep-id:uid=1000,gid=1000 | img'],
  ['podman', '--pod web img', 'pod=web | img'],
  ['podman', '--replace --rmi img', 'replace=true rmi=true | img'],
  ['podman', '--rootfs dir', 'rootfs=true | dir'],
  ['podman', '--secret k,type=env img', 'secret=k,type=env | img'],
  ['podman', '--uidmap 0:1:1 img', 'uidmap=0:1:1 | img'],
  ['podman', '--systemd always img', 'systemd=always | img'],
  ['podman', '--tz local img', 'tz=local | img'],
  ['podman', '-e AWS* img', 'env=AWS* | img'],
  ['podman', '--tls-verify img', 'tls-verify=true | img'],
  ['nerdctl', '--cap-add A,B img', 'cap-add=A cap-add=B | img'],
  ['nerdctl', '--device a,b img', 'device=a device=b | img'],
  ['nerdctl', '--network a,b img', 'network=a network=b | img'],
  ['nerdctl', '--rootfs img', 'rootfs=true | img'],
  ['nerdctl', '--umask 022 img', 'umask=022 | img'],
  ['docker', '--umask 022 img', '| 022 img !'],
  // Lists of podman are parted by commas, as CSV.
  ['podman', '-p 1:1,2:2 img', 'publish=1:1 publish=2:2 | img'],
  ['podman', '--group-add 5,docker img', 'group-add=5 group-add=docker | img'],
  [
    'podman',
    '--device-cgroup-rule c·1:3·r,b·*:*·rwm img',
    'device-cgroup-rule=c 1:3 r device-cgroup-rule=b *:* rwm | img',
  ],
  ['podman', '--cap-add "A",B img', 'cap-add=A cap-add=B | img'],
  ['podman', "--cap-add '' img", '| img'],
  ['podman', '--add-host a:1.2.3.4,b:5.6.7.8 img', 'add-host=a:1.2.3.4 add-host=b:5.6.7.8 | img'],
  ['podman', '-v /a,b:/c img', 'volume=/a,b:/c | img'],
  ['podman', '--device a,b img', 'device=a device=b | img'],
  ['podman', '--label a=b,c=d img', 'label=a=b,c=d | img'],
  ['nerdctl', '-p 1:1,2:2 img', 'publish=1:1 publish=2:2 | img'],
  ['nerdctl', '--add-host a:1.2.3.4,b:5.6.7.8 img', 'add-host=a:1.2.3.4 add-host=b:5.6.7.8 | img'],
  // Flags of podman itself, and older names of its own.
  ['podman', '--root /r --log-level debug img', 'root=/r log-level=debug | img'],
  ['podman', '--syslog img', 'syslog=true | img'],
  ['podman', '--healthcheck-command x img', 'health-cmd=x | img'],
  ['podman', '--override-arch arm64 img', 'arch=arm64 | img'],
  ['podman', '--net host img', 'network=host | img'],
  ['podman', '--passwd=false img', 'passwd=false | img'],
  // What one engine has, another may not know.
  ['podman', '--link x img', '| x img !'],
  ['podman', '--use-api-socket img', '| img !'],
  ['podman', '--net-alias x img', '| x img !'],
  ['docker', '--passwd img', '| img !'],
];

describe('parseRunArguments', () => {
  it.each(CASES)('docker run %s', (line, expected) => {
    expect(summary(line)).toBe(expected);
  });

  it.each(OTHERS)('%s run %s', (engine, line, expected) => {
    expect(summary(line, engine)).toBe(expected);
  });

  it('places a flag and its value together', () => {
    const [setting] = read('--rm -v /a:/b img').settings.slice(1);
    expect(setting && sliceOf(setting.origin.place)).toBe('-v /a:/b');
    const [joined] = read('--memory=2g img').settings;
    expect(joined && sliceOf(joined.origin.place)).toBe('--memory=2g');
  });

  it('keeps the value of a flag from another file, by way of the flag', () => {
    const [flag] = wordsOf('--user');
    const [value] = wordsOf('root');
    const { settings } = parseRunArguments(
      [flag, value].flatMap((word) => word ?? []),
      'docker',
      { image: false },
    );
    expect(settings[0]?.origin.place).toEqual(value?.origin.place);
    expect(settings[0]?.origin.via).toEqual([flag?.origin.place]);
  });
});

describe('other commands', () => {
  it.each<[Engine, RunCommand, string, string]>([
    ['docker', 'create', '-d img', '| img !'],
    ['docker', 'create', '-itd img', 'interactive=true tty=true | img !'],
    ['docker', 'create', '--sig-proxy img', '| img !'],
    ['docker', 'create', '--detach-keys x img', '| x img !'],
    ['docker', 'run', '--detach-keys x img', 'detach-keys=x | img'],
    ['podman', 'create', '--rmi img', '| img !'],
    ['podman', 'create', '--init-ctr always img', 'init-ctr=always | img'],
    ['podman', 'run', '--init-ctr always img', '| always img !'],
    ['docker', 'exec', '-it -u root box sh', 'interactive=true tty=true user=root | box sh'],
    ['docker', 'exec', '--privileged -e A=1 box', 'privileged=true env=A=1 | box'],
    ['docker', 'exec', '-v /a:/b box', '| /a:/b box !'],
    ['podman', 'exec', '-l sh', 'latest=true | sh'],
    ['podman', 'exec', '-il sh -c x', 'interactive=true latest=true | sh -c x'],
    ['podman', 'exec', '--latest --privileged sh', 'latest=true privileged=true | sh'],
    ['nerdctl', 'exec', '-it box', 'interactive=true tty=true | box'],
  ])('%s %s %s', (engine, command, line, expected) => {
    expect(summary(line, engine, command)).toBe(expected);
  });
});

describe('unknown words', () => {
  it('are no text that commas part', () => {
    const value = `A,${unknownPart('jq .a,.b')},C`;
    const origin = explicit(placeAt(createSource('run.sh', 'x'), 0, 1));
    const words = ['--cap-add', value].map((text) => ({ text, origin }));
    const { settings } = parseRunArguments(words, 'podman', { image: false });
    expect(settings.map((setting) => setting.value)).toEqual(['A', unknownPart('jq .a,.b'), 'C']);
  });

  it.each([
    ['$OPTS -v /a:/b img', ['OPTS'], 'img'],
    ['$OPTS img', ['OPTS'], 'img'],
    ['$EXTRA_ARGS img sh', ['EXTRA_ARGS'], 'img'],
    ['$IMAGE sh', [], '$IMAGE'],
    ['$IMAGE', [], '$IMAGE'],
    ['$X', [], '$X'],
    ['$X --rm img', ['X'], 'img'],
    ['$TAG -c x', [], '$TAG'],
    ['--$FLAG img', ['--$FLAG'], 'img'],
  ])('%s', (line, unresolved, image) => {
    const result = read(line);
    const shown = (text: string): string => text.replace(/\uFDD2([^\uFDD3]*)\uFDD3/g, '$$$1');
    expect(result.unresolved.map(({ text }) => shown(text).replace(/^\$/, ''))).toEqual(unresolved);
    expect(result.image && shown(result.image.text)).toBe(image);
  });

  it('keeps an unknown value of a boolean', () => {
    expect(read('--privileged=$P img').settings).toMatchObject([
      { flag: 'privileged', value: unknownPart('P') },
    ]);
  });
});

describe('lists of flags without an image', () => {
  it('reads both ways to write a value', () => {
    const { settings, image, errors } = read('--cap-add=A --cap-add B --rm', 'docker', false);
    expect(settings.map(({ value }) => value)).toEqual(['A', 'B', 'true']);
    expect([image, errors]).toEqual([null, []]);
  });

  it('stops at a word that would be taken for the image', () => {
    const { settings, errors, command } = read('--privileged false --memory 2g', 'docker', false);
    expect(settings).toMatchObject([{ flag: 'privileged', value: 'true' }]);
    expect(errors).toHaveLength(1);
    expect(command.map(({ text }) => text)).toEqual(['false', '--memory', '2g']);
  });
});
