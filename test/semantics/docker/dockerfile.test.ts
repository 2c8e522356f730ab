// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of devcontainer.json and Dockerfiles hold variables
import { describe, expect, it } from 'vitest';
import { imageFromDockerfile } from '../../../src/semantics/docker/dockerfile.ts';
import { createSource, positionAt, sliceOf } from '../../../src/source/source.ts';

function build(text: string, target: string | null = null, args: Readonly<Record<string, string>> = {}) {
  return imageFromDockerfile(createSource('Dockerfile', text), {
    target,
    args: new Map(Object.entries(args)),
  });
}

function userOf(text: string, target: string | null = null, args: Readonly<Record<string, string>> = {}) {
  const { user } = build(text, target, args);
  return user === null ? null : user.known ? user.value : `?${user.names.join(',')}`;
}

describe('the user', () => {
  it.each([
    ['FROM debian', null],
    ['FROM debian\nUSER node', 'node'],
    ['FROM debian\nUSER node\nRUN x\nUSER root', 'root'],
    ['FROM debian\nuser 1000:1000', '1000:1000'],
    ['FROM debian\nARG U=dev\nUSER $U', 'dev'],
    ['FROM debian\nARG U=dev\nUSER ${U}', 'dev'],
    ['FROM debian\nARG U\nUSER ${U:-fallback}', 'fallback'],
    ['FROM debian\nENV U=dev\nUSER ${U:+other}', 'other'],
    ['FROM debian\nUSER ${U}', '?U'],
    ['ARG U=dev\nFROM debian\nARG U\nUSER $U', 'dev'],
    ['FROM debian AS a\nUSER a\nFROM debian AS b\nUSER b', 'b'],
    ['FROM debian AS a\nUSER a\nFROM a', 'a'],
    ['FROM debian AS a\nUSER a\nFROM A AS b\nRUN x', 'a'],
    ['FROM mcr.microsoft.com/devcontainers/base:ubuntu', 'vscode'],
    ['FROM mcr.microsoft.com/devcontainers/typescript-node', 'node'],
    ['ARG V=base\nFROM mcr.microsoft.com/devcontainers/${V}', 'vscode'],
    ['FROM grafana/grafana', 'grafana'],
    ['', null],
    ['RUN x', null],
  ])('%j', (text, expected) => {
    expect(userOf(text)).toBe(expected);
  });

  const STAGES =
    'FROM debian AS base\nUSER base\nFROM base AS dev\nUSER dev\nFROM scratch AS prod\nUSER prod';

  it.each([
    ['dev', 'dev'],
    ['DEV', 'dev'],
    ['base', 'base'],
    ['0', 'base'],
    [null, 'prod'],
    ['missing', 'prod'],
  ])('of target %s', (target, expected) => {
    expect(userOf(STAGES, target)).toBe(expected);
  });

  it('says that a target is missing', () => {
    expect(
      build(STAGES, 'missing')
        .problems.map(({ message }) => message)
        .join(),
    ).toContain('missing');
    expect(build(STAGES, 'dev').problems).toEqual([]);
  });

  it('takes arguments of the definition before defaults', () => {
    expect(userOf('FROM debian\nARG U=dev\nUSER $U', null, { U: 'me' })).toBe('me');
    expect(build('ARG V=a\nFROM node:$V', null, { V: '20' }).base).toMatchObject({
      known: true,
      value: 'node:20',
    });
  });

  it('points at the line that decides', () => {
    const { user } = build('FROM debian\nUSER a\nRUN x\nUSER b\n');
    expect(user && positionAt(user.origin.place.source, user.origin.place.span.start).line).toBe(4);
    expect(user && sliceOf(user.origin.place)).toBe('USER b');
  });
});

describe('the base', () => {
  it.each([
    ['FROM node:20', 'node:20'],
    ['FROM node:20 AS a\nFROM a', 'node:20'],
    ['FROM --platform=linux/amd64 node:20', 'node:20'],
    ['ARG TAG\nFROM node:${TAG:-22}', 'node:22'],
    ['FROM a AS b\nFROM b AS c\nFROM c', 'a'],
  ])('%j', (text, expected) => {
    expect(build(text).base).toMatchObject({ known: true, value: expected });
  });

  it('is unknown with a variable that nobody sets', () => {
    expect(build('ARG TAG\nFROM node:$TAG').base).toMatchObject({
      known: false,
      raw: 'node:$TAG',
      names: ['TAG'],
    });
  });

  it('is null without FROM, and stages that name themselves end', () => {
    expect(build('').base).toBeNull();
    expect(build('FROM a AS a').base).toMatchObject({ value: 'a' });
    expect(build('FROM b AS a\nFROM a AS b').base).toMatchObject({ value: 'b' });
  });
});

