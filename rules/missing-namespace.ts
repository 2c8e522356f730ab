import type { Namespaces, Sharing } from '../src/model/privilege.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { surely, type Value } from '../src/model/value.ts';

type Name = 'pid' | 'ipc' | 'uts' | 'cgroup';

const MEANING: Readonly<Record<Name, { readonly title: string; readonly consequence: string }>> = {
  pid: {
    title: 'process',
    consequence: 'Code inside sees processes that are not its own, and can disturb them.',
  },
  ipc: {
    title: 'shared-memory',
    consequence: 'Code inside can read and change memory that programs of the same user share.',
  },
  uts: {
    title: 'host-name',
    consequence: 'Code inside learns the name of the host, and as root changes it.',
  },
  cgroup: {
    title: 'control-group',
    consequence: 'Code inside sees how the host groups and limits its services.',
  },
};

/** One wall of the sandbox is left out while the others stand. */
export default defineRule({
  id: 'missing-namespace',
  title: 'Namespace shared that could be its own',
  summary: 'Code inside sees or disturbs a part of the host that the rest of the sandbox keeps apart.',
  axis: 'host',
  severity: 'low',
  gives: [],
  hardening: true,
  references: {
    cis: ['5.21', '5.16'],
    owasp: ['6'],
    attack: ['T1611'],
    cwe: [668],
    links: ['https://man7.org/linux/man-pages/man7/namespaces.7.html'],
  },
  check(sandbox, report) {
    const { namespaces } = sandbox.privilege;
    if (namespaces === null || !keepsOthersApart(namespaces)) return;
    for (const name of ['pid', 'ipc', 'uts', 'cgroup'] as const) {
      const namespace = namespaces[name];
      if (!isNoted(sandbox, name, namespace) || !namespace.known) continue;
      const { title, consequence } = MEANING[name];
      const whose = namespace.value === 'other' ? 'another container' : 'the host';
      report({
        at: namespace.origin,
        evidence: `the ${title} namespace is shared with ${whose}`,
        consequence,
        remedy: remedyFor(sandbox, name),
        severity: 'low',
        assumes: namespace.assumes ?? [],
        subject: name,
      });
    }
  },
});

/** What `host-pid-namespace` and `host-ipc-namespace` report is left to them. */
function isNoted(sandbox: Sandbox, name: Name, namespace: Value<Sharing>): boolean {
  if (surely(namespace, (sharing) => sharing === 'other')) return true;
  if (name === 'pid' || (name === 'ipc' && sandbox.boundary === 'container')) return false;
  return surely(namespace, (sharing) => sharing === 'host');
}

function keepsOthersApart(namespaces: Namespaces): boolean {
  return Object.values(namespaces).some((namespace: Value<Sharing>) =>
    surely(namespace, (sharing) => sharing === 'own'),
  );
}

function remedyFor({ format, boundary }: Sandbox, name: Name): string {
  if (format === 'bwrap') return `Add \`--unshare-${name}\`.`;
  if (format === 'unshare') return `Add \`--${name}\`.`;
  return boundary === 'container' ? 'Remove the setting.' : 'Give it one of its own.';
}
