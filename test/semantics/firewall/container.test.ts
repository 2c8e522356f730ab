/** Firewalls of whole definitions: whom they bind, and who can take them back. */
import { describe, expect, it } from 'vitest';
import { sliceOf } from '../../../src/source/source.ts';
import { auditText, rulesIn, type TextAudit } from '../../support/audit-text.ts';

const ALLOW = `#!/bin/bash
set -euo pipefail
iptables -F
iptables -A OUTPUT -p udp --dport 53 -j ACCEPT
iptables -A OUTPUT -p tcp --dport 22 -j ACCEPT
iptables -A OUTPUT -o lo -j ACCEPT
ipset create reachable hash:net
ranges=$(curl -s https://api.github.com/meta)
while read -r range; do
  ipset add reachable "$range"
done < <(echo "$ranges" | jq -r '(.web + .git)[]')
for name in "registry.npmjs.org" "model.example"; do
  found=$(dig +noall +answer A "$name" | awk '{print $5}')
  while read -r one; do
    ipset add reachable "$one"
  done < <(echo "$found")
done
gateway=$(ip route | grep default | cut -d" " -f3)
network=$(echo "$gateway" | sed "s/\\.[0-9]*$/.0\\/24/")
iptables -A OUTPUT -d "$network" -j ACCEPT
iptables -P OUTPUT DROP
iptables -A OUTPUT -m state --state ESTABLISHED,RELATED -j ACCEPT
iptables -A OUTPUT -m set --match-set reachable dst -j ACCEPT
iptables -A OUTPUT -j REJECT --reject-with icmp-admin-prohibited
if curl --connect-timeout 5 https://example.com; then exit 1; fi
`;

const SCRIPT = '/usr/local/bin/init-firewall.sh';

function image(sudoers = SCRIPT, from = 'node:22', more = ''): string {
  const grant = sudoers === '' ? '' : `RUN echo "node ALL=(root) NOPASSWD: ${sudoers}" > /etc/sudoers.d/n\n`;
  return `FROM ${from}\nCOPY init-firewall.sh /usr/local/bin/\n${grant}${more}USER node\n`;
}

interface Definition {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly dockerfile?: string | null;
  readonly script?: string | null;
}

function devcontainer({ properties = {}, dockerfile = image(), script = ALLOW }: Definition): TextAudit {
  const text = JSON.stringify({
    build: { dockerfile: 'Dockerfile' },
    runArgs: ['--cap-add=NET_ADMIN', '--cap-add=NET_RAW'],
    remoteUser: 'node',
    postStartCommand: `sudo ${SCRIPT}`,
    waitFor: 'postStartCommand',
    ...properties,
  });
  const files = new Map<string, string>();
  if (dockerfile !== null) files.set('.devcontainer/Dockerfile', dockerfile);
  if (script !== null) files.set('.devcontainer/init-firewall.sh', script);
  return auditText('devcontainer', text, files);
}

/** Kind of egress; with a firewall whether code inside can remove it, and its holes. */
function egress({ result }: TextAudit, name?: string): string {
  const sandbox = result.sandboxes.find((one) => name === undefined || one.name === name);
  const found = sandbox?.network.egress;
  if (!found?.known) return 'unknown';
  if (found.value.kind !== 'limited') return found.value.kind;
  const { removable, holes } = found.value.control;
  return ['limited', removable.verdict, ...holes.map(({ kind }) => kind)].join(' ');
}

describe('a devcontainer with a firewall of its own', () => {
  const audit = devcontainer({});

  it('is narrowed, for good, with holes', () => {
    expect(egress(audit)).toBe('limited no dns ssh host-network');
    for (const rule of ['open-egress', 'removable-firewall', 'inert-setting'])
      expect(rulesIn(audit)).not.toContain(rule);
  });

  it('says what its list lets through, at the lines of the script', () => {
    const said = audit.findings.filter(({ rule }) => rule.id === 'broad-allowlist');
    expect(said.map(({ at }) => sliceOf(at))).toEqual(
      expect.arrayContaining([
        'iptables -A OUTPUT -p udp --dport 53 -j ACCEPT',
        'iptables -A OUTPUT -p tcp --dport 22 -j ACCEPT',
        'curl -s https://api.github.com/meta',
        '"registry.npmjs.org"',
      ]),
    );
    expect(said.every(({ severity }) => severity === 'low' || severity === 'medium')).toBe(true);
    expect(said.every(({ at }) => at.source.path === '.devcontainer/init-firewall.sh')).toBe(true);
    const host = audit.findings.find(({ rule }) => rule.id === 'host-loopback');
    expect(host && sliceOf(host.at)).toBe('iptables -A OUTPUT -d "$network" -j ACCEPT');
  });

  it('points at the command that starts it', () => {
    const found = audit.result.sandboxes[0]?.network.egress;
    expect(found && sliceOf(found.origin.place)).toBe(`"sudo ${SCRIPT}"`);
    expect(found?.origin.via?.map(sliceOf).at(-1)).toContain('REJECT');
  });
});

