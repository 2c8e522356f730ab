// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of shells, not of this file.
/** What a run line says of itself: who runs there, as whom, and what stays. */
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { auditText, type TextAudit } from '../support/audit-text.ts';

const audit = (text: string): TextAudit => auditText('docker-run', text);

function sandbox(text: string): Sandbox {
  const last = audit(text).result.sandboxes.at(-1);
  if (last === undefined) throw new Error('no sandbox');
  return last;
}

const severityOf = (text: string, rule: string): string | undefined =>
  audit(text).findings.find((finding) => finding.rule.id === rule)?.severity;

describe('named volumes', () => {
  it('are shared with whatever mounts a volume of their name', () => {
    const text = 'docker run --rm -v agent-home:/home/node -v pip-cache:/c:ro node claude';
    expect(sandbox(text).lifetime.shared.map(({ name, writable }) => `${name} ${writable.verdict}`)).toEqual([
      'agent-home yes',
      'pip-cache no',
    ]);
    expect(severityOf(text, 'shared-state')).toBe('medium');
  });

  it.each([
    ['anonymous', 'docker run -v /home/node node claude'],
    ['named by the engine', 'docker run -v "$(docker volume ls -qf name=^x$)":/x node claude'],
    ['named by the run', 'docker run -v "home-$NAME:/home/node" node claude'],
    [
      'that hide a directory',
      'docker volume create -o type=none -o o=bind -o device=/srv x\ndocker run -v x:/x node claude',
    ],
  ])('are not, when %s', (_, text) => {
    expect(sandbox(text).lifetime.shared).toEqual([]);
  });
});

describe('the agent', () => {
  it.each([
    ['its state', 'docker run -v ~/.claude:/home/node/.claude -e ANTHROPIC_API_KEY box'],
    ['a key of its own', 'docker run -e CLAUDE_CODE_OAUTH_TOKEN -e ANTHROPIC_API_KEY box'],
  ])('is told by %s, and its key is expected', (_, text) => {
    const { agents, role } = sandbox(text);
    expect({ agents, role: role.kind }).toEqual({ agents: ['claude'], role: 'sandbox' });
    expect(severityOf(text, 'host-secret-passthrough')).toBe('low');
  });

  it('is not told by a key that other programs use', () => {
    const { agents, role } = sandbox('docker run -e ANTHROPIC_API_KEY box');
    expect({ agents, role: role.kind }).toEqual({ agents: [], role: 'service' });
  });
});

describe("podman's keep-id", () => {
  it.each([
    ['podman run --userns=keep-id box', 'no'],
    ['podman run --userns=keep-id:uid=1000,gid=1000 box', 'no'],
    ['podman run --userns=keep-id:uid=0 box', 'yes'],
    ['podman run --userns=keep-id --user root box', 'yes'],
    ['sudo podman run --userns=keep-id box', 'yes'],
    ['podman run --userns=auto box', 'yes'],
  ])('%s: root inside %s', (text, verdict) => {
    expect(sandbox(text).privilege.effectiveRoot.verdict).toBe(verdict);
  });
});

describe('words', () => {
  it('name the socket that a mount opens', () => {
    const { findings } = audit('docker run -v /:/r:ro -v /var/run:/var/run box');
    const sockets = findings.filter(({ rule }) => rule.id === 'engine-socket');
    expect(sockets.map(({ evidence }) => evidence).join()).not.toContain('pipe');
    expect(sockets).not.toEqual([]);
  });

  it('still name a pipe that is mounted', () => {
    expect(
      severityOf('docker run -v //./pipe/docker_engine://./pipe/docker_engine box', 'engine-socket'),
    ).toBe('critical');
  });

  it('call a notebook no debugger, and no fact', () => {
    const { findings } = audit('docker run -p 8888:8888 box');
    const told = findings.find(({ rule }) => rule.id === 'published-port')?.consequence;
    expect(told).toContain('if that is what listens there');
    expect(told).not.toContain('debugger');
  });
});

describe('the containers of a script', () => {
  const starts = (text: string): string[] => audit(text).result.sandboxes.map(({ name }) => name);

  it('stand in the order of the file', () => {
    expect(starts('b() { docker run one; }\na() { docker run two; }')).toEqual([
      'docker run (line 1)',
      'docker run (line 2)',
    ]);
    const mixed = 'docker exec --privileged x sh\ndocker run one\ndocker build --allow security.insecure .';
    expect(starts(mixed)).toEqual(['docker exec (line 1)', 'docker run (line 2)', 'docker build (line 3)']);
  });

  it.each([
    ['an alias of its function', 'g() { docker run --rm img "$@"; }\nalias gg=g'],
    ['its own function', 'g() { docker run --rm img "$1"; [ -n "$2" ] && g b; }\ng a c'],
    ['other arguments behind the image', 'g() { docker run --rm img "$1"; }\ng a\ng b'],
  ])('count once where a line is read again by %s', (_, text) => {
    expect(starts(text)).toEqual(['docker run (line 1)']);
  });

  it('count twice where one line makes two', () => {
    expect(starts('g() { docker run "$@" img; }\ng --rm\ng --privileged')).toHaveLength(2);
  });

  it.each([
    ["alias run='podman run -it --rm'", 0],
    ["alias run='docker run -it --rm -v /:/h'", 1],
    ["alias run='docker run -it --rm alpine'", 1],
    ['docker run -it $ARGS', 1],
  ])('%s: %i', (text, count) => {
    expect(starts(text)).toHaveLength(count);
  });
});

describe('why a container is a service', () => {
  it.each([
    ['docker run box', "it mounts none of the project's source"],
    ['docker run -v "$DATA:/d" box', "it mounts none of the project's source that is known"],
    [
      'docker run -v ./logs:/logs box',
      'it mounts nothing of the project that looks like its source (./logs:/logs)',
    ],
  ])('%s', (text, reason) => {
    expect(sandbox(text).role).toEqual({ kind: 'service', reason });
  });
});
