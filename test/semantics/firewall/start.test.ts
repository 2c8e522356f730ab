// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of shells, not of this file.
/** Firewalls that a container starts with: found through its Dockerfile, and judged by what they really do. */
import { describe, expect, it } from 'vitest';
import { sliceOf } from '../../../src/source/source.ts';
import { auditText, rulesIn, type TextAudit } from '../../support/audit-text.ts';

const RULES = `set -e
iptables -F OUTPUT
iptables -A OUTPUT -o lo -j ACCEPT
iptables -A OUTPUT -d 203.0.113.7 -p tcp --dport 443 -j ACCEPT
iptables -P OUTPUT DROP
ip6tables -P OUTPUT DROP
`;
const FIREWALL = `#!/bin/bash\n${RULES}`;
const STRICT = '#!/bin/sh\nset -e\n';
/** Sets up as root, and goes on as somebody else. */
const DROPPING = `${STRICT}/usr/local/bin/fw.sh\nexec gosu node "$@"\n`;
const STAYING = `${STRICT}/usr/local/bin/fw.sh\nexec "$@"\n`;

const IMAGE = `FROM example/base:1
COPY fw.sh /usr/local/bin/
COPY entry.sh /entry.sh
ENTRYPOINT ["/entry.sh"]
CMD ["claude"]
`;

const sudoFor = (rights: string): string =>
  `RUN echo 'node ALL=(ALL) NOPASSWD: ${rights}' > /etc/sudoers.d/n\n`;

interface Definition {
  readonly dockerfile?: string;
  readonly entry?: string;
  readonly firewall?: string;
  readonly files?: Readonly<Record<string, string>>;
}

function filesOf(definition: Definition, folder: string): Map<string, string> {
  const { dockerfile = IMAGE, entry = DROPPING, firewall = FIREWALL, files = {} } = definition;
  const own = { Dockerfile: dockerfile, 'entry.sh': entry, 'fw.sh': firewall, ...files };
  return new Map(Object.entries(own).map(([name, text]) => [`${folder}${name}`, text]));
}

/** A service that is built from the definition and given what a firewall takes. */
function compose(definition: Definition, settings = '', rest = ''): TextAudit {
  const own = settings.replace(/^(?=.)/gm, '    ');
  const text = `services:\n  agent:\n    build: ./box\n    cap_add: [NET_ADMIN]\n    volumes: [./src:/w]\n${own}\n${rest}`;
  return auditText('compose', text, filesOf(definition, 'box/'));
}

/** A script that builds the definition, and runs it. */
function run(
  definition: Definition,
  line = 'docker run --rm --cap-add NET_ADMIN -v "$PWD":/w box',
): TextAudit {
  return auditText('docker-run', `docker build -t box ./box\n${line}\n`, filesOf(definition, 'box/'));
}

function devcontainer(definition: Definition, properties: Readonly<Record<string, unknown>> = {}): TextAudit {
  const text = JSON.stringify({
    build: { dockerfile: 'Dockerfile' },
    capAdd: ['NET_ADMIN'],
    remoteUser: 'node',
    ...properties,
  });
  return auditText('devcontainer', text, filesOf(definition, '.devcontainer/'));
}

const egressOf = ({ result }: TextAudit) => result.sandboxes[0]?.network.egress;

/** Kind of egress; with a firewall whether code inside can remove it, and its holes. */
function egress(audit: TextAudit): string {
  const found = egressOf(audit);
  if (!found?.known) return 'unknown';
  if (found.value.kind !== 'limited') return found.value.kind;
  const { removable, holes } = found.value.control;
  return ['limited', removable.verdict, ...holes.map(({ kind }) => kind)].join(' ');
}

function reason(audit: TextAudit): string {
  const found = egressOf(audit);
  if (!found?.known) return found?.why ?? '';
  return found.value.kind === 'limited' ? (found.value.control.removable.reason ?? '') : '';
}

function assumptions(audit: TextAudit): string {
  const found = egressOf(audit);
  return found?.known ? (found.assumes ?? []).join('; ') : '';
}

