/** The pages of the rules are their tests: each bad example is found, each good one passes. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../rules/index.ts';
import { auditText } from './support/audit-text.ts';
import { examplesOf, pageNames, pageOf } from './support/pages.ts';

const HEADINGS = [
  '## What it flags',
  '## What hostile code gains',
  '## How to fix',
  '## When it is acceptable',
  '## Examples',
];

/** Rules that speak about one format's own words. */
const formatsOf = (id: string): readonly string[] | undefined =>
  RULES.find((rule) => rule.id === id)?.formats;

describe('every rule', () => {
  it('has a page, and every page a rule', () => {
    expect(pageNames()).toEqual(RULES.map((rule) => rule.id).sort());
  });

  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s is complete', (id, rule) => {
    const page = pageOf(id);
    const positions = HEADINGS.map((heading) => page.indexOf(`\n${heading}\n`));
    expect(
      positions.every((at) => at > 0),
      `headings of rules/${id}.md`,
    ).toBe(true);
    expect([...positions].sort((a, b) => a - b)).toEqual(positions);
    expect(page.startsWith(`# ${id}\n`)).toBe(true);
    const examples = examplesOf(id);
    expect(examples.filter((example) => example.expectation === 'bad').length).toBeGreaterThan(0);
    expect(examples.filter((example) => example.expectation === 'good').length).toBeGreaterThan(0);
    const formats = new Set(examples.map((example) => example.format));
    expect(formats.size).toBeGreaterThanOrEqual(Math.min(2, formatsOf(id)?.length ?? 2));
    const references = rule.references;
    expect(
      [references.attack, references.cwe, references.cis, references.owasp, references.links].flat(),
    ).not.toHaveLength(0);
  });
});

const CONTAINERS = ['devcontainer', 'compose', 'docker-run'];
const OTHERS = ['bwrap', 'seatbelt'];

/** By format, the rules whose pattern, or whose cure, it has no words for. */
const UNSAID: Readonly<Record<string, { readonly why: string; readonly rules: readonly string[] }>> = {
  devcontainer: {
    why: 'it inherits no environment, and an editor attaches to all of them',
    rules: ['inherited-environment', 'editor-bridge'],
  },
  compose: {
    why: 'it inherits no environment, keeps every container, ignores nothing, and no editor attaches to it',
    rules: ['inherited-environment', 'long-lived-container', 'inert-setting', 'editor-bridge'],
  },
  'docker-run': {
    why: 'it has no hooks, no rules for packets and no settings that something else voids',
    rules: ['host-command', 'broad-allowlist', 'removable-firewall', 'inert-setting', 'editor-bridge'],
  },
  bwrap: {
    why: 'it is no container: its network is the host’s or none, its user the caller, its files are gone with it',
    rules: [
      ...['broad-allowlist', 'removable-firewall', 'open-egress', 'host-loopback', 'neighbour-reach'],
      ...['default-capabilities', 'privileged-container', 'privilege-escalation', 'root-user'],
      ...['unconfined-lsm', 'unconfined-seccomp', 'host-user-namespace', 'host-ipc-namespace'],
      ...['long-lived-container', 'writable-root-filesystem', 'unlimited-disk', 'mount-propagation'],
      ...['host-command', 'privileged-build', 'unpinned-image', 'published-port', 'secret-env-file'],
      'editor-bridge',
    ],
  },
  seatbelt: {
    why: 'a policy over an ordinary process has no namespaces, devices, limits, environment or image of its own',
    rules: [
      ...['host-network', 'cloud-metadata', 'removable-firewall', 'neighbour-reach', 'published-port'],
      ...['dangerous-capability', 'default-capabilities', 'privileged-container', 'privilege-escalation'],
      ...['unconfined-lsm', 'unconfined-seccomp', 'host-user-namespace', 'host-ipc-namespace'],
      ...['host-pid-namespace', 'missing-namespace', 'mount-propagation', 'host-device', 'root-user'],
      ...['unlimited-cpu', 'unlimited-disk', 'unlimited-memory', 'unlimited-processes'],
      ...['long-lived-container', 'writable-root-filesystem', 'host-command', 'privileged-build'],
      ...['unpinned-image', 'secret-env-file', 'secret-in-config', 'host-secret-passthrough'],
      ...['unenforced-proxy', 'editor-bridge'],
    ],
  },
};

describe.each([...CONTAINERS, ...OTHERS])('%s', (format) => {
  const able = RULES.filter(({ formats }) => formats === undefined || formats.some((one) => one === format));
  const isShown = (rule: string): boolean => {
    const own = examplesOf(rule).filter((example) => example.format === format);
    return ['bad', 'good'].every((expectation) => own.some((example) => example.expectation === expectation));
  };

  it('shows every rule that it can break, broken and kept', () => {
    const missing = able.map(({ id }) => id).filter((id) => !isShown(id));
    expect(missing.sort()).toEqual([...(UNSAID[format]?.rules ?? [])].sort());
  });
});

describe.each(pageNames())('%s', (rule) => {
  it.each(
    examplesOf(rule).map(
      (example) => [`line ${example.line}: ${example.format} ${example.expectation}`, example] as const,
    ),
  )('%s', (_, example) => {
    const { findings, result } = auditText(example.format, example.text, example.files, example.path);
    expect(result.diagnostics.filter((diagnostic) => diagnostic.severity !== 'note')).toEqual([]);
    expect(result.sandboxes.length).toBeGreaterThan(0);
    const own = findings.filter((finding) => finding.rule.id === rule);
    if (example.expectation === 'bad') expect(own.length, 'findings of this rule').toBeGreaterThan(0);
    else expect(own.map((finding) => finding.evidence)).toEqual([]);
    if (example.expectation === 'unknown') {
      expect(findings.map((finding) => finding.rule.id)).toContain('unresolved-value');
    }
  });
});
