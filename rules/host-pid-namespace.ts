import { rootForKernel } from '../src/model/authority.ts';
import { canAdminister } from '../src/model/capability-reach.ts';
import { hostPath } from '../src/model/host-path.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule, type Match } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { type Origin, surely } from '../src/model/value.ts';

/** Every process of the host is listed inside, with its command line, and can be sent signals. */
export default defineRule({
  id: 'host-pid-namespace',
  title: 'Processes of the host visible inside',
  summary:
    'Code inside sees the command lines of the processes of the host, and can stop or inspect its own user’s.',
  axis: 'host',
  severity: 'high',
  gives: ['host-processes', 'host-root'],
  references: {
    cis: ['5.16'],
    owasp: ['5'],
    attack: ['T1055.008', 'T1057', 'T1611'],
    cwe: [668],
    links: ['https://man7.org/linux/man-pages/man7/pid_namespaces.7.html'],
  },
  check(sandbox, report) {
    const { namespaces } = sandbox.privilege;
    if (namespaces !== null && surely(namespaces.pid, (sharing) => sharing === 'host')) {
      const { origin, assumes } = namespaces.pid;
      report({
        ...meaning(sandbox, origin),
        at: origin,
        evidence:
          origin.kind === 'default'
            ? 'nothing gives the sandbox a process namespace of its own'
            : "the sandbox shares the host's process namespace",
        ...(assumes === undefined ? {} : { assumes }),
        ...(origin.kind === 'default' ? { setting: 'own-processes' } : {}),
        subject: 'namespace',
      });
      return;
    }
    if (sandbox.boundary !== 'namespaces') return;
    const view = sandbox.files.can('read', hostPath('/proc', ''));
    if (view.verdict !== 'yes' || view.grant === null) return;
    report({
      at: view.grant.origin,
      evidence: `\`${view.grant.text}\` brings the host's /proc along`,
      consequence: `Code inside reads the command lines of all processes of the host, and secrets that stand in them.${throughProcesses(sandbox)}`,
      remedy:
        'Give it a process namespace and a /proc of its own: `--unshare-pid` and `--proc /proc` of bwrap, or `--pid --fork --mount-proc` of unshare with `--map-current-user`, as root of a namespace takes the mount off again.',
      gains: [{ outcome: 'host-processes', certainty: 'direct' }],
      setting: 'own-processes',
      subject: 'proc',
    });
  },
});

const OWN_NAMESPACE = 'Add `--unshare-pid`, and behind all mounts `--proc /proc`.';

function meaning(sandbox: Sandbox, origin: Origin): Pick<Match, 'consequence' | 'remedy' | 'gains'> {
  // Of another user's processes only the command lines are there to be read (proc(5)).
  if (sandbox.boundary === 'user') {
    return {
      consequence:
        'Code inside reads the command lines of all processes of the host, and secrets that stand in them.',
      remedy: 'Give it a process namespace of its own, or mount /proc with `hidepid=2` on the host.',
      gains: [{ outcome: 'host-processes', certainty: 'assumed' }],
    };
  }
  const gains: Gain[] = [{ outcome: 'host-processes', certainty: 'direct' }];
  const change =
    origin.kind === 'default'
      ? 'Give it a process namespace of its own'
      : 'Remove the shared process namespace';
  if (!canTrace(sandbox)) {
    return {
      consequence: `Code inside reads the command lines of all processes of the host, and stops those of the same user.${throughProcesses(sandbox)}`,
      remedy: sandbox.format === 'bwrap' ? OWN_NAMESPACE : `${change}.`,
      gains,
    };
  }
  return {
    consequence: 'Code inside can enter a process that runs as root on the host, and be root there.',
    remedy: `${change}, and drop the capabilities that reach others.`,
    gains: [{ outcome: 'host-root', certainty: 'direct' }, ...gains],
  };
}

/**
 * Environment and root directory of another process are open to its own user, unless the asker is in a user
 * namespace of its own (ptrace(2), access mode checking; proc(5), /proc/pid/root).
 */
function throughProcesses({ privilege }: Sandbox): string {
  const user = privilege.namespaces?.user;
  const isOwn = user !== undefined && surely(user, (sharing) => sharing !== 'host');
  if (!isOwn) return ' It also reads their environment, and by `/proc/PID/root` their files.';
  if (user.assumes === undefined) return '';
  return ` As long as ${user.assumes.join(' and ')}, their environment and the files behind \`/proc/PID/root\` stay closed; otherwise those of the same user are open, past every mount.`;
}

/** ptrace(2) of another user's process asks for CAP_SYS_PTRACE, entering its namespaces for CAP_SYS_ADMIN. */
function canTrace(sandbox: Sandbox): boolean {
  const { privilege } = sandbox;
  if (rootForKernel(sandbox).verdict === 'no') return false;
  return canAdminister(privilege) || (privilege.capabilities?.usable.has('SYS_PTRACE') ?? false);
}