describe('an image that starts with a firewall', () => {
  it('is narrowed for good, whoever starts it', () => {
    for (const audit of [compose({}), run({})]) {
      expect(egress(audit)).toBe('limited no');
      expect(reason(audit)).toBe('the start script goes on as node');
      expect(assumptions(audit)).toBe('');
      for (const rule of ['open-egress', 'removable-firewall', 'inert-setting'])
        expect(rulesIn(audit)).not.toContain(rule);
    }
  });

  it('points at the Dockerfile and at the rule that decides', () => {
    const found = egressOf(compose({}));
    expect(found && sliceOf(found.origin.place)).toBe('ENTRYPOINT ["/entry.sh"]');
    expect(found?.origin.via?.map(sliceOf)).toEqual(['iptables -P OUTPUT DROP']);
    expect(found?.origin.via?.[0]?.source.path).toBe('box/fw.sh');
  });

  it('is open without NET_ADMIN, which is said', () => {
    const audit = run({}, 'docker run -v "$PWD":/w box');
    expect(egress(audit)).toBe('open');
    expect(audit.findings.find(({ rule }) => rule.id === 'inert-setting')?.evidence).toContain('NET_ADMIN');
  });

  it.each<[what: string, definition: Definition, expected: string]>([
    ['root stays', { entry: STAYING }, 'limited yes'],
    ['root stays, the script being sourced', { entry: '. /usr/local/bin/fw.sh\nexec "$@"\n' }, 'limited yes'],
    ['sudo for everything', { dockerfile: `${IMAGE}${sudoFor('ALL')}` }, 'limited yes'],
    [
      'sudo for the script alone',
      {
        dockerfile: `${IMAGE}${sudoFor('/usr/local/bin/fw.sh')}USER node\n`,
        entry: `${STRICT}sudo fw.sh\nexec "$@"\n`,
      },
      'limited no',
    ],
    [
      'sudo for iptables as well',
      {
        dockerfile: `${IMAGE}${sudoFor('/usr/local/bin/fw.sh, /usr/sbin/iptables')}USER node\n`,
        entry: `${STRICT}sudo fw.sh\nexec "$@"\n`,
      },
      'limited yes',
    ],
    [
      'a user who may not',
      { dockerfile: `${IMAGE}RUN rm -f /etc/sudoers.d/n\nUSER node\n`, entry: STAYING },
      'open',
    ],
    ['only ACCEPT', { firewall: 'iptables -A OUTPUT -d 203.0.113.7 -j ACCEPT\n' }, 'open'],
    [
      'everything accepted first',
      { firewall: 'iptables -I OUTPUT -j ACCEPT\niptables -P OUTPUT DROP\n' },
      'open',
    ],
    [
      'names and ssh for anyone',
      {
        firewall: `${FIREWALL}iptables -A OUTPUT -p udp --dport 53 -j ACCEPT\niptables -A OUTPUT -p tcp --dport 22 -j ACCEPT\n`,
      },
      'limited no dns ssh',
    ],
    [
      'the agent first',
      { entry: `${STRICT}claude &\n/usr/local/bin/fw.sh\nexec gosu node "$@"\n` },
      'limited no late',
    ],
    [
      'an agent that is only set up',
      { entry: `${STRICT}claude mcp list\nclaude --version\n/usr/local/bin/fw.sh\nexec gosu node "$@"\n` },
      'limited no',
    ],
    [
      'the given command first',
      { entry: `${STRICT}"$@" &\n/usr/local/bin/fw.sh\nexec gosu node sleep 1d\n` },
      'limited no late',
    ],
    [
      'a firewall that nothing waits for',
      { entry: `${STRICT}/usr/local/bin/fw.sh &\nexec gosu node "$@"\n` },
      'limited no late',
    ],
    [
      'a firewall that is waited for',
      { entry: `${STRICT}/usr/local/bin/fw.sh &\nwait\nexec gosu node "$@"\n` },
      'limited no',
    ],
    ['never', { entry: '#!/bin/sh\nexec "$@"\n/usr/local/bin/fw.sh\n' }, 'open'],
    [
      'switched off by the image',
      {
        dockerfile: `${IMAGE}ENV FIREWALL=off\n`,
        entry: `${STRICT}[ "\${FIREWALL:-on}" = on ] && /usr/local/bin/fw.sh\nexec gosu node "$@"\n`,
      },
      'open',
    ],
    [
      'on unless somebody says otherwise',
      { entry: `${STRICT}[ "\${FIREWALL:-on}" = on ] && /usr/local/bin/fw.sh\nexec gosu node "$@"\n` },
      'limited no',
    ],
    ['an empty allow-list', { firewall: FIREWALL.replace(/^.*203.*\n/m, '') }, 'limited no'],
    ['flushed again', { firewall: `${FIREWALL}iptables -P OUTPUT ACCEPT\n` }, 'open'],
    [
      'rules that the agent itself asks for',
      { entry: `#!/bin/sh\n${RULES}exec gosu node sh -c "iptables -P OUTPUT ACCEPT; claude"\n` },
      'limited no',
    ],
  ])('%s', (_, definition, expected) => {
    expect([egress(compose(definition)), egress(run(definition))]).toEqual([expected, expected]);
  });

  it.each<[what: string, entry: string, checked: boolean]>([
    ['no set -e', '#!/bin/sh\n/usr/local/bin/fw.sh\nexec gosu node "$@"\n', false],
    ['an error that is let pass', `${STRICT}/usr/local/bin/fw.sh || true\nexec gosu node "$@"\n`, false],
    ['an error that is told', `${STRICT}/usr/local/bin/fw.sh || echo failed\nexec gosu node "$@"\n`, false],
    ['an error that ends it', '#!/bin/sh\n/usr/local/bin/fw.sh || exit 1\nexec gosu node "$@"\n', true],
    [
      'an error that is asked for',
      '#!/bin/sh\nif ! /usr/local/bin/fw.sh; then\n  exit 1\nfi\nexec gosu node "$@"\n',
      true,
    ],
    ['what follows on success alone', '#!/bin/sh\n/usr/local/bin/fw.sh && exec gosu node "$@"\n', true],
  ])('fails open or not: %s', (_, entry, checked) => {
    const said = assumptions(compose({ entry }));
    expect(said.includes('nothing checks')).toBe(!checked);
  });

  it('has a way over IPv6 where the network has it', () => {
    const firewall = FIREWALL.replace(/^ip6.*\n/m, '');
    const network = 'networks: {default: {enable_ipv6: true}}\n';
    expect(egress(compose({ firewall }, '', network))).toBe('limited no ipv6');
    expect(egress(compose({}, '', network))).toBe('limited no');
    expect(egress(compose({ firewall }))).toBe('limited no');
  });

  it('leaves the host network as it is', () => {
    expect(egress(compose({}, 'network_mode: host'))).toBe('host');
    expect(egress(run({}, 'docker run --network host --cap-add NET_ADMIN box'))).toBe('host');
  });
});