describe('sudo', () => {
  it.each([
    ['FROM x\nRUN echo "node ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/node', 'yes'],
    ["FROM x\nRUN echo 'node ALL=(root) NOPASSWD: ALL' >> /etc/sudoers", 'yes'],
    ['FROM x\nRUN echo node ALL=\\(root\\) NOPASSWD:ALL > /etc/sudoers.d/node', 'yes'],
    ["FROM x\nRUN sed -i 's/%sudo.*/%sudo ALL=(ALL) NOPASSWD: ALL/' /etc/sudoers", 'yes'],
    ['FROM x\nRUN a \\\n  && echo "u ALL=(ALL) NOPASSWD:SETENV: ALL" > /etc/sudoers.d/u', 'yes'],
    ['FROM x\nRUN <<EOF\necho "u ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/u\nEOF', 'yes'],
    ['FROM x\nRUN echo "node ALL=(root) NOPASSWD: /usr/local/bin/init-firewall.sh" > /etc/sudoers.d/f', 'no'],
    ['FROM x\nRUN echo "node ALL=(root) NOPASSWD: /opt/a.sh, /opt/b.sh" > /etc/sudoers.d/f', 'no'],
    ['FROM x\nRUN echo "node ALL=(root) NOPASSWD: /opt/a.sh, /bin/bash" > /etc/sudoers.d/f', 'yes'],
    ['FROM x\nRUN echo "node ALL=(root) NOPASSWD: /usr/bin/apt-get" > /etc/sudoers.d/f', 'yes'],
    ['FROM x\nRUN echo "node ALL=(root) NOPASSWD: /usr/bin/*" > /etc/sudoers.d/f', 'yes'],
    ['FROM x\nRUN echo "node ALL=(root) NOPASSWD: /usr/bin/chsh" > /etc/sudoers.d/f', 'unknown'],
    ['FROM x\nRUN apt-get install -y sudo && usermod -aG sudo dev', 'no'],
    ["FROM x\nRUN usermod -aG sudo dev && echo 'dev:dev' | chpasswd", 'yes'],
    ['FROM x\nRUN passwd -d dev && adduser dev sudo', 'yes'],
    ['FROM x\nCOPY sudoers /etc/sudoers', 'unknown'],
    ['FROM x\nCOPY etc/sudoers.d/dev /etc/sudoers.d/', 'unknown'],
    ['FROM mcr.microsoft.com/devcontainers/base', 'yes'],
    ['FROM mcr.microsoft.com/devcontainers/base\nRUN rm -f /etc/sudoers.d/vscode', 'no'],
    ['FROM mcr.microsoft.com/devcontainers/base\nRUN apt-get purge -y sudo', 'no'],
    ['FROM node:20\nUSER node', 'no'],
    ['FROM x', 'no'],
    ['FROM x AS a\nRUN echo "u ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/u\nFROM y', 'no'],
    ['FROM x AS a\nRUN echo "u ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/u\nFROM a', 'yes'],
  ])('%j', (text, expected) => {
    expect(build(text).sudo.verdict).toBe(expected);
  });

  it('names the scripts that it is limited to', () => {
    const image = build('FROM x\nRUN echo "n ALL=(root) NOPASSWD: /opt/a.sh, /opt/b.sh" > /etc/sudoers.d/n');
    expect(image.sudoScripts).toEqual(['/opt/a.sh', '/opt/b.sh']);
    expect(image.sudo.reason).toContain('/opt/a.sh');
    expect(image.sudo.because.map(({ place }) => sliceOf(place))).toEqual([
      'n ALL=(root) NOPASSWD: /opt/a.sh, /opt/b.sh',
    ]);
  });

  it('names the assumption about an image that is not known', () => {
    expect(build('FROM registry.example/x').sudo.assumes).toEqual(['registry.example/x brings no sudo']);
    expect(build('FROM node:20').sudo.assumes).toBeUndefined();
    expect(build('FROM $NOBODY_KNOWS').sudo.verdict).toBe('unknown');
  });
});

describe('variables, agents and groups', () => {
  it('reads ENV for the image and ARG defaults for the build', () => {
    const { variables } = build('FROM x\nARG A=1\nARG B\nENV C=2 D="3 4"\nENV E $A\nENV F=$MISSING');
    expect(
      variables.map(({ name, phase, value }) => [name, phase, value.known ? value.value : value.raw]),
    ).toEqual([
      ['A', 'build', '1'],
      ['C', 'image', '2'],
      ['D', 'image', '3 4'],
      ['E', 'image', '1'],
      ['F', 'image', '$MISSING'],
    ]);
    expect(variables.map(({ origin }) => sliceOf(origin.place))[1]).toContain('C=2');
  });

  it('leaves an argument that the definition gives to the definition', () => {
    expect(build('FROM x\nARG A=1', null, { A: '2' }).variables).toEqual([]);
  });

  it('finds agents in shell, JSON and heredoc form', () => {
    expect(build('FROM x\nRUN npm install -g @anthropic-ai/claude-code').agents).toEqual(['claude']);
    expect(build('FROM x\nRUN ["npm", "i", "-g", "@openai/codex"]').agents).toEqual(['codex']);
    expect(build('FROM x\nRUN echo hello').agents).toEqual([]);
  });

  it('reads groups', () => {
    const image = build('FROM x\nRUN usermod -aG docker,video dev');
    expect(image.groups.map(({ text }) => text)).toEqual(['docker', 'video']);
  });
});

describe('hostile texts', () => {
  it.each([
    ['NOPASSWD', `FROM x\nRUN ${'NOPASSWD: '.repeat(20_000)}`],
    ['groups', `FROM x\nRUN ${'usermod '.repeat(20_000)}`],
    ['variables', `FROM x\nUSER ${'${A:-'.repeat(20_000)}`],
    ['dollars', `FROM x\nUSER ${'$A'.repeat(20_000)}`],
    ['stages', Array.from({ length: 3000 }, (_, at) => `FROM s${at} AS s${at + 1}`).join('\n')],
    [
      'doubling',
      `FROM x\nENV A0=xxxxxxxx\n${Array.from({ length: 60 }, (_, at) => `ENV A${at + 1}=$A${at}$A${at}`).join('\n')}`,
    ],
    ['sudoers', `FROM x\nRUN ${'NOPASSWD '.repeat(110_000)}`],
    ['rm', `FROM x\nRUN ${'rm '.repeat(20_000)}`],
  ])(
    '%s are read in time',
    (_, text) => {
      const image = build(text);
      expect(image.base).not.toBeNull();
    },
    5000,
  );
});
