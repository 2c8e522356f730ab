/** How bad the findings about credentials, network, limits and persistence are, and what they never show. */
import { describe, expect, it } from 'vitest';
import { redactionOf } from '../../src/report/redaction.ts';
import { messageOf } from '../../src/report/report.ts';
import { auditText } from '../support/audit-text.ts';

/** A compose file with one service `agent`, which is a sandbox because it mounts the project's source. */
const sandbox = (lines: string, rest = ''): string =>
  `services:\n  agent:\n    image: node:22\n${indented(lines)}${rest}`;
const indented = (lines: string): string =>
  lines.replace(/^(?=.)/gm, '    ').concat(lines === '' ? '' : '\n');
const mounting = (mount: string): string => sandbox(`volumes:\n  - .:/workspace\n  - ${mount}`);
const SOURCE = 'volumes: [".:/workspace"]';
const DATABASE = '  db:\n    image: postgres:17\n';

function severities(text: string, rule: string, format = 'compose', files?: Map<string, string>): string[] {
  const { findings } = auditText(format, text, files);
  return findings.filter((finding) => finding.rule.id === rule).map((finding) => finding.severity);
}

const CASES: readonly (readonly [what: string, rule: string, text: string, severities: readonly string[]])[] =
  [
    ['keys of ssh', 'credential-mount', mounting('~/.ssh:/k:ro'), ['high']],
    ['a history', 'credential-mount', mounting('~/.bash_history:/h:ro'), ['medium']],
    ['who you are', 'credential-mount', mounting('~/.gitconfig:/g:ro'), ['low']],
    ['known hosts', 'credential-mount', mounting('~/.ssh/known_hosts:/k:ro'), ['info']],
    ['a public key', 'credential-mount', mounting('~/.ssh/id_ed25519.pub:/k:ro'), []],
    ['credentials somewhere in /etc', 'credential-mount', mounting('/etc:/host/etc:ro'), ['medium']],
    ['the home, which is another rule’s', 'credential-mount', mounting('~:/home/me:ro'), []],
    [
      'keys of ssh without a way out',
      'credential-mount',
      sandbox('network_mode: none\nvolumes: [".:/workspace", "~/.ssh:/k:ro"]'),
      ['medium'],
    ],
    ['an agent’s socket', 'agent-socket', mounting('$SSH_AUTH_SOCK:/s'), ['high']],
    ['a home in which a socket may lie', 'agent-socket', mounting('~:/home/me:ro'), ['medium']],
    ['keys beside which a socket may lie', 'agent-socket', mounting('~/.ssh:/k:ro'), []],
    [
      'a real secret',
      'secret-in-config',
      sandbox(`${SOURCE}\nenvironment:\n  API_TOKEN: q8Zr1vX0cT7mK4bW`),
      ['high'],
    ],
    ['a placeholder', 'secret-in-config', sandbox(`${SOURCE}\nenvironment:\n  API_TOKEN: changeme`), ['low']],
    [
      'a real secret of a service',
      'secret-in-config',
      sandbox('environment:\n  API_TOKEN: q8Zr1vX0cT7mK4bW'),
      ['low'],
    ],
    [
      'the password of the database beside it',
      'secret-in-config',
      sandbox(`${SOURCE}\nenvironment:\n  PGPASSWORD: q8Zr1vX0cT7mK4bW`, DATABASE),
      ['low'],
    ],
    [
      'a token as a default',
      'secret-in-config',
      sandbox(`${SOURCE}\nenvironment:\n  KEY: \${KEY:-ghp_${'a1B2'.repeat(9)}}`),
      ['high'],
    ],
    [
      'a token of the host',
      'host-secret-passthrough',
      sandbox(`${SOURCE}\nenvironment: [GITHUB_TOKEN]`),
      ['high'],
    ],
    ['the same in a service', 'host-secret-passthrough', sandbox('environment: [GITHUB_TOKEN]'), ['low']],
    [
      'a model key without a known agent',
      'host-secret-passthrough',
      sandbox(`${SOURCE}\nenvironment: [ANTHROPIC_API_KEY]`),
      ['medium'],
    ],
    [
      'the key of the agent that runs there',
      'host-secret-passthrough',
      sandbox(`${SOURCE}\ncommand: claude -p task\nenvironment: [ANTHROPIC_API_KEY]`),
      ['low'],
    ],
    [
      'a default that everybody knows',
      'host-secret-passthrough',
      sandbox(`${SOURCE}\nenvironment:\n  DB_PASSWORD: \${DB_PASSWORD:-postgres}`),
      ['low'],
    ],
    [
      'an empty default',
      'host-secret-passthrough',
      sandbox(`${SOURCE}\nenvironment:\n  NPM_TOKEN: \${NPM_TOKEN:-}`),
      ['high'],
    ],
    ['an env file that is not there', 'secret-env-file', sandbox(`${SOURCE}\nenv_file: .env`), ['medium']],
    ['the metadata address', 'cloud-metadata', sandbox(`${SOURCE}\nnetwork_mode: host`), ['medium']],
    ['the host’s network', 'host-network', sandbox(`${SOURCE}\nnetwork_mode: host`), ['high']],
    ['the host’s network is no open one', 'open-egress', sandbox(`${SOURCE}\nnetwork_mode: host`), []],
    ['an open network', 'open-egress', sandbox(SOURCE), ['medium']],
    ['an open network of a service', 'open-egress', sandbox('restart: "no"'), ['info']],
    [
      'a name for the host',
      'host-loopback',
      sandbox(`${SOURCE}\nextra_hosts: ["host.docker.internal:host-gateway"]`),
      ['low'],
    ],
    [
      'a database of the host',
      'host-loopback',
      sandbox(
        `${SOURCE}\nextra_hosts: ["host.docker.internal:host-gateway"]\nenvironment:\n  A: redis://host.docker.internal:6379`,
      ),
      ['medium'],
    ],
    ['a database beside it', 'neighbour-reach', sandbox(SOURCE, DATABASE), ['info']],
    ['a port', 'published-port', sandbox('ports: ["3000:3000"]'), ['low']],
    ['a port of a debugger', 'published-port', sandbox('ports: ["9000-9300:9000-9300"]'), ['medium']],
    ['a port on every IPv6 interface', 'published-port', sandbox('ports: ["[::]:3000:3000"]'), ['low']],
    ['a port on loopback', 'published-port', sandbox('ports: ["[::1]:3000:3000"]'), []],
    ['no limit', 'unlimited-memory', sandbox(SOURCE), ['medium']],
    ['no limit of a service', 'unlimited-memory', sandbox('restart: "no"'), ['info']],
    ['no limit on processes', 'unlimited-processes', sandbox(SOURCE), ['medium']],
    ['no limit on processors', 'unlimited-cpu', sandbox(SOURCE), ['low']],
    ['no limit on storage', 'unlimited-disk', sandbox(SOURCE), ['info']],
    ['a cache of the host', 'shared-state', mounting('~/.npm:/n'), ['medium']],
    ['the project', 'writable-sandbox-config', sandbox(SOURCE), ['low']],
    [
      'a protection that a rename defeats',
      'writable-sandbox-config',
      mounting('./.git/hooks:/workspace/.git/hooks:ro'),
      ['low', 'medium'],
    ],
    ['a protection that holds', 'writable-sandbox-config', mounting('./.git:/workspace/.git:ro'), ['low']],
  ];