describe('with less than it had', () => {
  it.each<[last: string, expected: string, why: string]>([
    ['exec su-exec node "$@"', 'no', 'goes on as node'],
    ['exec su node -c "$*"', 'no', 'goes on as node'],
    ['su - node -c claude', 'no', 'goes on as node'],
    ['exec runuser -u node -- "$@"', 'no', 'goes on as node'],
    ['exec setpriv --reuid=node --clear-groups "$@"', 'no', 'goes on as node'],
    ['exec s6-setuidgid node "$@"', 'no', 'goes on as node'],
    ['exec gosu "$PUID" "$@"', 'no', 'goes on as'],
    ['exec tini -- gosu node "$@"', 'no', 'goes on as node'],
    ['exec gosu root "$@"', 'yes', 'root'],
    ['gosu node true; exec "$@"', 'yes', 'root'],
    [
      'exec setpriv --reuid=node --inh-caps=+net_admin --ambient-caps=+net_admin "$@"',
      'yes',
      'leaves NET_ADMIN',
    ],
    ['exec setpriv --bounding-set=-net_admin "$@"', 'no', 'takes NET_ADMIN away'],
    ['exec setpriv --bounding-set -all -- gosu node "$@"', 'no', 'takes NET_ADMIN away'],
    ['exec capsh --drop=cap_net_admin,cap_net_raw -- -c "$*"', 'no', 'takes NET_ADMIN away'],
    ['exec capsh --drop=cap_net_raw -- -c "$*"', 'yes', 'root'],
    ['if [ "$(id -u)" = 0 ]; then exec gosu node "$@"; fi; exec "$@"', 'no', 'goes on as node'],
    ['if [ "$(id -u)" -ne 0 ]; then exec "$@"; fi; exec gosu node "$@"', 'no', 'goes on as node'],
    ['[ "$1" = bash ] && exec bash; exec gosu node "$@"', 'no', 'goes on as node'],
    ['if date | grep -q Mon; then exec gosu node "$@"; else exec "$@"; fi', 'yes', 'root'],
  ])('%s', (last, expected, why) => {
    const audit = compose({ entry: `${STRICT}/usr/local/bin/fw.sh\n${last}\n` });
    expect(egress(audit).split(' ').slice(0, 2)).toEqual(['limited', expected]);
    expect(reason(audit)).toContain(why);
  });

  it('makes sudo powerless by no_new_privs, and not otherwise', () => {
    const dockerfile = `${IMAGE}${sudoFor('ALL')}`;
    const entry = (flags: string): string =>
      `${STRICT}/usr/local/bin/fw.sh\nexec setpriv --reuid=node ${flags} "$@"\n`;
    const option = 'security_opt: ["no-new-privileges:true"]';
    expect(egress(compose({ dockerfile, entry: entry('--no-new-privs') }))).toBe('limited no');
    expect(egress(compose({ dockerfile, entry: entry('') }))).toBe('limited yes');
    expect(egress(compose({ dockerfile, entry: entry('') }, option))).toBe('limited no');
  });

  it('says which way of the script it takes', () => {
    const entry = `${STRICT}/usr/local/bin/fw.sh\nif date | grep -q Mon; then exec "$@"; fi\nexec gosu node "$@"\n`;
    const audit = compose({ entry });
    const found = egressOf(audit);
    expect(egress(audit)).toBe('limited no');
    expect(
      found?.known && found.value.kind === 'limited' ? found.value.control.removable.assumes : [],
    ).toEqual([expect.stringContaining('is not taken')]);
  });

  it.each<[what: string, dockerfile: string, expected: string]>([
    ['a script of its own', IMAGE.replace('COPY fw.sh', 'COPY --chown=node:node fw.sh'), 'yes'],
    ['a script that anyone may write', `${IMAGE}RUN chmod 0777 /usr/local/bin/fw.sh\n`, 'yes'],
    ['a directory of its own', `${IMAGE}RUN chown -R node /usr/local/bin\n`, 'yes'],
    ["somebody else's script", IMAGE.replace('COPY fw.sh', 'COPY --chown=www fw.sh'), 'no'],
    ['a script of a number', IMAGE.replace('COPY fw.sh', 'COPY --chown=1000 fw.sh'), 'unknown'],
    ['a script of a variable', IMAGE.replace('COPY fw.sh', 'COPY --chown=$WHO fw.sh'), 'unknown'],
  ])('can rewrite %s', (_, dockerfile, expected) => {
    expect(egress(compose({ dockerfile }))).toBe(`limited ${expected}`);
  });
});

