import { describe, expect, it } from 'vitest';
import { displayPath } from '../../../src/model/host-path.ts';
import { displayText, HOME_SYMBOL, unknownPart } from '../../../src/model/symbolic.ts';
import { explicit, type Value } from '../../../src/model/value.ts';
import { parseRunArguments } from '../../../src/semantics/docker/run-flags.ts';
import { applyRunFlags, emptyContainer } from '../../../src/semantics/docker/run-spec.ts';
import { parsePort } from '../../../src/semantics/docker/run-spec-network.ts';
import type { ContainerSpec, Engine, LocatedText } from '../../../src/semantics/docker/spec.ts';
import { createSource, placeAt, sliceOf } from '../../../src/source/source.ts';
import { memoryProject } from '../../support/memory-project.ts';

/** `·` stands for a space inside a word, `''` for an empty word, `$NAME` for an unknown part, `~` for the home. */
function run(line: string, engine: Engine = 'docker', files: Readonly<Record<string, string>> = {}) {
  const source = createSource('run.sh', line);
  const words: LocatedText[] = [...line.matchAll(/\S+/g)].map((match) => ({
    text: (match[0] === "''" ? '' : match[0])
      .replaceAll('·', ' ')
      .replace('~', HOME_SYMBOL)
      .replace(/\$(\w+)/g, (_, name: string) => unknownPart(name)),
    origin: explicit(placeAt(source, match.index, match.index + match[0].length)),
  }));
  const { settings } = parseRunArguments(words, engine, { image: false });
  const context = { base: '', project: memoryProject(files) };
  return applyRunFlags(emptyContainer(engine, placeAt(source, 0, 0)), settings, context);
}

function spec(line: string, engine: Engine = 'docker'): ContainerSpec {
  return run(line, engine).spec;
}

function shown<T>(value: Value<T> | null): unknown {
  return value === null ? null : value.known ? value.value : `?${value.names.join()}`;
}

const texts = (list: readonly LocatedText[]): string[] => list.map(({ text }) => displayText(text));

