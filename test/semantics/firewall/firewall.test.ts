/** Scripts of many kinds, and what each of them really lets out. */
import { describe, expect, it } from 'vitest';
import { type FirewallReading, firewallOf } from '../../../src/semantics/firewall/firewall.ts';
import { shellCommands } from '../../../src/semantics/shell/shell-commands.ts';
import { plainText } from '../../../src/source/mapped.ts';
import { createSource, positionAt } from '../../../src/source/source.ts';

function read(script: string, files: Readonly<Record<string, string>> = {}): FirewallReading {
  const { commands } = shellCommands(plainText(createSource('init.sh', script)));
  return firewallOf(commands, (path) => {
    const text = files[path];
    return text === undefined ? null : plainText(createSource(path, text));
  });
}

/** Verdict, hosts, kinds of holes, and what has no name. */
function summary(script: string, files: Readonly<Record<string, string>> = {}): string {
  const { verdict, hosts, holes, unlisted } = read(script, files);
  const parts = [
    hosts.map(({ host }) => host).join(' '),
    holes.map(({ kind }) => kind).join(' '),
    unlisted.map(({ text }) => `?${text}`).join(' '),
  ];
  return [verdict, ...parts].join(' | ').replace(/(?: \|\s*)+$/, '');
}

const DROP = 'iptables -P OUTPUT DROP\n';
const TO = 'iptables -A OUTPUT -d 203.0.113.7 -j ACCEPT\n';

describe('whether anything is narrowed', () => {
  it.each<[what: string, script: string, expected: string]>([
    ['a policy', DROP, 'limited'],
    ['a policy in long words', 'sudo /usr/sbin/iptables --policy OUTPUT DROP', 'limited'],
    ['a last rule that drops', `${TO}iptables -A OUTPUT -j REJECT`, 'limited | 203.0.113.7'],
    [
      'a last rule on the outer interface',
      `${TO}iptables -A OUTPUT -o eth0 -j DROP`,
      'limited | 203.0.113.7',
    ],
    ['all but loopback', 'iptables -A OUTPUT ! -o lo -j DROP', 'limited'],
    ['rules that only accept', TO, 'open'],
    ['rules for what comes in', 'iptables -P INPUT DROP\niptables -P FORWARD DROP', 'open'],
    ['a few addresses dropped', 'iptables -A OUTPUT -d 203.0.113.0/24 -j DROP', 'open'],
    [
      'TCP and UDP dropped',
      'iptables -A OUTPUT -p tcp -j DROP\niptables -A OUTPUT -p udp -j DROP',
      'limited',
    ],
    ['TCP alone dropped', 'iptables -A OUTPUT -p tcp -j DROP', 'open'],
    ['everything accepted before', `iptables -A OUTPUT -j ACCEPT\n${DROP}`, 'open'],
    ['everything accepted by an insertion', `${DROP}${TO}iptables -I OUTPUT -j ACCEPT`, 'open'],
    [
      'everything accepted after the drop',
      'iptables -A OUTPUT -j DROP\niptables -A OUTPUT -j ACCEPT',
      'limited',
    ],
    [
      'new connections accepted',
      `iptables -A OUTPUT -m state --state NEW,ESTABLISHED -j ACCEPT\n${DROP}`,
      'open',
    ],
    ['all of TCP accepted', `iptables -A OUTPUT -p tcp -j ACCEPT\n${DROP}`, 'open'],
    ['taken back at the end', `${DROP}iptables -P OUTPUT ACCEPT`, 'open'],
    ['flushed, which keeps the policy', `${TO}${DROP}iptables -F`, 'limited'],
    ['flushed, which loses the last rule', 'iptables -A OUTPUT -j DROP\niptables -F OUTPUT', 'open'],
    ['the drop deleted', 'iptables -A OUTPUT -j DROP\niptables -D OUTPUT -j DROP', 'open'],
    ['the drop deleted by number', `${TO}iptables -A OUTPUT -j DROP\niptables -D OUTPUT 2`, 'open'],
    ['another table', 'iptables -t nat -P OUTPUT DROP', 'open'],
    ['a function that nothing calls', `on() {\n${DROP}}\n`, 'open'],
    ['a function that is called', `on() {\n${DROP}}\non\n`, 'limited'],
    ['a trap', `trap 'iptables -P OUTPUT ACCEPT' EXIT\n${DROP}`, 'limited'],
    ['by a variable', `if [ "$LOCKED" = yes ]; then\n${DROP}fi`, 'unknown'],
    [
      'taken back by a variable',
      `${DROP}if [ "$LOCKED" = no ]; then iptables -P OUTPUT ACCEPT; fi`,
      'unknown',
    ],
    ['where the program is there', `if command -v iptables; then\n${DROP}fi`, 'limited'],
    ['a rule of unknown words', `iptables $RULE\n${DROP}`, 'unknown'],
    ['rules from elsewhere', 'iptables-restore < /etc/rules.v4', 'unknown'],
    ['one user alone', 'iptables -A OUTPUT -m owner --uid-owner node -j DROP', 'limited'],
    ['root alone', 'iptables -A OUTPUT -m owner --uid-owner root -j DROP', 'open'],
    ['nothing of the kind', 'npm ci\necho iptables', 'open'],
  ])('%s', (_, script, expected) => {
    expect(summary(script)).toBe(expected);
  });

  it('says why nothing is narrowed', () => {
    expect(read(TO)).toMatchObject({ why: 'no rule drops what leaves', narrows: true });
    expect(read(`iptables -A OUTPUT -j ACCEPT\n${DROP}`).why).toBe('a rule lets everything through');
    expect(read('iptables -t nat -A POSTROUTING -j MASQUERADE').narrows).toBe(false);
  });
});

