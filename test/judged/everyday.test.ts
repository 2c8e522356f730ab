// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of definitions hold variables
/** Whole projects as people have them: nothing that a sensible reader would dispute. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { audit } from '../../src/engine/audit.ts';
import { FRONTENDS } from '../../src/frontends/index.ts';
import type { Report } from '../../src/report/report.ts';
import { judge } from './judgement.ts';

const PROJECTS = fileURLToPath(new URL('../../fixtures/projects', import.meta.url));

function auditProject(name: string): Report {
  return audit({
    paths: ['.'],
    cwd: join(PROJECTS, name),
    tool: { name: 'sandbox-audit', version: '0.0.0' },
    frontends: FRONTENDS,
    rules: RULES,
  });
}

function severe({ findings }: Report): string[] {
  return findings
    .filter(({ severity }) => severity === 'critical' || severity === 'high')
    .map(({ rule, evidence }) => `${rule.id}: ${evidence}`);
}

function said({ findings }: Report, rule: string): string[] {
  return findings.filter((finding) => finding.rule.id === rule).map(({ severity }) => severity);
}

describe('a web project with a database and a cache', () => {
  const report = auditProject('web-project');

  it('has one sandbox and two services beside it', () => {
    expect(report.sandboxes.map(({ name, role }) => `${name} ${role.kind}`).sort()).toEqual([
      'app sandbox',
      'postgres service',
      'redis service',
    ]);
  });

  it('shows nothing high', () => {
    expect(severe(report)).toEqual([]);
  });

  it('shows what there is', () => {
    expect(said(report, 'open-egress')).toContain('medium');
    expect(said(report, 'published-port').sort()).toEqual(['low', 'medium']);
    expect(said(report, 'neighbour-reach')).toContain('info');
    expect(said(report, 'secret-in-config').every((severity) => severity === 'low')).toBe(true);
  });

  it('is read without a complaint', () => {
    expect(report.files.filter(({ status }) => status !== 'analysed')).toEqual([]);
  });
});

describe('an agent behind a firewall of its own', () => {
  const report = auditProject('agent-firewall');

  it('is one sandbox with all its files', () => {
    expect(report.sandboxes.map(({ role, files }) => [role.kind, [...files].sort()])).toEqual([
      [
        'sandbox',
        ['.devcontainer/Dockerfile', '.devcontainer/devcontainer.json', '.devcontainer/init-firewall.sh'],
      ],
    ]);
  });

  it('shows nothing high', () => {
    expect(severe(report)).toEqual([]);
  });

  it('takes the capability for what it is there for', () => {
    expect(said(report, 'dangerous-capability').filter((severity) => severity !== 'low')).toEqual([]);
  });

  it('knows that sudo for one script is no root', () => {
    for (const rule of ['root-user', 'removable-firewall', 'open-egress'])
      expect(said(report, rule)).toEqual([]);
  });

  it('counts its volumes as its own', () => {
    expect(said(report, 'shared-state')).toEqual([]);
  });
});

const FIREWALL = [
  '#!/bin/bash',
  'iptables -F OUTPUT',
  'iptables -A OUTPUT -d 192.0.2.1 -j ACCEPT',
  'iptables -P OUTPUT DROP',
].join('\n');

judge('a firewall that its own user can flush', [
  {
    what: 'the image lets its user become root',
    format: 'devcontainer',
    text: JSON.stringify({
      image: 'mcr.microsoft.com/devcontainers/javascript-node:22',
      remoteUser: 'node',
      runArgs: ['--cap-add=NET_ADMIN'],
      postStartCommand: 'sudo bash .devcontainer/firewall.sh',
    }),
    files: { '.devcontainer/firewall.sh': FIREWALL },
    fires: [['removable-firewall', 'high', '"sudo bash .devcontainer/firewall.sh"']],
  },
  {
    what: 'it runs as root',
    format: 'devcontainer',
    text: JSON.stringify({
      image: 'node:22',
      capAdd: ['NET_ADMIN'],
      postStartCommand: 'bash .devcontainer/firewall.sh',
    }),
    files: { '.devcontainer/firewall.sh': FIREWALL },
    fires: [['removable-firewall', 'high', '"bash .devcontainer/firewall.sh"']],
  },
]);