describe('how the script is found', () => {
  it.each<[what: string, dockerfile: string]>([
    [
      'a directory',
      'FROM x\nCOPY . /opt/box\nRUN cp /opt/box/fw.sh /usr/local/bin/\nENTRYPOINT ["/opt/box/entry.sh"]\n',
    ],
    ['a glob and a mode', 'FROM x\nCOPY --chmod=755 *.sh /usr/local/bin/\nENTRYPOINT ["entry.sh"]\n'],
    [
      'another stage',
      'FROM x AS scripts\nCOPY *.sh /s/\nFROM y\nCOPY --from=scripts /s/ /usr/local/bin/\nENTRYPOINT ["/usr/local/bin/entry.sh"]\n',
    ],
    [
      'the working directory',
      'FROM x\nCOPY fw.sh /usr/local/bin/\nWORKDIR /opt\nCOPY entry.sh .\nENTRYPOINT ["./entry.sh"]\n',
    ],
    ['an init program', `${IMAGE}ENTRYPOINT ["/usr/bin/tini", "-g", "--", "/entry.sh"]\n`],
    ['another init program', `${IMAGE}ENTRYPOINT ["dumb-init", "/entry.sh"]\nCMD ["claude"]\n`],
    ['a shell', `${IMAGE}ENTRYPOINT ["/bin/sh", "/entry.sh"]\n`],
    ['the shell form', `${IMAGE}ENTRYPOINT /entry.sh claude\n`],
    ['the command alone', `${IMAGE}ENTRYPOINT []\nCMD ["/entry.sh", "claude"]\n`],
    [
      'a document',
      `FROM x\nCOPY fw.sh /usr/local/bin/\nCOPY <<'EOF' /entry.sh\n${DROPPING}EOF\nENTRYPOINT ["/entry.sh"]\nCMD ["claude"]\n`,
    ],
    [
      'documents that run one another',
      `FROM x\nRUN cat > /usr/local/bin/fw.sh <<'EOF'\n${FIREWALL}EOF\nRUN cat > /entry.sh <<'EOF'\n${DROPPING}EOF\nENTRYPOINT ["/entry.sh"]\n`,
    ],
    [
      'a link',
      'FROM x\nCOPY fw.sh entry.sh /opt/\nRUN ln -s /opt/fw.sh /usr/local/bin/fw.sh\nENTRYPOINT ["/opt/entry.sh"]\n',
    ],
  ])('%s', (_, dockerfile) => {
    expect(egress(compose({ dockerfile }))).toBe('limited no');
  });

  it('beside the script that runs it', () => {
    const dockerfile = 'FROM x\nCOPY . /opt/\nENTRYPOINT ["/opt/entry.sh"]\n';
    const entry =
      '#!/bin/bash\nset -e\nD="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\n"$D/fw.sh"\nexec gosu node "$@"\n';
    expect(egress(compose({ dockerfile, entry }))).toBe('limited no');
  });

  it('under a mount that covers what the image has', () => {
    const service = 'build: ./box, cap_add: [NET_ADMIN], volumes: ["./open.sh:/entry.sh:ro"]';
    const files = new Map([...filesOf({}, 'box/'), ['open.sh', 'exec "$@"\n']]);
    expect(egress(auditText('compose', `services: {agent: {${service}}}`, files))).toBe('open');
  });

  it('with the lists that it reads', () => {
    const firewall =
      '#!/bin/sh\nset -e\nwhile read -r name; do\n  iptables -A OUTPUT -d "$name" -j ACCEPT\ndone < /etc/allowed.txt\niptables -P OUTPUT DROP\n';
    const audit = compose({
      firewall,
      dockerfile: IMAGE.replace('COPY entry.sh', 'COPY allowed.txt /etc/\nCOPY entry.sh'),
      files: { 'allowed.txt': '# hosts\nregistry.npmjs.org\n' },
    });
    const said = audit.findings.filter(({ rule }) => rule.id === 'broad-allowlist');
    expect(said.map(({ at }) => `${at.source.path} ${sliceOf(at)}`)).toEqual([
      'box/allowed.txt registry.npmjs.org',
    ]);
  });
});