describe('what is let through', () => {
  it.each<[what: string, script: string, expected: string]>([
    [
      'several addresses',
      `iptables -A OUTPUT -d 203.0.113.7,203.0.113.8 -j ACCEPT\n${DROP}`,
      'limited | 203.0.113.7 203.0.113.8',
    ],
    [
      'a name',
      `iptables -A OUTPUT -p tcp -d registry.npmjs.org --dport 443 -j ACCEPT\n${DROP}`,
      'limited | registry.npmjs.org',
    ],
    [
      'loopback and replies',
      `iptables -A OUTPUT -o lo -j ACCEPT\niptables -A OUTPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n${DROP}`,
      'limited',
    ],
    ['names by any resolver', `iptables -A OUTPUT -p udp --dport 53 -j ACCEPT\n${DROP}`, 'limited |  | dns'],
    [
      'names by one resolver',
      `iptables -A OUTPUT -p udp -d 9.9.9.9 --dport 53 -j ACCEPT\n${DROP}`,
      'limited |  | dns',
    ],
    ['SSH', `iptables -A OUTPUT -p tcp --dport 22 -j ACCEPT\n${DROP}`, 'limited |  | ssh'],
    [
      'SSH to one host',
      `iptables -A OUTPUT -p tcp -d github.com --dport 22 -j ACCEPT\n${DROP}`,
      'limited | github.com',
    ],
    [
      'the web',
      `iptables -A OUTPUT -p tcp -m multiport --dports 80,443 -j ACCEPT\n${DROP}`,
      'limited |  | any-port',
    ],
    ['pings', `iptables -A OUTPUT -p icmp -j ACCEPT\n${DROP}`, 'limited'],
    ['what root sends', `iptables -A OUTPUT -m owner --uid-owner 0 -j ACCEPT\n${DROP}`, 'limited'],
    [
      'the network at home',
      `iptables -A OUTPUT -d 192.168.0.0/16 -j ACCEPT\n${DROP}`,
      'limited |  | host-network',
    ],
    [
      'the host by name',
      `iptables -A OUTPUT -d host.docker.internal -j ACCEPT\n${DROP}`,
      'limited |  | host-network',
    ],
    [
      'one private address',
      `iptables -A OUTPUT -d 10.1.2.3 -p tcp --dport 3128 -j ACCEPT\n${DROP}`,
      'limited | 10.1.2.3',
    ],
    [
      'the network of the gateway',
      `gw=$(ip route | awk '/default/ {print $3}')\niptables -A OUTPUT -d "$gw" -j ACCEPT\n${DROP}`,
      'limited |  | host-network',
    ],
    [
      'the gateway, names resolved in between',
      `gw=$(ip route | awk '/default/ {print $3}')\nnet=$(echo "$gw" | sed 's/[0-9]*$/0\\/24/')\na=$(dig +short example.org)\niptables -A OUTPUT -d "$net" -j ACCEPT\n${DROP}`,
      'limited |  | host-network',
    ],
    [
      'link-local addresses',
      `iptables -A OUTPUT -d 169.254.169.0/24 -j ACCEPT\n${DROP}`,
      'limited | 169.254.169.0/24 169.254.169.254',
    ],
    [
      'a set',
      `ipset create ok hash:ip\nipset add ok 203.0.113.7 -exist\niptables -A OUTPUT -m set --match-set ok dst -j ACCEPT\n${DROP}`,
      'limited | 203.0.113.7',
    ],
    [
      'a set that nothing fills',
      `iptables -A OUTPUT -m set --match-set ok dst -j ACCEPT\n${DROP}`,
      'limited |  |  | ?the set ok',
    ],
    [
      'a set that is emptied',
      `ipset add ok 203.0.113.7\nipset flush ok\nipset add ok 203.0.113.9\niptables -A OUTPUT -m set --match-set ok dst -j ACCEPT\n${DROP}`,
      'limited | 203.0.113.9',
    ],
    [
      'all but a set dropped',
      'ipset add ok 203.0.113.7\niptables -A OUTPUT -m set ! --match-set ok dst -j DROP',
      'limited | 203.0.113.7',
    ],
    ['all but an address dropped', 'iptables -A OUTPUT ! -d 203.0.113.7 -j REJECT', 'limited | 203.0.113.7'],
    [
      'a chain of its own',
      `iptables -N EGRESS\niptables -A OUTPUT -j EGRESS\niptables -A EGRESS -d 203.0.113.7 -j ACCEPT\niptables -A EGRESS -j DROP`,
      'limited | 203.0.113.7',
    ],
    [
      'what such a chain gives back',
      `iptables -N EGRESS\niptables -A OUTPUT -j EGRESS\niptables -A EGRESS -d 203.0.113.7 -j RETURN\niptables -A EGRESS -j DROP`,
      'limited | 203.0.113.7',
    ],
    [
      'chains in a circle',
      `iptables -A A -j B\niptables -A B -j A\niptables -A OUTPUT -j A\n${DROP}`,
      'limited',
    ],
  ])('%s', (_, script, expected) => {
    expect(summary(script)).toBe(expected);
  });
});