const SLOTS: readonly (readonly [line: string, slot: (spec: ContainerSpec) => unknown, expected: unknown])[] =
  [
    ['', ({ privileged }) => shown(privileged), false],
    ['--privileged', ({ privileged }) => shown(privileged), true],
    ['--privileged --privileged=false', ({ privileged }) => shown(privileged), false],
    ['--privileged=$P', ({ privileged }) => shown(privileged), '?P'],
    ['--read-only', ({ readOnlyRoot }) => shown(readOnlyRoot), true],
    ['--use-api-socket', ({ apiSocket }) => shown(apiSocket), true],
    ['--cap-add A --cap-add b', ({ capAdd }) => texts(capAdd), ['A', 'b']],
    ['--cap-drop ALL', ({ capDrop }) => texts(capDrop), ['ALL']],
    ['--security-opt seccomp:unconfined', ({ securityOpt }) => texts(securityOpt), ['seccomp:unconfined']],
    ['--device /dev/kvm', ({ devices }) => texts(devices), ['/dev/kvm']],
    ['--device-cgroup-rule b·*:*·rwm', ({ deviceRules }) => texts(deviceRules), ['b *:* rwm']],
    ['--group-add 999', ({ groups }) => texts(groups), ['999']],
    ['--gpus all', ({ gpus }) => texts(gpus), ['all']],
    ['--volumes-from x', ({ volumesFrom }) => texts(volumesFrom), ['x']],
    ['-u 0 -u dev', ({ user }) => shown(user), 'dev'],
    ['-u $U', ({ user }) => shown(user), '?U'],
    ['--pid host', ({ pid }) => shown(pid), 'host'],
    ['--ipc host', ({ ipc }) => shown(ipc), 'host'],
    ['--uts host', ({ uts }) => shown(uts), 'host'],
    ['--userns host', ({ userns }) => shown(userns), 'host'],
    ['--cgroupns host', ({ cgroupns }) => shown(cgroupns), 'host'],
    ['--runtime runsc', ({ runtime }) => shown(runtime), 'runsc'],
    ['--rm', ({ kept }) => shown(kept), false],
    ['--rm=false', ({ kept }) => shown(kept), true],
    ['--restart always', ({ kept }) => shown(kept), true],
    ['', ({ limits }) => limits, { memory: null, cpu: null, processes: null }],
    ['-m 2g', ({ limits }) => shown(limits.memory), 2 ** 31],
    ['-m 1g -m 512m', ({ limits }) => shown(limits.memory), 2 ** 29],
    ['-m 0', ({ limits }) => shown(limits.memory), null],
    ['-m $M', ({ limits }) => shown(limits.memory), '?M'],
    ['--cpus 1.5', ({ limits }) => shown(limits.cpu), 1.5],
    ['--cpus 0', ({ limits }) => shown(limits.cpu), null],
    ['--cpu-quota 50000', ({ limits }) => shown(limits.cpu), 0.5],
    ['--cpu-quota 50000 --cpu-period 25000', ({ limits }) => shown(limits.cpu), 2],
    ['--cpuset-cpus 0-3,7', ({ limits }) => shown(limits.cpu), 5],
    ['--cpus 0 --cpu-quota 50000', ({ limits }) => shown(limits.cpu), 0.5],
    ['--cpus 0 --cpuset-cpus 0-1', ({ limits }) => shown(limits.cpu), 2],
    ['--cpus 1.5 --cpuset-cpus 0', ({ limits }) => shown(limits.cpu), 1],
    ['--cpus $C --cpuset-cpus 0-1', ({ limits }) => shown(limits.cpu), 2],
    ['--cpus $C --cpuset-cpus $S', ({ limits }) => shown(limits.cpu), '?C'],
    ['--cpu-shares 512', ({ limits }) => limits.cpu, null],
    ['--pids-limit 100', ({ limits }) => shown(limits.processes), 100],
    ['--pids-limit 0', ({ limits }) => shown(limits.processes), null],
    ['--pids-limit -1', ({ limits }) => shown(limits.processes), null],
    ['--pids-limit 010', ({ limits }) => shown(limits.processes), 8],
    ['--pids-limit 1_000', ({ limits }) => shown(limits.processes), 1000],
    ['--pids-limit 0x10', ({ limits }) => shown(limits.processes), 16],
    ['--cpus 1/2', ({ limits }) => shown(limits.cpu), 0.5],
    ['--cpus .5', ({ limits }) => shown(limits.cpu), 0.5],
    ['--cpus 15e-1', ({ limits }) => shown(limits.cpu), 1.5],
    ['--cpu-quota 010000', ({ limits }) => shown(limits.cpu), 0.04096],
    ['--cpu-quota 50000 --cpu-period 0', ({ limits }) => shown(limits.cpu), 0.5],
    ["-u dev -u ''", ({ user }) => shown(user), null],
    ["--runtime runsc --runtime ''", ({ runtime }) => shown(runtime), null],
    ["--pid host --pid ''", ({ pid }) => shown(pid), null],
    ['-v /a:/s -v /s', ({ mounts }) => mounts.map(({ type }) => type), ['bind']],
    ['-v /s -v /a:/t/../s/', ({ mounts }) => mounts.map(({ type }) => type), ['bind']],
    ['-v /s -v /t', ({ mounts }) => mounts.map(({ type }) => type), ['volume', 'volume']],
    ['--tmpfs /t:ro --tmpfs /t:size=1m', ({ mounts }) => mounts.map(({ size }) => size), [2 ** 20]],
    [
      '--tmpfs /t:ro,rw --tmpfs /u:rw,ro',
      ({ mounts }) => mounts.map(({ readOnly }) => shown(readOnly)),
      [false, true],
    ],
    ['-v /a:/b:ro', ({ mounts }) => mounts.map(({ text }) => text), ['/a:/b:ro']],
    ['-v /a', ({ mounts }) => mounts.map(({ type }) => type), ['volume']],
    ['--mount type=bind,source=/a,target=/b', ({ mounts }) => mounts.map(({ target }) => target), ['/b']],
    ['--tmpfs /t:size=1m,exec', ({ mounts }) => mounts.map(({ size }) => size), [2 ** 20]],
    ['--tmpfs /t', ({ mounts }) => mounts.map(({ size }) => size), [null]],
    ['-e A=1 -e A=2', ({ variables }) => variables.map(({ value }) => shown(value)), ['2']],
    [
      '-e TOKEN',
      ({ variables }) => variables.map(({ from, hostNames }) => [from, hostNames]),
      [['host', ['TOKEN']]],
    ],
    [
      '-e T=$TOKEN',
      ({ variables }) => variables.map(({ from, hostNames }) => [from, hostNames]),
      [['host', ['TOKEN']]],
    ],
    ['-e T=literal', ({ variables }) => variables.map(({ from }) => from), ['literal']],
    [
      '-e HTTPS_PROXY=http://p:1',
      ({ proxyVariables }) => proxyVariables.map(({ name }) => name),
      ['HTTPS_PROXY'],
    ],
    ['-e HTTPS_PROXY=', ({ proxyVariables }) => proxyVariables, []],
    ['-e DOCKER_HOST=tcp://h:2375', ({ network }) => network.engineApis.map(({ power }) => power), ['full']],
    ['-e DOCKER_HOST=unix:///x.sock', ({ network }) => network.engineApis, []],
    [
      '-p 8080:80',
      ({ ports }) => ports.map(({ hostIp, published, target }) => [hostIp, published, target]),
      [[null, '8080', '80']],
    ],
    ['-P', ({ ports }) => ports.length, 1],
    ['--add-host h:host-gateway', ({ network }) => texts(network.hostNames), ['h:host-gateway']],
    ['--add-host h=host-gateway', ({ network }) => texts(network.hostNames), ['h=host-gateway']],
    ['--add-host h:10.0.0.1', ({ network }) => network.hostNames, []],
    ['--link db:db', ({ network }) => network.neighbours.map(({ name }) => name), ['db']],
  ];

