import { describe, expect, it } from 'vitest';
import type { FrontendResult } from '../../src/frontends/frontend.ts';
import { seatbeltFrontend } from '../../src/frontends/seatbelt/index.ts';
import type { Finding } from '../../src/report/report.ts';
import { positionAt } from '../../src/source/source.ts';
import { auditText } from '../support/audit-text.ts';
import { memoryProject } from '../support/memory-project.ts';

/** Notes that every profile gets, whatever it says. */
const ALWAYS = new Set(['unlimited-cpu', 'unlimited-disk', 'unlimited-memory', 'unlimited-processes']);

function findings(rules: string): Finding[] {
  return auditText('seatbelt', `(version 1)\n${rules}\n`).findings.filter(({ rule }) => !ALWAYS.has(rule.id));
}

/** What is left when notes and what another finding says already are folded away. */
function shown(rules: string): string[] {
  const found = findings(rules).filter(({ subsumed, severity }) => !subsumed && severity !== 'info');
  return [...new Set(found.map(({ rule }) => rule.id))].sort();
}

function audit(text: string, files: Readonly<Record<string, string>> = {}): FrontendResult {
  const project = memoryProject({ ...files, 'profile.sb': text });
  return seatbeltFrontend.audit(project.source('profile.sb'), project);
}

const OPEN = ['agent-socket', 'host-loopback', 'open-egress'];
const ALL_ALLOWED = [
  ...OPEN,
  'allow-by-default',
  'apple-services',
  'keychain-access',
  'writable-sandbox-config',
];
const sorted = (...ids: string[]): string[] => [...ids].sort();

describe('one profile, from text to findings', () => {
  it.each<readonly [string, string, readonly string[]]>([
    ['everything', '(allow default)', sorted(...ALL_ALLOWED)],
    ['nothing', '(deny default)', []],
    ['S3', '(deny default)(allow file-read*)', ['broad-host-read']],
    [
      'S7: a later denial takes one credential out of the disk',
      '(deny default)(allow file-read*)(deny file-read* (subpath "/Users/u/.ssh"))',
      ['broad-host-read'],
    ],
    [
      'S9: a later grant wins over the denial',
      '(deny default)(deny file-read* (subpath "/Users/u/.ssh"))(allow file-read* (subpath "/Users/u"))',
      ['readable-home'],
    ],
    ['S14: a dead grant is none', '(deny default)(allow file-write* (subpath "/var/folders"))', []],
    [
      'S13: a dead denial',
      '(allow default)(deny file-write* (subpath "/tmp"))',
      sorted(...ALL_ALLOWED, 'inert-setting'),
    ],
    [
      'S19: any host at one port',
      '(deny default)(allow network-outbound (remote tcp "*:443"))',
      ['open-egress'],
    ],
    [
      'S21: connections include sockets',
      '(deny default)(allow network-outbound)',
      sorted(...OPEN, 'engine-socket', 'session-socket'),
    ],
    [
      'S22: a denial of files that stops no connection',
      '(deny default)(allow network-outbound)(deny file* (literal "/private/var/run/docker.sock"))',
      sorted(...OPEN, 'engine-socket', 'inert-setting', 'session-socket'),
    ],
    [
      'S26: names can be looked up',
      '(deny default)(allow network-outbound (literal "/private/var/run/mDNSResponder"))',
      ['broad-allowlist'],
    ],
    [
      'S27: a proxy and nothing else',
      '(deny default)(allow network-outbound (remote ip "localhost:8877"))',
      ['host-loopback'],
    ],
    [
      'S33: what is written runs outside',
      '(deny default)(allow process-fork)(allow file-read* file-write* (subpath "/private/tmp"))' +
        '(allow process-exec (subpath "/private/tmp")(with no-sandbox))',
      ['sandbox-bypass'],
    ],
    [
      'a program that only prints may run outside',
      '(deny default)(allow process-exec (literal "/bin/ps") (with no-sandbox))',
      [],
    ],
    [
      'S37: `open` starts programs outside',
      '(deny default)(import "system.sb")(allow mach-lookup)(allow lsopen)',
      ['apple-services', 'broad-allowlist', 'keychain-access'],
    ],
    ['S39: a prefix', '(deny default)(allow file-read* (prefix "/Users/u/.s"))', ['credential-mount']],
    [
      'an expression for any home',
      String.raw`(deny default)(allow file-read* (regex #"^/Users/[^/]+/\.aws/"))`,
      ['credential-mount'],
    ],
    ['S42: what exists', '(deny default)(allow file-read-metadata)', []],
    ['system directories', '(deny default)(allow file-read* (subpath "/private") (subpath "/Library"))', []],
    ['root’s files', '(deny default)(allow file-write* (subpath "/private/etc") (subpath "/usr/lib"))', []],
    [
      'the home’s own name',
      '(deny default)(allow file-read* (literal "/Users/u") (subpath "/Users/u/w"))',
      [],
    ],
    ['all but the homes', '(deny default)(allow file-read*)(deny file-read* (subpath "/Users"))', []],
    ['process information comes along', '(deny default)(allow process*)', []],
    ['process information by name', '(deny default)(allow process-info*)', ['apple-services']],
  ])('%s', (_, rules, expected) => {
    expect(shown(rules)).toEqual(expected);
  });

  it('gives one finding for one line that opens the disk, with what lies on it', () => {
    const [first, ...others] = findings('(deny default)\n(allow file-read*)');
    expect(others).toEqual([]);
    expect(first).toMatchObject({ severity: 'medium', origin: 'explicit', rule: { id: 'broad-host-read' } });
    expect(first?.evidence).toContain('~/.ssh');
    expect(first && positionAt(first.at.source, first.at.span.start).line).toBe(3);
  });

  it('points at the part of a rule that opens something', () => {
    const [found] = findings(
      '(deny default)\n(allow file-read*\n  (subpath "/usr")\n  (subpath "/Users/u/.ssh"))',
    );
    expect(found?.evidence).toContain('(allow file-read* (subpath "/Users/u/.ssh"))');
    expect(found && positionAt(found.at.source, found.at.span.start)).toEqual({ line: 5, column: 3 });
  });

  it('names what an assumed parameter holds, and is less sure for it', () => {
    const rules = '(deny default)(allow file-write* (subpath (string-append (param "HOME") "/.zshrc")))';
    expect(findings(rules)).toMatchObject([
      { rule: { id: 'writable-home' }, confidence: 'medium', assumes: ['HOME is the home directory'] },
    ]);
  });
});

