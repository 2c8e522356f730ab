// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of devcontainer.json and Dockerfiles hold variables
import { describe, expect, it } from 'vitest';
import { devcontainerFrontend } from '../../src/frontends/devcontainer/index.ts';
import type { FrontendResult } from '../../src/frontends/frontend.ts';
import { displayPath, homePath, hostPath } from '../../src/model/host-path.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { memoryProject } from '../support/memory-project.ts';

const PATH = '.devcontainer/devcontainer.json';

function audit(text: string, files: Readonly<Record<string, string>> = {}, path = PATH): FrontendResult {
  const project = memoryProject({ ...files, [path]: text });
  return devcontainerFrontend.audit(project.source(path), project);
}

/** @param body properties beside an image that is not known */
function sandbox(body: string, files: Readonly<Record<string, string>> = {}): Sandbox {
  const [found] = audit(`{"image": "registry.example/dev:1", "remoteUser": "dev", ${body}}`, files).sandboxes;
  if (found === undefined) throw new Error('no sandbox');
  return found;
}

describe('claims and recognises', () => {
  it.each([
    ['.devcontainer/devcontainer.json', 'yes'],
    ['.devcontainer.json', 'yes'],
    ['.devcontainer/python/devcontainer.json', 'yes'],
    ['a/b/.devcontainer/devcontainer.json', 'yes'],
    ['a/.devcontainer.json', 'yes'],
    ['templates/devcontainer.json', 'maybe'],
    ['.devcontainer.example/devcontainer.json', 'maybe'],
    ['my-devcontainer.json', 'maybe'],
    ['.devcontainer/feature/devcontainer-feature.json', 'no'],
    ['.devcontainer/devcontainer-lock.json', 'no'],
    ['.devcontainer/compose.yml', 'no'],
    ['package.json', 'no'],
  ])('%s: %s', (path, claim) => {
    expect(devcontainerFrontend.claims(path)).toBe(claim);
  });

  it.each([
    ['{"image": "x", "remoteUser": "y"}', true],
    ['// comment\n{ "dockerComposeFile": "c.yml", "service": "x" , "workspaceFolder": "/"}', true],
    ['\uFEFF{"build": {"dockerfile": "D"}, "features": {}}', true],
    ['{"name": "pkg", "version": "1.0.0", "scripts": {"build": "x"}}', false],
    ['{"id": "x", "version": "1", "mounts": []}', false],
    ['image: x', false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(devcontainerFrontend.recognises(text)).toBe(expected);
  });
});

describe('audit', () => {
  it('gives one sandbox with name, place and files', () => {
    const result = audit('{"name": "api", "image": "x"}');
    expect(result).toMatchObject({ ours: true, absorbs: [], consulted: [], diagnostics: [] });
    expect(result.sandboxes).toMatchObject([
      {
        id: `${PATH}#api`,
        name: 'api',
        format: 'devcontainer',
        role: { kind: 'sandbox' },
        place: { span: { start: 0, end: 1 } },
        definition: [{ path: PATH, host: { root: 'workspace', path: PATH } }],
        editor: { known: true, value: true },
      },
    ]);
  });

  it('reads comments, trailing commas and a byte order mark', () => {
    const result = audit('\uFEFF// head\n{ /* x */ "image": "x", "runArgs": ["--privileged",], }');
    expect(result.diagnostics).toEqual([]);
    expect(result.sandboxes[0]?.privilege.privileged).toMatchObject({ value: true });
  });

  it('reads what it can of a broken file, and says so', () => {
    const result = audit('{"image": "x" "runArgs": ["--privileged"]');
    expect(result.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    expect(result.sandboxes[0]?.privilege.privileged).toMatchObject({ value: true });
  });

  it.each(['', '[]', '"x"', 'x', '{{{{', '['.repeat(5000)])('fails on %j', (text) => {
    const result = audit(text.slice(0, 5000));
    expect(result.sandboxes.length === 0 || text.startsWith('{')).toBe(true);
    expect(result.diagnostics.length).toBeGreaterThan(0);
  });

  it('takes the last of two keys', () => {
    const result = audit('{"image": "x", "privileged": false, "privileged": true}');
    expect(result.sandboxes[0]?.privilege.privileged).toMatchObject({ value: true });
    expect(result.diagnostics.map(({ severity }) => severity)).toEqual(['note']);
  });

  it('says of a file elsewhere that nothing of it is a devcontainer', () => {
    expect(audit('[]', {}, 'templates/devcontainer.json').ours).toBe(false);
  });

  it('names the compose sandbox that it stands for, and what it read', () => {
    const result = audit('{"dockerComposeFile": "compose.yml", "service": "app"}', {
      '.devcontainer/compose.yml': 'services:\n  app:\n    build: .\n',
      '.devcontainer/Dockerfile': 'FROM node:20\nUSER node\n',
    });
    expect(result.absorbs).toEqual(['.devcontainer/compose.yml#app']);
    expect(result.consulted).toContain('.devcontainer/compose.yml');
    expect(result.sandboxes).toHaveLength(1);
    expect(result.sandboxes[0]?.privilege.user).toMatchObject({ value: { name: 'node' } });
  });

  it('survives values of the wrong kind', () => {
    const keys = [
      'image',
      'build',
      'runArgs',
      'mounts',
      'features',
      'containerEnv',
      'capAdd',
      'appPort',
      'name',
    ];
    const more = [
      'dockerComposeFile',
      'service',
      'secrets',
      'hostRequirements',
      'initializeCommand',
      'customizations',
    ];
    for (const key of [
      ...keys,
      ...more,
      'postCreateCommand',
      'workspaceMount',
      'remoteUser',
      'workspaceFolder',
    ]) {
      for (const value of [
        'null',
        '1',
        'true',
        '""',
        '"x"',
        '[]',
        '{}',
        '[null, {}, [], 1]',
        '{"a": [null], "b": {"c": 1}}',
      ]) {
        expect(audit(`{"${key}": ${value}}`).sandboxes).toHaveLength(1);
      }
    }
  });
});

describe('judged examples', () => {
  const reads = (found: Sandbox, path: string): string => found.files.can('read', homePath(path)).verdict;
  const dockerSocket = (found: Sandbox) => found.files.can('connect', hostPath('/var/run/docker.sock', ''));

  it('runs nothing with --privileged=false', () => {
    expect(sandbox('"runArgs": ["--privileged=false"]').privilege.privileged).toMatchObject({ value: false });
  });

  it('keeps privileges whatever is dropped beside them', () => {
    const found = sandbox(
      '"runArgs": ["--privileged", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]',
    );
    expect(found.privilege.capabilities?.bounding.has('SYS_ADMIN')).toBe(true);
  });

  it('has no host path in anonymous and named volumes', () => {
    const found = sandbox('"workspaceMount": "", "runArgs": ["-v", "/data", "-v", "data:/data"]');
    expect(found.files.grants).toEqual([]);
  });

  it('finds the disk behind a cluster, a long option and a driver option', () => {
    const disk = (body: string) => sandbox(body).files.can('write', hostPath('/etc/shadow', '')).verdict;
    expect(disk('"runArgs": ["-itv", "/:/h"]')).toBe('yes');
    expect(disk('"runArgs": ["-v/:/h"]')).toBe('yes');
    expect(disk('"mounts": ["type=bind,source=/,target=/h"]')).toBe('yes');
    expect(disk('"mounts": ["target=/h,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/"]')).toBe(
      'yes',
    );
    expect(disk('"mounts": ["src=/,dst=/h"]')).toBe('no');
    expect(disk('"mounts": ["type=bind,source=/,target=/h,readonly"]')).toBe('no');
  });

  it('connects to a socket that is mounted read-only, or with a directory above it', () => {
    expect(
      dockerSocket(sandbox('"runArgs": ["-v", "/var/run/docker.sock:/var/run/docker.sock:ro"]')).verdict,
    ).toBe('yes');
    expect(
      dockerSocket(sandbox('"mounts": ["type=bind,source=/run,target=/host/run,readonly"]')).verdict,
    ).toBe('yes');
    expect(dockerSocket(sandbox('"runArgs": ["--use-api-socket"]')).verdict).toBe('yes');
    expect(dockerSocket(sandbox('"x": 1')).verdict).toBe('no');
  });

  it('opens the socket of docker-outside-of-docker to an ordinary user', () => {
    const found = sandbox('"features": {"ghcr.io/devcontainers/features/docker-outside-of-docker:1": {}}');
    const answer = dockerSocket(found);
    expect([answer.verdict, answer.grant?.opened?.note]).toEqual([
      'yes',
      'the Feature docker-outside-of-docker',
    ]);
  });

  it('writes what an object mount says is read-only', () => {
    const found = sandbox(
      '"mounts": [{"source": "${localEnv:HOME}/.aws", "target": "/a", "type": "bind", "readonly": true}]',
    );
    expect(found.files.can('write', homePath('.aws/credentials')).verdict).toBe('yes');
    expect(found.inert).toHaveLength(1);
  });

  it('tells a volume with the id from the home of the agent on the host', () => {
    const found = sandbox(
      '"mounts": ["source=claude-config-${devcontainerId},target=/home/node/.claude,type=volume"]',
    );
    expect([reads(found, '.claude'), found.lifetime.shared.length]).toEqual(['no', 0]);
    expect(
      reads(sandbox('"mounts": ["type=bind,source=${localEnv:HOME}/.claude,target=/c"]'), '.claude'),
    ).toBe('yes');
  });

  it('knows the home however it is spelled', () => {
    for (const home of [
      '${localEnv:HOME}',
      '${localEnv:HOME}${localEnv:USERPROFILE}',
      '${localEnv:HOME:~}',
      '${env:HOME}',
    ]) {
      const found = sandbox(`"mounts": ["type=bind,source=${home}/.ssh,target=/s,readonly"]`);
      expect([home, reads(found, '.ssh/id_ed25519')]).toEqual([home, 'yes']);
    }
  });

  it('passes the secrets of the host, and no time zone', () => {
    const names = (body: string) => sandbox(body).environment.variables.flatMap(({ hostNames }) => hostNames);
    expect(names('"remoteEnv": {"GH": "${localEnv:GITHUB_TOKEN}"}')).toEqual(['GITHUB_TOKEN']);
    expect(names('"runArgs": ["-e", "AWS_SECRET_ACCESS_KEY"]')).toEqual(['AWS_SECRET_ACCESS_KEY']);
    expect(names('"containerEnv": {"TZ": "${localEnv:TZ:America/Los_Angeles}"}')).toEqual([]);
  });

  it('runs a file of the workspace on the host', () => {
    const [command] = sandbox('"initializeCommand": "bash .devcontainer/init.sh"').hostCommands;
    expect(command?.executes.map(displayPath)).toEqual(['./.devcontainer/init.sh']);
  });

  it('finds that a rename defeats a protected directory in the workspace', () => {
    const inside =
      'source=${localWorkspaceFolder}/.git/hooks,target=${containerWorkspaceFolder}/.git/hooks,type=bind,readonly';
    const child =
      'source=${localWorkspaceFolder}/.devcontainer,target=${containerWorkspaceFolder}/.devcontainer,type=bind,readonly';
    expect(sandbox(`"mounts": ["${inside}"]`).files.defeated.map(({ path }) => displayPath(path))).toEqual([
      './.git/hooks',
    ]);
    expect(sandbox(`"mounts": ["${child}"]`).files.defeated).toEqual([]);
  });

  it('takes the root of the repository where a folder of it is opened', () => {
    const path = 'packages/a/.devcontainer/devcontainer.json';
    const [found] = audit('{"image": "x"}', { '.git': '' }, path).sandboxes;
    expect(found?.files.grants.map(({ path: at }) => displayPath(at))).toEqual(['the project directory']);
  });

  it('lets root in through the sudo of a known image, unless it is ruled out', () => {
    const root = (text: string) => audit(text).sandboxes[0]?.privilege.effectiveRoot.verdict;
    expect(root('{"image": "mcr.microsoft.com/devcontainers/base"}')).toBe('yes');
    expect(
      root('{"image": "mcr.microsoft.com/devcontainers/base", "securityOpt": ["no-new-privileges"]}'),
    ).toBe('no');
    expect(root('{"image": "node:20", "remoteUser": "node"}')).toBe('no');
  });

  it('credits a firewall only where its script may run as root alone', () => {
    const files = (sudoers: string) => ({
      '.devcontainer/Dockerfile': `FROM node:20\nCOPY init-firewall.sh /usr/local/bin/\nRUN echo "node ALL=(root) NOPASSWD: ${sudoers}" > /etc/sudoers.d/n\nUSER node\n`,
      '.devcontainer/init-firewall.sh': 'iptables -P OUTPUT DROP\n',
    });
    const text =
      '{"build": {"dockerfile": "Dockerfile"}, "runArgs": ["--cap-add=NET_ADMIN"], "postStartCommand": "sudo /usr/local/bin/init-firewall.sh"}';
    const verdict = (sudoers: string) =>
      audit(text, files(sudoers)).sandboxes[0]?.privilege.effectiveRoot.verdict;
    expect(verdict('/usr/local/bin/init-firewall.sh')).toBe('no');
    expect(verdict('ALL')).toBe('yes');
    const removable = (sudoers: string) => {
      const egress = audit(text, files(sudoers)).sandboxes[0]?.network.egress;
      return egress?.known && egress.value.kind === 'limited' ? egress.value.control.removable.verdict : null;
    };
    expect(removable('/usr/local/bin/init-firewall.sh')).toBe('no');
    expect(removable('ALL')).toBe('yes');
  });
});
