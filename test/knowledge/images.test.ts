import { describe, expect, it } from 'vitest';
import { agentsIn } from '../../src/knowledge/agents.ts';
import { featureFacts, isKnownFeature } from '../../src/knowledge/features.ts';
import { imageFacts, imagePinning, parseImageReference } from '../../src/knowledge/images.ts';
import { neighbourKind } from '../../src/knowledge/neighbours.ts';
import { portRow } from '../../src/knowledge/ports.ts';
import { socketProxyPower } from '../../src/knowledge/socket-proxy.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('references', () => {
  it.each([
    ['postgres', 'docker.io', 'library/postgres', 'postgres', null, null],
    ['postgres:16', 'docker.io', 'library/postgres', 'postgres', '16', null],
    ['docker.io/library/postgres:16', 'docker.io', 'library/postgres', 'postgres', '16', null],
    ['index.docker.io/grafana/grafana', 'docker.io', 'grafana/grafana', 'grafana', null, null],
    ['localhost:5000/app', 'localhost:5000', 'app', 'app', null, null],
    ['localhost:5000/app:1', 'localhost:5000', 'app', 'app', '1', null],
    ['ghcr.io/a/b/c:v1', 'ghcr.io', 'a/b/c', 'c', 'v1', null],
    [`alpine@${DIGEST}`, 'docker.io', 'library/alpine', 'alpine', null, DIGEST],
    [`ghcr.io/a/b:1@${DIGEST}`, 'ghcr.io', 'a/b', 'b', '1', DIGEST],
  ])('%s is read', (text, registry, repository, name, tag, digest) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, name, tag, digest });
  });

  it.each([
    '',
    '$IMAGE',
    'Postgres',
    'a b',
    ':16',
    'a:',
    'a/',
    '/a',
    'a@sha256:xyz',
    'a'.repeat(2000),
    '<none>',
    '../a',
  ])('%s is none', (text) => expect(parseImageReference(text)).toBeNull());

  it.each([
    ['postgres', 'moving'],
    ['postgres:latest', 'moving'],
    ['node:lts', 'moving'],
    ['node:22', 'tag'],
    ['localhost:5000/app', 'moving'],
    [`node:22@${DIGEST}`, 'digest'],
    ['${IMAGE}', 'unknown'],
  ])('%s is pinned by %s', (text, pinned) => expect(imagePinning(text)).toBe(pinned));
});

describe('known images', () => {
  it.each<[string, object]>([
    ['mcr.microsoft.com/devcontainers/universal:2', { user: 'codespace', sudo: true, privileged: true }],
    ['mcr.microsoft.com/vscode/devcontainers/universal', { privileged: true }],
    [
      'mcr.microsoft.com/devcontainers/rust:1-bookworm',
      { capAdd: ['SYS_PTRACE'], securityOpt: ['seccomp=unconfined'] },
    ],
    ['mcr.microsoft.com/devcontainers/go', { capAdd: ['SYS_PTRACE'], user: 'vscode' }],
    ['mcr.microsoft.com/devcontainers/cpp:ubuntu', { capAdd: ['SYS_PTRACE'] }],
    [
      'mcr.microsoft.com/devcontainers/python:3.12',
      { user: 'vscode', sudo: true, privileged: false, capAdd: [] },
    ],
    ['mcr.microsoft.com/devcontainers/typescript-node:22', { user: 'node', sudo: true }],
    ['mcr.microsoft.com/vscode/devcontainers/javascript-node:0-18', { user: 'node', sudo: true }],
    ['mcr.microsoft.com/devcontainers/base:ubuntu', { user: 'vscode', sudo: true }],
    ['node:22', { user: 'root', sudo: false }],
    ['docker.io/library/python:3.12-slim', { user: 'root' }],
    ['postgres:16-alpine', { user: 'root', dropsTo: 'postgres' }],
    ['redis', { dropsTo: 'redis' }],
    ['jenkins/jenkins:lts', { user: 'jenkins' }],
    ['jupyter/scipy-notebook', { user: 'jovyan' }],
    ['ghcr.io/openai/codex-universal:latest', { agents: ['codex'] }],
  ])('%s', (reference, facts) => expect(imageFacts(reference)).toMatchObject(facts));

  it.each([
    'example/unknown',
    'ghcr.io/a/postgres',
    'mcr.microsoft.com/devcontainers',
    '$IMAGE',
    '',
    'someone/node',
  ])('%s is not known', (reference) => expect(imageFacts(reference)).toBeNull());
});