describe('severity', () => {
  it.each(CASES)('of %s: %s', (_, rule, text, expected) => {
    expect(severities(text, rule)).toEqual(expected);
  });

  it('of a definition that runs a writable file on the host', () => {
    const text = '{ "image": "node:22", "initializeCommand": "bash .devcontainer/x.sh" }';
    expect(severities(text, 'writable-sandbox-config', 'devcontainer')).toEqual(['high']);
  });

  it.each([
    ['PASSWORD=q8Zr1vX0cT7mK4bW', ['high']],
    ['POSTGRES_PASSWORD=postgres', []],
    ['LOG_LEVEL=debug', []],
    ['', []],
  ])('of an env file with %j', (content, expected) => {
    const files = new Map([['app.env', content]]);
    expect(severities(sandbox(`${SOURCE}\nenv_file: app.env`), 'secret-env-file', 'compose', files)).toEqual(
      expected,
    );
  });
});

describe('findings', () => {
  it('never show the value of a secret', () => {
    const value = 'q8Zr1vX0cT7mK4bW';
    const files = new Map([['app.env', `OTHER_TOKEN=${value}`]]);
    const lines = `${SOURCE}\nenv_file: app.env\nenvironment:\n  A_TOKEN: ${value}\n  DB: postgres://u:${value}@h/d`;
    const { findings } = auditText('compose', sandbox(lines), files);
    expect(findings.filter(({ rule }) => rule.axis === 'credentials').length).toBeGreaterThanOrEqual(3);
    for (const finding of findings) expect(`${messageOf(finding)} ${finding.remedy}`).not.toContain(value);
  });

  it('name one line for a directory, whatever it holds', () => {
    const { findings } = auditText('compose', mounting('~/.config:/c:ro'));
    const own = findings.filter(({ rule }) => rule.id === 'credential-mount');
    expect(own).toHaveLength(1);
    expect(own[0]?.evidence).toMatch(/and \d+ more$/);
  });

  it('say once for a sandbox what is not known', () => {
    const { findings } = auditText(
      'compose',
      sandbox('volumes: ["$A:/a", "$B:/b"]\nmem_limit: $C\nread_only: $D'),
    );
    const own = findings.filter(({ rule }) => rule.id === 'unresolved-value');
    expect(own).toHaveLength(1);
    for (const name of ['$A', '$B', '$C', '$D']) expect(own[0]?.evidence).toContain(`\`${name}\``);
    expect(own[0]?.severity).toBe('info');
  });

  it('of one line that two services use are one', () => {
    const text =
      'x-ports: &ports\n  - "3000:3000"\nservices:\n  a: {image: node:22, ports: *ports}\n  b: {image: node:22, ports: *ports}\n';
    const { findings } = auditText('compose', text);
    const own = findings.filter(({ rule }) => rule.id === 'published-port');
    expect(own.map(({ sandboxes }) => sandboxes.length)).toEqual([2]);
  });
});

describe('what root-user says of sudo', () => {
  it('is not taken for a password', () => {
    const text = '{"image": "mcr.microsoft.com/devcontainers/rust:1"}';
    const found = auditText('devcontainer', text).findings.find(({ rule }) => rule.id === 'root-user');
    const message = found === undefined ? '' : messageOf(found);
    expect(message).toContain('becomes root');
    expect(redactionOf([]).text(message)).toBe(message);
  });
});