describe('names and lists behind addresses', () => {
  const loop = (head: string, body = 'iptables -A OUTPUT -d "$a" -j ACCEPT'): string =>
    `${head}; do ${body}; done\n${DROP}`;
  it.each<[what: string, script: string, expected: string]>([
    [
      'a loop over names',
      `for n in pypi.org files.pythonhosted.org; do\nfor a in $(getent ahostsv4 "$n" | awk '{print $1}'); do iptables -A OUTPUT -d "$a" -j ACCEPT; done\ndone\n${DROP}`,
      'limited | pypi.org files.pythonhosted.org',
    ],
    [
      'an array of names',
      `names=(pypi.org crates.io)\nfor n in "\${names[@]}"; do\na=$(dig +short "$n" | tail -1)\niptables -A OUTPUT -d "$a" -j ACCEPT\ndone\n${DROP}`,
      'limited | pypi.org crates.io',
    ],
    [
      'a pipe',
      `dig +short A github.com | while read -r a; do ipset add ok "$a"; done\niptables -A OUTPUT -m set --match-set ok dst -j ACCEPT\n${DROP}`,
      'limited | github.com',
    ],
    [
      'xargs',
      `dig +short github.com | xargs -I{} ipset add ok {}\niptables -A OUTPUT -m set --match-set ok dst -j ACCEPT\n${DROP}`,
      'limited | github.com',
    ],
    [
      'a published list',
      loop('for a in $(curl -s https://api.github.com/meta | jq -r .git[])'),
      'limited | github.com',
    ],
    ['the same by gh', loop('for a in $(gh api meta --jq .web[])'), 'limited | github.com'],
    [
      'a list nobody knows',
      loop('for a in $(curl -s https://lists.example.org/ok.txt)'),
      'limited |  |  | ?the list at https://lists.example.org/ok.txt',
    ],
    ['an argument', loop('for a in "$@"'), 'limited |  |  | ?$@'],
  ])('%s', (_, script, expected) => {
    expect(summary(script)).toBe(expected);
  });

  it('reads a list of the project, and says which file it is', () => {
    const script = `while read -r n; do\nfor a in $(dig +short "$n"); do iptables -A OUTPUT -d "$a" -j ACCEPT; done\ndone < allowed.txt\n${DROP}`;
    const files = { 'allowed.txt': '# hosts\npypi.org\ncrates.io # rust\n' };
    expect(summary(script, files)).toBe('limited | pypi.org crates.io');
    const { hosts, lists } = read(script, files);
    expect(lists.map(({ text }) => text)).toEqual(['allowed.txt']);
    const [first] = hosts;
    expect(first && positionAt(first.origin.place.source, first.origin.place.span.start).line).toBe(2);
    expect(summary(script)).toBe('limited |  |  | ?the list in allowed.txt');
  });

  it('points at the word that names a host', () => {
    const [, second] = read(
      `for n in a.example \\\n  b.example; do\niptables -A OUTPUT -d "$(dig +short $n)" -j ACCEPT\ndone\n${DROP}`,
    ).hosts;
    expect(second?.host).toBe('b.example');
    expect(second && positionAt(second.origin.place.source, second.origin.place.span.start)).toEqual({
      line: 2,
      column: 3,
    });
  });
});