describe('features', () => {
  it.each<[string, object]>([
    ['ghcr.io/devcontainers/features/docker-in-docker:2', { privileged: true }],
    ['docker-in-docker', { privileged: true }],
    [
      'ghcr.io/devcontainers/features/docker-outside-of-docker:1',
      { opensSocketToUser: true, privileged: false },
    ],
    ['docker-from-docker', { opensSocketToUser: true }],
    [`ghcr.io/devcontainers/features/go@${DIGEST}`, { capAdd: ['SYS_PTRACE'], init: true }],
    ['ghcr.io/devcontainers/features/rust:latest', { securityOpt: ['seccomp=unconfined'] }],
    ['ghcr.io/devcontainers/features/common-utils', { sudo: true }],
    ['ghcr.io/devcontainers-extra/features/localstack:2', { privileged: true }],
    [
      'ghcr.io/anthropics/devcontainer-features/claude-code:1.0',
      { privileged: false, capAdd: [], mounts: [] },
    ],
    ['ghcr.io/devcontainers/features/node:1', { privileged: false, sudo: false, mounts: [] }],
    ['ghcr.io/devcontainers/features/sshd:1', { listens: [2222] }],
  ])('%s', (reference, facts) => expect(featureFacts(reference)).toMatchObject(facts));

  it.each([
    './local',
    '../x/docker-in-docker',
    'https://example.org/docker-in-docker.tgz',
    'ghcr.io/a/b/c:1',
    '',
  ])('%s is not known', (reference) => expect(featureFacts(reference)).toBeNull());

  it('marks the volume that all projects share', () => {
    const shared = featureFacts('kubectl-helm-minikube')?.mounts.map((mount) => [
      mount.source,
      mount.perContainer,
    ]);
    expect(shared).toEqual([['minikube-config', false]]);
    expect(featureFacts('docker-in-docker')?.mounts.every((mount) => mount.perContainer)).toBe(true);
  });

  it('is sure of what it has looked through, and not of forks', () => {
    expect(isKnownFeature('ghcr.io/devcontainers/features/node:1')).toBe(true);
    expect(isKnownFeature('ghcr.io/devcontainers-extra/features/anything:1')).toBe(true);
    expect(isKnownFeature('ghcr.io/someone/features/docker-in-docker:1')).toBe(false);
    expect(isKnownFeature('./local')).toBe(false);
  });
});

describe('agents in text', () => {
  it.each([
    ['npm install -g @anthropic-ai/claude-code', ['claude']],
    ['npm i -g @anthropic-ai/claude-code@1.0.3 @openai/codex@latest', ['claude', 'codex']],
    ['claude --dangerously-skip-permissions', ['claude']],
    ['cd /w && sudo -E claude -p "do it"', ['claude']],
    ['/usr/local/bin/codex exec', ['codex']],
    ['npx -y @google/gemini-cli', ['gemini']],
    ['bash -c "opencode run"', ['opencode']],
    ['curl -fsSL https://claude.ai/install.sh | bash', ['claude']],
    ['curl https://opencode.ai/install | bash', ['opencode']],
    ['pip install aider-chat==0.80', ['aider']],
    ['goose session', ['goose']],
    ['ANTHROPIC_API_KEY=x claude', ['claude']],
    ['anthropic.claude-code', ['claude']],
    ['GitHub.copilot-chat', ['copilot']],
    ['saoudrizwan.claude-dev', ['cline']],
    ['ghcr.io/anthropics/devcontainer-features/claude-code:1', ['claude']],
    ['ghcr.io/openai/codex-universal:latest', ['codex']],
    ['paulgauthier/aider', ['aider']],
    ['cursor-agent -p hi', ['cursor-agent']],
  ])('%s shows %j', (text, names) => expect([...agentsIn(text)]).toEqual(names));

  it.each([
    'echo claude',
    'command -v claude',
    '- ./claude-config:/claude',
    'goose up',
    'goose -dir migrations postgres up',
    'copilot svc deploy',
    'cat codex.md',
    'git clone https://github.com/x/claude-tools',
    'mkdir -p /home/node/.claude',
    'node server.js',
    'continue',
    'npm install cline-utils',
    'ms-python.python',
    '',
  ])('%s shows none', (text) => expect(agentsIn(text)).toEqual([]));

  it('ends on long text', { timeout: 5000 }, () => {
    expect(agentsIn('a@'.repeat(500_000))).toEqual([]);
    expect(agentsIn('a/'.repeat(500_000))).toEqual([]);
    expect(agentsIn('&'.repeat(1_000_000))).toEqual([]);
  });
});