describe('applyRunFlags', () => {
  it.each(SLOTS.map(([line, slot, expected]) => ({ line, slot, expected })))(
    '$line',
    ({ line, slot, expected }) => {
      expect(slot(spec(line))).toEqual(expected);
    },
  );

  it('keeps the place of what decides', () => {
    expect(sliceOf(spec('--rm --pids-limit 5').limits.processes?.origin.place ?? fail())).toBe(
      '--pids-limit 5',
    );
    expect(sliceOf(spec('--rm --privileged').privileged.origin.place)).toBe('--privileged');
    expect(spec('--rm').privileged.origin.kind).toBe('default');
  });

  it('tells what the engine refuses', () => {
    expect(run('-v /a:ro:/b:c:d').errors).toHaveLength(1);
    expect(run('--mount src=/,dst=/h').errors).toHaveLength(1);
    expect(run('-e =x').errors).toHaveLength(1);
    expect(run('-e X -v /a:/b').errors).toEqual([]);
  });

  it('does not lose a mount of which nothing is known', () => {
    expect(spec('--mount $M').unresolved).toMatchObject([{ names: ['M'], kind: 'text' }]);
    const [mount] = spec('-v $M').mounts;
    expect(mount?.host?.root).toBe('unknown');
  });

  it('reads the home and relative sources', () => {
    const { mounts } = spec('-v ~/.ssh:/s -v ./a:/a');
    expect(mounts.map(({ host }) => host && displayPath(host))).toEqual(['~/.ssh', './a']);
  });
});

function fail(): never {
  throw new Error('a place was expected');
}