describe('what takes the place of the image', () => {
  it.each<[settings: string, expected: string]>([
    ['', 'limited no'],
    ['command: [codex]', 'limited no'],
    ['command: bash', 'limited no'],
    ['entrypoint: [claude]', 'open'],
    ['entrypoint: ""', 'open'],
    ['entrypoint: []', 'open'],
    ['entrypoint: null', 'limited no'],
    ['entrypoint: ["/entry.sh"]\ncommand: ["claude"]', 'limited no'],
    ['entrypoint: ["sh", "-c", "fw.sh && exec gosu node claude"]', 'limited no'],
    ['entrypoint: ["sh", "-c", "fw.sh; exec claude"]', 'limited yes'],
    // Whether the base brings sudo, nothing here tells.
    ['user: node', 'unknown'],
  ])('in a service: %j', (settings, expected) => {
    expect(egress(compose({}, settings))).toBe(expected);
  });

  it.each<[line: string, expected: string]>([
    ['docker run --cap-add NET_ADMIN box', 'limited no'],
    ['docker run --cap-add NET_ADMIN box codex --full-auto', 'limited no'],
    ['docker run --cap-add NET_ADMIN --entrypoint bash box', 'open'],
    ['docker run --cap-add NET_ADMIN --entrypoint= box claude', 'open'],
    [
      'docker run --cap-add NET_ADMIN --entrypoint bash box -c "fw.sh && exec gosu node claude"',
      'limited no',
    ],
    ['docker run --cap-add NET_ADMIN -e FIREWALL=off box', 'limited no'],
    ['docker run --cap-add NET_ADMIN -v "$PWD/box/fw.sh:/usr/local/bin/fw.sh" box', 'limited yes'],
    ['docker run --privileged box', 'limited no'],
    ['docker run --cap-add NET_ADMIN other', 'open'],
  ])('in a script: %s', (line, expected) => {
    expect(egress(run({}, line))).toBe(expected);
  });

  it('in a script that names its image by a variable', () => {
    const text =
      'build() { docker build -t "$IMAGE" "$DIR"; }\nDIR=box\nbuild\ndocker run --cap-add NET_ADMIN "$IMAGE"\n';
    expect(egress(auditText('docker-run', text, filesOf({}, 'box/')))).toBe('limited no');
  });

  it('in a run of a service', () => {
    const service = 'services: {agent: {build: ./box, cap_add: [NET_ADMIN]}}';
    const files = new Map([...filesOf({}, 'box/'), ['c.yml', service]]);
    const started = (line: string): TextAudit => auditText('docker-run', line, files);
    expect(started('docker compose -f c.yml run agent codex').result.sandboxes).toEqual([]);
    expect(egress(started('docker compose -f c.yml run --entrypoint bash agent'))).toBe('open');
  });

  it('by exec, once it runs', () => {
    const dockerfile = 'FROM x\nCOPY fw.sh /usr/local/bin/\nUSER node\nCMD ["sleep", "1d"]\n';
    const started = (...lines: readonly string[]): string => egress(run({ dockerfile }, lines.join('\n')));
    const up = 'docker run -d --name a --cap-add NET_ADMIN box';
    expect(started(up, 'docker exec -u root a fw.sh', 'docker exec -it a claude')).toBe('limited no');
    expect(started(up, 'docker exec -u root a fw.sh', 'docker exec -u root a claude')).toBe('limited yes');
    expect(started(up, 'docker exec -it a claude', 'docker exec -u root a fw.sh')).toBe('limited no late');
    const plain = 'docker run -d --name a box';
    expect(started(plain, 'docker exec -u root --privileged a fw.sh', 'docker exec a claude')).toBe(
      'limited no',
    );
    expect(started(plain, 'docker exec -u root a fw.sh', 'docker exec a claude')).toBe('open');
  });
});