describe('what is not known', () => {
  it('is an open question, not a finding', () => {
    const found = findings('(deny default)(if (param "NET") (allow network*))');
    expect(found.map(({ rule }) => rule.id)).toEqual(['unresolved-value']);
    expect(found[0]?.evidence).toContain('NET');
  });

  it('does not make a grant disappear behind a denial that only the launcher knows', () => {
    const found = findings('(deny default)(allow file-read*)(deny file-read* (subpath (param "SECRETS")))');
    expect(found).toMatchObject([
      { rule: { id: 'broad-host-read' }, assumes: ['no rule that cannot be read forbids it'] },
    ]);
  });

  it('is not said of a placeholder whose name says what it holds', () => {
    const text =
      '(define H "__HOME_DIR__")(deny default)(allow file-read* (subpath (string-append H "/.ssh")))';
    expect(findings(text).map(({ rule }) => rule.id)).toEqual(['credential-mount']);
    const other = '(deny default)(allow file-read* (subpath "__EXTRA__"))';
    expect(findings(other).map(({ rule }) => rule.id)).toEqual(['unresolved-value']);
  });
});

describe('profiles that are none', () => {
  it.each([
    ['S18', '(deny default)(allow network-outbound (remote ip "api.github.com:443"))'],
    ['S46', '(allow default)(setenv "A" "1")'],
  ])('%s: macOS refuses it, so that no sandbox is invented', (_, rules) => {
    const { sandboxes, diagnostics, ours } = audit(`(version 1)${rules}`);
    expect({ sandboxes, ours }).toEqual({ sandboxes: [], ours: true });
    expect(diagnostics).toMatchObject([{ severity: 'error', place: { source: { path: 'profile.sb' } } }]);
    expect(diagnostics[0]?.message).toContain('macOS refuses this profile');
  });

  it('a part of a profile is read as such, without an error', () => {
    const { sandboxes, diagnostics } = audit(
      '(allow network*)\n(allow file-read* (subpath "/Users/u/.ssh"))',
    );
    expect(diagnostics).toMatchObject([{ severity: 'note' }]);
    expect(sandboxes).toMatchObject([
      { name: 'profile', unresolved: [{ kind: 'ambient', mayHide: 'any-setting' }] },
    ]);
  });

  it('a file without a rule has no sandbox', () => {
    expect(audit('; nothing yet\n(define x 1)')).toMatchObject({ sandboxes: [], ours: true });
    expect(audit('')).toMatchObject({ sandboxes: [], ours: true });
  });

  it('text that ends too early is an error, and what stands before it still counts', () => {
    const { sandboxes, diagnostics } = audit('(version 1)(allow default)(deny file-read* (subpath "/x"');
    expect(sandboxes).toHaveLength(1);
    expect(diagnostics.map(({ severity }) => severity)).toContain('error');
  });
});