describe('networks', () => {
  it.each<readonly [line: string, engine: Engine, egress: string]>([
    ['', 'docker', 'open'],
    ['--network none', 'docker', 'none'],
    ['--network host', 'docker', 'host'],
    ['--net=host', 'docker', 'host'],
    ['--network name=host', 'docker', 'host'],
    ['--network name=none,alias=x', 'docker', 'none'],
    ['--network bridge', 'docker', 'open'],
    ['--network default', 'docker', 'open'],
    ['--network backend', 'docker', 'open'],
    ['--network container:x', 'docker', '?'],
    ['--network $NET', 'docker', '?NET'],
    ['--network none --network bridge', 'docker', 'open'],
    ['--network none', 'podman', 'none'],
    ['--network private', 'podman', 'open'],
    ['--network pasta', 'podman', 'open'],
    ['--network slirp4netns:mtu=1', 'podman', 'open'],
    ['--network ns:/run/netns/x', 'podman', '?'],
    ['--network bridge:ip=10.0.0.2', 'podman', 'open'],
    ['--network a,none', 'nerdctl', 'open'],
    // The client lowers what stands in fields, and nothing else.
    ['--network name=HOST', 'docker', 'host'],
    ['--network Name=None', 'docker', 'none'],
    ['--network ·name=host', 'docker', 'host'],
    ['--network alias=x,·name·=·host', 'docker', 'host'],
    ['--network name·=host', 'docker', 'open'],
    ['--network HOST', 'docker', 'open'],
    ['--network ns:/run/netns/x', 'docker', 'open'],
    ['--network name=host', 'podman', 'open'],
  ])('%s (%s) is %s', (line, engine, expected) => {
    const { egress } = spec(line, engine).network;
    expect(egress.known ? egress.value.kind : `?${egress.names.join()}`).toBe(expected);
  });

  it('names the assumption about a network that is made elsewhere', () => {
    const { egress } = spec('--network backend').network;
    expect(egress.known && egress.assumes).toEqual(['the network backend is not internal']);
    const ordinary = spec('--network bridge').network.egress;
    expect(ordinary.known && ordinary.assumes).toBeUndefined();
  });

  it.each([
    ['--network pasta:--map-gw', 1],
    ['--network pasta:-T,5000', 1],
    ['--network slirp4netns:allow_host_loopback=true', 1],
    ['--network slirp4netns:allow_host_loopback=false', 0],
    ['--network pasta', 0],
  ])('podman %s opens the loopback of the host %i times', (line, count) => {
    expect(spec(line, 'podman').network.hostNames).toHaveLength(count);
  });

  it('has no gateway without a network', () => {
    expect(spec('--network none').network.hostGateway.verdict).toBe('no');
    expect(spec('--network host').network.namespace).toMatchObject({ value: 'host' });
  });
});

describe('podman', () => {
  it('leaves directories to write into in a read-only container', () => {
    const targets = (line: string, engine: Engine = 'podman') =>
      spec(line, engine).mounts.map(({ type, target }) => `${type} ${target}`);
    expect(targets('--read-only')).toEqual(['tmpfs /run', 'tmpfs /tmp', 'tmpfs /var/tmp']);
    expect(targets('--read-only -v /a:/tmp')).toEqual(['bind /tmp', 'tmpfs /run', 'tmpfs /var/tmp']);
    expect(targets('--read-only --read-only-tmpfs=false')).toEqual([]);
    expect(targets('--read-only=false')).toEqual([]);
    expect(targets('--read-only', 'docker')).toEqual([]);
  });

  it('bounds nothing without control groups', () => {
    const none = { known: true, value: null };
    expect(spec('--cgroups disabled', 'podman').limits).toMatchObject({ memory: none, processes: none });
    expect(spec('--cgroups enabled', 'podman').limits.processes).toBeNull();
  });

  it('copies all variables that match, or all there are', () => {
    expect(spec('-e AWS_*', 'podman').variables).toMatchObject([{ name: 'AWS_*', from: 'host' }]);
    expect(spec('-e AWS_* -e AWS_*=x', 'podman').variables).toHaveLength(2);
    expect(spec('--env-host', 'podman').inheritsEnvironment).not.toBeNull();
    expect(spec('-e *', 'podman')).toMatchObject({
      variables: [],
      inheritsEnvironment: { kind: 'explicit' },
    });
    expect(spec("-e ''", 'podman')).toMatchObject({ variables: [], inheritsEnvironment: null });
    expect(spec('-e *').inheritsEnvironment).toBeNull();
    expect(spec('--env-host=false', 'podman').inheritsEnvironment).toBeNull();
  });

  it('maps ids, hands in secrets and joins pods', () => {
    expect(shown(spec('--uidmap 0:1:10', 'podman').userns)).toBe('uidmap=0:1:10');
    expect(spec('--secret k,type=env,target=KEY', 'podman').variables).toMatchObject([
      { name: 'KEY', from: 'host' },
    ]);
    expect(spec('--secret k', 'podman').unresolved).toMatchObject([{ kind: 'ambient', names: ['k'] }]);
    expect(spec('--pod web', 'podman').unresolved).toMatchObject([{ names: ['web'] }]);
  });
});