describe('a devcontainer', () => {
  it('starts a shell in place of the entrypoint, which is said', () => {
    const audit = devcontainer({});
    expect(egress(audit)).toBe('open');
    const inert = audit.findings.find(({ rule }) => rule.id === 'inert-setting');
    expect(inert?.evidence).toContain('a shell in place of the entrypoint');
    expect(inert && sliceOf(inert.at)).toBe('ENTRYPOINT ["/entry.sh"]');
    expect(egress(devcontainer({}, { overrideCommand: true }))).toBe('open');
  });

  it('waits for nothing that the image starts', () => {
    expect(egress(devcontainer({}, { overrideCommand: false }))).toBe('limited no late');
    expect(egress(devcontainer({}, { overrideCommand: false, remoteUser: 'root' }))).toBe('limited yes late');
    const other = { overrideCommand: false, containerUser: 'node' };
    expect(egress(devcontainer({ dockerfile: `${IMAGE}RUN rm -f /etc/sudoers.d/n\n` }, other))).toBe('open');
  });

  it('has the rules of its own commands beside', () => {
    const dockerfile = `${IMAGE}${sudoFor('/usr/local/bin/fw.sh')}`;
    const hooks = { postStartCommand: 'sudo /usr/local/bin/fw.sh', waitFor: 'postStartCommand' };
    const audit = devcontainer({ dockerfile }, hooks);
    expect(egress(audit)).toBe('limited no');
    expect(rulesIn(audit)).not.toContain('inert-setting');
  });

  it('on a service runs what the service does, unless it says otherwise', () => {
    const on = (properties: Readonly<Record<string, unknown>>): TextAudit =>
      auditText(
        'devcontainer',
        JSON.stringify({
          dockerComposeFile: 'compose.yml',
          service: 'agent',
          remoteUser: 'node',
          ...properties,
        }),
        new Map([
          ...filesOf({}, '.devcontainer/box/'),
          ['.devcontainer/compose.yml', 'services: {agent: {build: ./box, cap_add: [NET_ADMIN]}}'],
        ]),
      );
    expect(egress(on({}))).toBe('limited no late');
    expect(egress(on({ overrideCommand: false }))).toBe('limited no late');
    expect(egress(on({ remoteUser: 'root' }))).toBe('limited yes late');
    const replaced = on({ overrideCommand: true });
    expect(egress(replaced)).toBe('open');
    expect(rulesIn(replaced)).toContain('inert-setting');
  });
});