describe('neighbours', () => {
  it.each([
    ['postgres:16', 'database'],
    ['bitnami/postgresql', 'database'],
    ['mcr.microsoft.com/mssql/server:2022-latest', 'database'],
    ['docker.io/library/mongo', 'database'],
    ['redis:7-alpine', 'cache'],
    ['rabbitmq:3-management', 'queue'],
    ['minio/minio', 'object-store'],
    ['tecnativa/docker-socket-proxy', 'engine-proxy'],
    ['docker:dind', 'engine-proxy'],
    ['dpage/pgadmin4', 'admin-ui'],
    ['hashicorp/vault', 'secret-store'],
    ['selenium/standalone-chrome', 'browser'],
    ['ubuntu/squid', 'proxy'],
    ['ollama/ollama', 'model-server'],
  ])('%s holds a %s', (image, kind) => expect(neighbourKind(image)).toBe(kind));

  it.each(['node:22', 'example/app', '$IMAGE', ''])('%s holds nothing known', (image) =>
    expect(neighbourKind(image)).toBeNull(),
  );

  it.each([
    ['5432', 'database'],
    ['22/tcp', 'ssh'],
    ['9229', 'debugger'],
    ['5430-5440', 'database'],
    ['2375', 'engine'],
  ])('port %s is a %s', (port, kind) => expect(portRow(port)?.kind).toBe(kind));

  it.each(['3000', '8080', '', 'x', '99999', '10-5', '-1', '5432x'])('port %s is nothing known', (port) =>
    expect(portRow(port)).toBeNull(),
  );
});

describe('socket proxies', () => {
  const power = (image: string, environment: Record<string, string>): string | null =>
    socketProxyPower(image, new Map(Object.entries(environment)));

  it.each<[string, Record<string, string>, string | null]>([
    ['tecnativa/docker-socket-proxy:0.3', {}, 'read'],
    ['tecnativa/docker-socket-proxy', { CONTAINERS: '1' }, 'read'],
    ['tecnativa/docker-socket-proxy', { POST: '1' }, 'read'],
    ['tecnativa/docker-socket-proxy', { CONTAINERS: '1', POST: '1' }, 'full'],
    ['tecnativa/docker-socket-proxy', { CONTAINERS: '1', POST: '0' }, 'read'],
    ['tecnativa/docker-socket-proxy', { BUILD: '1', POST: 'true' }, 'full'],
    ['ghcr.io/tecnativa/docker-socket-proxy', { EXEC: '1', POST: '1' }, 'full'],
    ['lscr.io/linuxserver/socket-proxy:latest', { containers: '1', post: '1' }, 'full'],
    ['wollomatic/socket-proxy:1', { SP_ALLOW_GET: '/v1.*' }, 'read'],
    ['wollomatic/socket-proxy:1', { SP_ALLOW_POST: '/v1\\..{1,2}/containers/create' }, 'full'],
    ['wollomatic/socket-proxy:1', { SP_ALLOW_POST: '/v1\\..{1,2}/containers/[a-z]+/restart' }, 'read'],
    ['wollomatic/socket-proxy:1', { SP_ALLOW_POST: '.*' }, 'full'],
    ['someone/docker-socket-proxy', { CONTAINERS: '1', POST: '1' }, 'full'],
    ['nginx', { CONTAINERS: '1', POST: '1' }, null],
    ['', {}, null],
  ])('%s with %j is %s', (image, environment, expected) => expect(power(image, environment)).toBe(expected));
});