describe('other programs', () => {
  const block = (rules: string, policy = 'policy drop;', family = 'inet'): string =>
    `nft -f - <<'EOF'\nflush ruleset\ntable ${family} f {\n set ok { type ipv4_addr; elements = { 203.0.113.7, 203.0.113.8 } }\n chain out {\n  type filter hook output priority 0; ${policy}\n${rules}\n }\n}\nEOF\n`;
  it.each<[what: string, script: string, expected: string]>([
    ['a ruleset', block('  oif lo accept\n  ct state established,related accept'), 'limited'],
    [
      'a ruleset with a set',
      block('  ip daddr @ok tcp dport 443 accept'),
      'limited | 203.0.113.7 203.0.113.8',
    ],
    [
      'a ruleset with holes',
      block(
        '  udp dport 53 accept\n  tcp dport { 22 } accept\n  ip daddr { 10.0.0.0/8, 203.0.113.9 } accept',
      ),
      'limited | 203.0.113.9 | dns ssh host-network',
    ],
    ['a ruleset that accepts', block('  ip daddr 203.0.113.9 drop', 'policy accept;'), 'open'],
    [
      'a ruleset whose last rule drops',
      block('  ip daddr 203.0.113.9 accept\n  counter drop', ''),
      'limited | 203.0.113.9',
    ],
    ['a ruleset for what comes in', block('  accept').replace('hook output', 'hook input'), 'open'],
    [
      'word by word',
      "nft add table inet f\nnft add chain inet f out '{ type filter hook output priority 0 ; policy drop ; }'\nnft add set inet f ok '{ type ipv4_addr; }'\nnft add element inet f ok '{ 203.0.113.7 }'\nnft add rule inet f out ip daddr @ok accept",
      'limited | 203.0.113.7',
    ],
    ['flushed at last', `${block('')}nft flush ruleset`, 'open'],
    ['a ruleset elsewhere', 'nft -f /etc/nftables.conf', 'unknown'],
    [
      'ufw',
      'ufw default deny outgoing\nufw allow out to 203.0.113.7 port 443 proto tcp\nufw allow out 53\nufw --force enable',
      'limited | 203.0.113.7 | dns',
    ],
    ['ufw for what comes in', 'ufw default deny incoming\nufw enable', 'open'],
    ['ufw reset', 'ufw default deny outgoing\nufw --force reset', 'open'],
    [
      'a saved ruleset',
      'iptables-restore <<EOF\n*nat\n:OUTPUT DROP [0:0]\nCOMMIT\n*filter\n:OUTPUT DROP [0:0]\n-A OUTPUT -d 203.0.113.7/32 -p tcp -m comment --comment "the one" -j ACCEPT\nCOMMIT\nEOF',
      'limited | 203.0.113.7/32',
    ],
    ['two filters, of which one denies', `${DROP}${block('', 'policy accept;')}`, 'limited'],
  ])('%s', (_, script, expected) => {
    expect(summary(script)).toBe(expected);
  });

  it('reads a ruleset of the project', () => {
    const files = {
      './rules.nft':
        'table inet f {\n chain out {\n  type filter hook output priority 0; policy drop;\n  ip daddr 203.0.113.7 accept\n }\n}\n',
    };
    const [host] = read('nft -f ./rules.nft', files).hosts;
    expect(host && positionAt(host.origin.place.source, host.origin.place.span.start).line).toBe(4);
  });
});