describe('what cannot be known', () => {
  it.each<[what: string, definition: Definition, why: string]>([
    [
      'a script that is not there',
      {
        dockerfile: IMAGE.replace('COPY fw.sh', 'COPY gone/init-firewall.sh'),
        entry: `${STRICT}/usr/local/bin/init-firewall.sh\nexec gosu node "$@"\n`,
      },
      'cannot be read',
    ],
    [
      'a script that is fetched',
      { dockerfile: 'FROM x\nADD https://example.com/entry.sh /entry.sh\nENTRYPOINT ["/entry.sh"]\n' },
      'cannot be read',
    ],
    ['supervisord', { dockerfile: 'FROM x\nCMD ["/usr/bin/supervisord", "-n"]\n' }, 'own files say'],
    ['s6', { dockerfile: 'FROM x\nCOPY root/ /\nENTRYPOINT ["/init"]\n' }, 'own files say'],
    ['systemd', { dockerfile: 'FROM x\nCMD ["/sbin/init"]\n' }, 'own files say'],
    [
      'rules that hang on the day',
      {
        entry: `${STRICT}if date | grep -q Mon; then /usr/local/bin/fw.sh; fi\nexec gosu node "$@"\n`,
      },
      'hangs on something outside',
    ],
  ])('%s', (_, definition, why) => {
    const audit = compose(definition);
    expect(egress(audit)).toBe('unknown');
    expect(reason(audit)).toContain(why);
    expect(rulesIn(audit)).toContain('unresolved-value');
    expect(rulesIn(audit)).not.toContain('open-egress');
  });

  it('says nothing of programs that cannot set rules', () => {
    const dockerfile = 'FROM x\nCMD ["/usr/bin/supervisord", "-n"]\n';
    const text = 'services: {agent: {build: ./box}}';
    expect(egress(auditText('compose', text, filesOf({ dockerfile }, 'box/')))).toBe('open');
    // A program of the image's own is no script that may set rules.
    expect(egress(compose({ dockerfile: 'FROM x\nCMD ["/usr/sbin/sshd", "-D"]\n' }))).toBe('open');
  });

  it('nor as whom a supervisor starts the code inside', () => {
    const audit = compose({ entry: `${STRICT}/usr/local/bin/fw.sh\nexec /usr/bin/supervisord -n\n` });
    expect(egress(audit)).toBe('limited unknown');
    expect(reason(audit)).toContain('supervisord starts the code inside');
  });

  it('a variable that only the host knows', () => {
    const entry = `${STRICT}if [ "\${FIREWALL:-on}" = on ]; then /usr/local/bin/fw.sh; fi\nexec gosu node "$@"\n`;
    expect(egress(compose({ entry }))).toBe('limited no');
    expect(egress(compose({ entry }, 'environment: {FIREWALL: "off"}'))).toBe('open');
    expect(egress(compose({ entry }, 'environment: [FIREWALL]'))).toBe('unknown');
  });
});

describe('hostile start scripts', () => {
  it.each<[what: string, definition: Definition]>([
    [
      'that run one another',
      { entry: '/entry.sh; /usr/local/bin/fw.sh', firewall: '/entry.sh; /usr/local/bin/fw.sh; iptables -F' },
    ],
    [
      'with many ways on',
      { entry: `/usr/local/bin/fw.sh\n${'if x; then exec gosu a "$@"; fi\n'.repeat(2000)}` },
    ],
    ['with many users', { entry: `/usr/local/bin/fw.sh\n${'gosu a true\n'.repeat(3000)}` }],
    ['with nested shells', { entry: `${'sh -c "'.repeat(200)}iptables -F${'"'.repeat(200)}` }],
  ])('%s', (_, definition) => {
    expect(() => egress(compose(definition))).not.toThrow();
  });
});