describe('who can take it back', () => {
  it.each<[what: string, definition: Definition, expected: string]>([
    ['sudo for everything', { dockerfile: image('ALL') }, 'yes'],
    [
      'sudo by the base image',
      { dockerfile: image('', 'mcr.microsoft.com/devcontainers/base:bookworm') },
      'yes',
    ],
    ['sudo for iptables', { dockerfile: image(`${SCRIPT}, /usr/sbin/iptables`) }, 'yes'],
    ['sudo for ipset', { dockerfile: image(`${SCRIPT}, /usr/sbin/ipset`) }, 'yes'],
    ['root', { properties: { remoteUser: 'root' } }, 'yes'],
    ['nobody', {}, 'no'],
    [
      'sudo for a script in the home',
      {
        dockerfile: image('/home/node/fw.sh').replace('/usr/local/bin/', '/home/node/fw.sh'),
        properties: { postStartCommand: 'sudo /home/node/fw.sh' },
      },
      'yes',
    ],
    [
      'sudo for a script in the project',
      {
        dockerfile: image('/w/.devcontainer/init-firewall.sh'),
        properties: {
          postStartCommand: 'sudo /w/.devcontainer/init-firewall.sh',
          workspaceFolder: '/w',
          workspaceMount: 'source=${localWorkspaceFolder},target=/w,type=bind',
        },
      },
      'yes',
    ],
    [
      'a list in the project',
      {
        script:
          'set -e\nfor a in $(cat /w/allowed.txt); do iptables -A OUTPUT -d "$a" -j ACCEPT; done\niptables -P OUTPUT DROP\n',
        properties: {
          workspaceFolder: '/w',
          workspaceMount: 'source=${localWorkspaceFolder},target=/w,type=bind',
        },
      },
      'yes',
    ],
    ['a script that is missing, and root', { script: null, properties: { remoteUser: 'root' } }, 'yes'],
  ])('%s', (_, definition, expected) => {
    const audit = devcontainer(definition);
    expect(egress(audit).split(' ').slice(0, 2)).toEqual(['limited', expected]);
    const finding = audit.findings.find(({ rule }) => rule.id === 'removable-firewall');
    expect(finding?.severity).toBe(expected === 'yes' ? 'high' : undefined);
  });

  it.each<[what: string, definition: Definition]>([
    ['a script that is missing', { script: null }],
    ['a Dockerfile and script that are missing', { script: null, dockerfile: null }],
    ['rules that hang on a variable', { script: 'if [ "$LOCK" = 1 ]; then iptables -P OUTPUT DROP; fi' }],
  ])('is not known: %s', (_, definition) => {
    expect(egress(devcontainer(definition))).toBe('unknown');
  });

  it('is not known where the Dockerfile is missing', () => {
    const properties = { postStartCommand: 'sudo bash .devcontainer/init-firewall.sh' };
    expect(egress(devcontainer({ dockerfile: null, properties }))).toMatch(/^limited unknown/);
  });
});

describe('firewalls that are none', () => {
  it.each<[what: string, definition: Definition, why: string]>([
    ['without the capability', { properties: { runArgs: [] } }, 'without NET_ADMIN'],
    [
      'with rules that only accept',
      { script: 'iptables -A OUTPUT -d 203.0.113.7 -j ACCEPT' },
      'no rule drops',
    ],
    [
      'by a user who may not',
      {
        dockerfile: image('').replace('USER', 'RUN rm -f /etc/sudoers.d/x\nUSER'),
        properties: { postStartCommand: SCRIPT },
      },
      'only root sets rules',
    ],
  ])('%s', (_, definition, why) => {
    const audit = devcontainer(definition);
    expect(egress(audit)).toBe('open');
    const inert = audit.findings.filter(({ rule }) => rule.id === 'inert-setting');
    expect(inert.map(({ evidence }) => evidence).join()).toContain(why);
    expect(rulesIn(audit)).toContain('open-egress');
  });

  it('leaves other networks as they are', () => {
    expect(egress(devcontainer({ properties: { runArgs: ['--cap-add=NET_ADMIN', '--network=none'] } }))).toBe(
      'none',
    );
    expect(egress(devcontainer({ properties: { runArgs: ['--cap-add=NET_ADMIN', '--network=host'] } }))).toBe(
      'host',
    );
  });
});