describe('--env-file', () => {
  it('reads names, secrets, and what comes from the host', () => {
    const text = '\uFEFF# comment\nA=1\n\n  API_TOKEN=abcdef123456\nEMPTY_SECRET=\nGITHUB_TOKEN\n';
    const { spec: read, consulted } = run('--env-file .env', 'docker', { '.env': text });
    expect(read.environmentFiles).toMatchObject([
      {
        path: '.env',
        names: ['A', 'API_TOKEN', 'EMPTY_SECRET', 'GITHUB_TOKEN'],
        secrets: ['API_TOKEN'],
        why: null,
      },
    ]);
    expect(read.variables.map(({ name, from }) => [name, from])).toEqual([
      ['A', 'file'],
      ['API_TOKEN', 'file'],
      ['EMPTY_SECRET', 'file'],
      ['GITHUB_TOKEN', 'host'],
    ]);
    const [first] = read.variables;
    expect([first?.value, first && sliceOf(first.origin.place)]).toMatchObject([{ value: '1' }, 'A']);
    expect(consulted).toEqual(['.env']);
  });

  it('says why one cannot be read', () => {
    const files = (line: string) => spec(line).environmentFiles.map(({ names, why }) => [names, why]);
    expect(files('--env-file missing.env')).toEqual([[null, 'there is no such file']]);
    expect(files('--env-file ~/secrets.env')).toEqual([[null, 'it lies outside the project']]);
    expect(files('--env-file $FILE')).toEqual([[null, '$FILE is set outside the files']]);
    expect(files('--env-file /etc/x.env')).toEqual([[null, 'it lies outside the project']]);
  });

  it('gives way to -e', () => {
    const { spec: read } = run('-e A=1 --env-file .env', 'docker', { '.env': 'A\n' });
    expect(read.variables).toMatchObject([{ name: 'A', from: 'literal' }]);
  });
});

describe('parsePort', () => {
  it.each([
    ['80', [null, null, '80', 'tcp']],
    ['8080:80', [null, '8080', '80', 'tcp']],
    ['8080:80/udp', [null, '8080', '80', 'udp']],
    ['127.0.0.1:8080:80', ['127.0.0.1', '8080', '80', 'tcp']],
    ['127.0.0.1::80', ['127.0.0.1', null, '80', 'tcp']],
    ['0.0.0.0:8080:80', [null, '8080', '80', 'tcp']],
    ['[::1]:8080:80', ['::1', '8080', '80', 'tcp']],
    ['[::]:8080:80', [null, '8080', '80', 'tcp']],
    ['8000-8010:9000-9010', [null, '8000-8010', '9000-9010', 'tcp']],
    ['published=8080,target=80,protocol=udp', [null, '8080', '80', 'udp']],
    ['published=127.0.0.1:8080,target=80', ['127.0.0.1', '8080', '80', 'tcp']],
    ['target=80', [null, null, '80', 'tcp']],
    ['8080:80/UDP', [null, '8080', '80', 'udp']],
    ['8080:80/', [null, '8080', '80', 'tcp']],
  ])('%s', (text, expected) => {
    const port = parsePort(text, explicit(placeAt(createSource('x', text), 0, text.length)));
    expect([port.hostIp, port.published, port.target, port.protocol]).toEqual(expected);
  });
});