describe('imports', () => {
  const rules = '(version 1)(deny default)(import "parts/net.sb")';

  it('are read from the project, and stand for the file itself', () => {
    const result = audit(rules, { 'parts/net.sb': '(allow network-outbound (remote ip))' });
    expect(result).toMatchObject({ absorbs: ['parts/net.sb#net'], consulted: ['parts/net.sb'] });
    const [sandbox] = result.sandboxes;
    expect(sandbox?.definition.map(({ path }) => path)).toEqual(['profile.sb', 'parts/net.sb']);
    expect(sandbox?.network.egress).toMatchObject({
      known: true,
      value: { kind: 'open' },
      origin: { place: { source: { path: 'parts/net.sb' } } },
    });
  });

  it.each(['../outside.sb', '/etc/other.sb', 'missing.sb'])('%s is an open question', (name) => {
    const project = memoryProject({ 'profile.sb': `(version 1)(deny default)(import "${name}")` });
    const { sandboxes, diagnostics } = seatbeltFrontend.audit(project.source('profile.sb'), project);
    expect(sandboxes[0]?.unresolved).toMatchObject([{ kind: 'text', mayHide: 'any-setting' }]);
    expect(diagnostics).toEqual([]);
    if (name.startsWith('/')) expect(project.asked).toEqual([]);
  });

  it('of macOS itself are known, and their rules stand at the import', () => {
    const [sandbox] = audit('(version 1)(deny default)\n(import "system.sb")').sandboxes;
    expect(sandbox?.unresolved).toEqual([]);
    const [grant] = sandbox?.files.grants ?? [];
    expect(grant?.origin.kind).toBe('implied');
    expect(grant && positionAt(grant.origin.place.source, grant.origin.place.span.start).line).toBe(2);
  });
});

describe('a template', () => {
  it('met alone is a profile whose placeholders are not known', () => {
    const rules =
      '(version 1)\n(deny default)\n(allow file-read*)\n@MORE@\n(allow file-write* (subpath "@DIR@"))\n';
    const { result, findings } = auditText('seatbelt', rules, new Map(), 'etc/agent.sb.in');
    const [sandbox] = result.sandboxes;
    expect(sandbox?.id).toBe('etc/agent.sb.in#agent');
    expect(sandbox?.unresolved.map(({ names }) => names)).toEqual([['@MORE@'], ['DIR']]);
    expect(findings.map(({ rule }) => rule.id)).toContain('broad-host-read');
    expect(sandbox?.files.can('write', { root: 'home', path: '.zshrc' }).verdict).toBe('unknown');
  });
});

describe('claims and recognises', () => {
  it.each([
    ['profile.sb', 'yes'],
    ['a/b/Agent.SB', 'yes'],
    ['policy.sbpl', 'yes'],
    ['agent.sb.in', 'yes'],
    ['etc/agent-profile.sb.template', 'yes'],
    ['agent.sb.tmpl', 'yes'],
    ['agent.sb.bak.sh', 'no'],
    ['sandbox-agent.profile', 'maybe'],
    ['profile.sbt', 'no'],
    ['run.sh', 'no'],
  ])('%s: %s', (path, claim) => {
    expect(seatbeltFrontend.claims(path)).toBe(claim);
  });

  it.each([
    ['; comment\n(version 1)\n(deny default)', true],
    ['(version 1) ; x\n  (allow file-read*)', true],
    ['#!/bin/sh\ncat <<E\n(version 1)\n(deny default)\nE', false],
    ['(define (f) 1)', false],
    ['(version 1)', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(seatbeltFrontend.recognises(text)).toBe(expected);
  });
});