describe('IPv6, errors and users', () => {
  it.each<[script: string, open: boolean]>([
    [DROP, true],
    [`${DROP}ip6tables -P OUTPUT DROP`, false],
    [`for p in iptables ip6tables; do $p -P OUTPUT DROP; done`, false],
    [`${DROP}sysctl -w net.ipv6.conf.all.disable_ipv6=1`, false],
    ['ufw default deny outgoing', false],
    ["nft add chain inet f o '{ type filter hook output priority 0; policy drop; }'", false],
    ["nft add chain ip f o '{ type filter hook output priority 0; policy drop; }'", true],
  ])('IPv6 has a way of its own: %s', (script, open) => {
    expect(read(script).ipv6 !== null).toBe(open);
  });

  it.each<[script: string, checked: boolean]>([
    [DROP, false],
    [`set -euo pipefail\n${DROP}`, true],
    [`#!/bin/bash -e\n${DROP}`, true],
    [`${DROP}if curl -m 3 https://example.org; then exit 1; fi`, true],
    [`curl https://example.org\n${DROP}`, false],
  ])('an error is noticed: %s', (script, checked) => {
    expect(read(script).checked).toBe(checked);
  });

  it.each<[script: string, user: string | undefined]>([
    [`${DROP}exec gosu node "$@"`, 'node'],
    [`${DROP}exec setpriv --reuid=1000 --clear-groups claude`, '1000'],
    [`${DROP}su - dev -c claude`, 'dev'],
    [`${DROP}exec gosu root sh`, undefined],
    [`gosu node true\n${DROP}exec claude`, undefined],
  ])('goes on as: %s', (script, user) => {
    expect(read(script).dropsTo?.user).toBe(user);
  });
});

describe('hostile scripts', () => {
  it.each<[what: string, script: string]>([
    ['many rules', TO.repeat(20_000)],
    ['many braces', `nft '${'{'.repeat(50_000)}'`],
    ['a deep ruleset', `nft -f - <<'EOF'\n${'table inet f {\n'.repeat(5000)}\nEOF\n`],
    [
      'many loops',
      `${'while read a; do '.repeat(50)}iptables -A OUTPUT -d "$a" -j ACCEPT${'; done'.repeat(50)}\n${DROP}`,
    ],
    ['one long word', `iptables -A OUTPUT -d ${'1,'.repeat(50_000)} -j ACCEPT\n${DROP}`],
    [
      'options without values',
      'iptables -A\niptables -P\niptables -d -j\nipset add\nnft add\nufw\nufw allow out to',
    ],
  ])(
    '%s',
    (_, script) => {
      expect(['limited', 'open', 'unknown']).toContain(read(script).verdict);
    },
    30_000,
  );
});