describe('when it starts', () => {
  it.each<[properties: Readonly<Record<string, unknown>>, late: boolean]>([
    [{}, false],
    [{ waitFor: undefined }, true],
    [{ waitFor: 'postCreateCommand' }, true],
    [{ postStartCommand: undefined, onCreateCommand: `sudo ${SCRIPT}`, waitFor: undefined }, false],
    [{ postStartCommand: undefined, postAttachCommand: `sudo ${SCRIPT}` }, true],
  ])('%j', (properties, late) => {
    const holes = egress(devcontainer({ properties })).split(' ').slice(2);
    expect(holes.includes('late')).toBe(late);
    // Connections of before live on only where there was a before.
    expect(holes.includes('established')).toBe(late);
  });

  it('assumes that one set up at creation is never started again', () => {
    const properties = {
      postStartCommand: undefined,
      postCreateCommand: `sudo ${SCRIPT}`,
      waitFor: 'postCreateCommand',
    };
    const found = devcontainer({ properties }).result.sandboxes[0]?.network.egress;
    expect(found).toMatchObject({ assumes: [expect.stringContaining('second time')] });
  });
});

describe('compose services', () => {
  const RULES = 'set -e\niptables -A OUTPUT -d 203.0.113.7 -j ACCEPT\niptables -P OUTPUT DROP\n';
  const service = (settings: string, more = ''): string =>
    `services:\n  agent:\n    image: node:22\n    volumes: [./start.sh:/start.sh:ro, ./src:/w]\n${settings.replace(/^/gm, '    ')}\n${more}`;
  const read = (text: string, script = `${RULES}exec gosu node "$@"\n`): TextAudit =>
    auditText('compose', text, new Map([['start.sh', script]]));
  const ADMIN = 'cap_add: [NET_ADMIN]\n';

  it.each<[what: string, text: string, script: string | undefined, expected: string]>([
    [
      'goes on as another user',
      service(`${ADMIN}entrypoint: [/start.sh]\ncommand: [claude]`),
      undefined,
      'limited no',
    ],
    [
      'goes on as root',
      service(`${ADMIN}entrypoint: /start.sh claude`),
      `${RULES}exec "$@"\n`,
      'limited yes',
    ],
    [
      'inside the command',
      service(`${ADMIN}command: sh -c "iptables -P OUTPUT DROP; exec su node -c claude"`),
      undefined,
      'limited no',
    ],
    ['without the capability', service('entrypoint: [/start.sh]'), undefined, 'open'],
    [
      'that only the image has',
      service(`${ADMIN}user: "\${WHO}"\nentrypoint: [/init-firewall.sh]`),
      undefined,
      'unknown',
    ],
    [
      'with IPv6',
      service(`${ADMIN}entrypoint: [/start.sh]`, 'networks: {default: {enable_ipv6: true}}\n'),
      undefined,
      'limited no ipv6',
    ],
    [
      'of an argument that stops it',
      service(`${ADMIN}entrypoint: [/start.sh, stop]`),
      `case "$1" in start)\n${RULES};; stop) iptables -P OUTPUT ACCEPT;; esac`,
      'open',
    ],
    [
      'of an argument that starts it',
      service(`${ADMIN}entrypoint: [/start.sh, start]`),
      `case "$1" in start)\n${RULES};; stop) iptables -P OUTPUT ACCEPT;; esac`,
      'limited yes',
    ],
  ])('%s', (_, text, script, expected) => {
    expect(egress(read(text, script), 'agent')).toBe(expected);
  });

  it('does not take the user of a Dockerfile that is missing for root', () => {
    const text = service(`${ADMIN}entrypoint: [/start.sh]`).replace('image: node:22', 'build: .');
    expect(egress(read(text, RULES), 'agent')).toBe('limited unknown');
    expect(egress(read(text.replace('/start.sh]', '/init-firewall.sh]'), RULES), 'agent')).toBe('unknown');
  });

  it('binds a service that shares the network of the one that has it', () => {
    const gate =
      '  gate:\n    image: alpine\n    cap_add: [NET_ADMIN]\n    volumes: [./start.sh:/start.sh:ro]\n    entrypoint: [/start.sh]\n';
    const text = service('network_mode: "service:gate"', gate);
    expect(egress(read(text), 'agent')).toBe('limited no');
    expect(egress(read(service(`${ADMIN}network_mode: "service:gate"`, gate)), 'agent')).toBe('limited yes');
  });

  it('asks who the devcontainer on it runs as', () => {
    const files = new Map([
      [
        '.devcontainer/compose.yml',
        service(`${ADMIN}entrypoint: [/start.sh]\ncommand: [sleep, infinity]`).replaceAll('./', '../'),
      ],
      ['start.sh', `${RULES}exec "$@"\n`],
    ]);
    const on = (user: string): string =>
      egress(
        auditText(
          'devcontainer',
          JSON.stringify({ dockerComposeFile: 'compose.yml', service: 'agent', remoteUser: user }),
          files,
        ),
      );
    // Nothing waits for what the container starts with.
    expect(on('root')).toBe('limited yes late');
    expect(on('node')).toBe('limited no late');
  });
});
