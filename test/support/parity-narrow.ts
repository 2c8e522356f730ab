/**
 * What a Seatbelt profile and a bwrap command line can be compared with a container by: files, the way out,
 * variables, and the rules that are broken. Root, capabilities, ceilings and severities are left out, because
 * neither of them makes a container.
 */
import { displayPath } from '../../src/model/host-path.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import { rulesIn, type TextAudit } from './audit-text.ts';
import { auditCase, CASES, environmentAnswers, fileAnswers, formatsOf, sole } from './parity-case.ts';

/** Formats of namespaces and policies. */
export const NARROW: readonly string[] = ['seatbelt', 'bwrap'];

interface Difference {
  /** The formats that answer otherwise than a container. */
  readonly formats: readonly string[];
  /** Rules, or questions as `read /etc/shadow`; a path alone stands for every mode. */
  readonly of: readonly string[];
  /** The cases in which it may; all where left out. */
  readonly cases?: readonly string[];
  readonly why: string;
}

const RULES: readonly Difference[] = [
  {
    formats: NARROW,
    of: ['default-capabilities', 'root-user', 'writable-root-filesystem', 'long-lived-container'],
    why: "a container's defaults: its root, the capabilities of that, its layer, and that it stays when it ends",
  },
  {
    formats: NARROW,
    of: ['privilege-escalation'],
    why: 'bwrap always sets no_new_privs (bwrap(1)), and under a profile setuid programs do not start',
  },
  {
    formats: ['seatbelt'],
    of: ['agent-socket'],
    cases: ['ssh-keys-read-only', 'ssh-keys-without-network'],
    why: 'connecting has a line of its own there, which is about the sockets and not about the keys beside them',
  },
  {
    formats: ['seatbelt'],
    of: ['credential-mount'],
    cases: ['temporary-directory'],
    why: "Kerberos tickets lie in Linux's /tmp, and elsewhere on macOS",
  },
  {
    formats: ['bwrap'],
    of: ['host-pid-namespace'],
    cases: ['disk-read-only'],
    why: "the rule asks namespaces alone whether a mount brings the host's /proc along",
  },
];

const QUESTIONS: readonly Difference[] = [
  {
    formats: ['seatbelt'],
    of: [
      '/etc/shadow',
      '/run/podman/podman.sock',
      '/run/user/1000/bus',
      '/tmp/.X11-unix/X0',
      '/var/lib/docker',
    ],
    why: 'macOS has none of them, or not by this name',
  },
  {
    formats: ['seatbelt'],
    of: ['read /usr/bin/sh'],
    why: "a profile gives no file system, so that the host's own programs have to be readable",
  },
  {
    formats: ['seatbelt'],
    of: ['write /etc/cron.d/job', 'write /usr/bin/sh'],
    why: 'they are for root to write, whom nobody becomes under a profile; of a mount nobody knows who comes',
  },
];

/** A container's open network is its own; what a profile or bwrap opens is always the host's. */
const WAY_OUT = 'way out';
const SAME: ReadonlyMap<string, string> = new Map([
  ['open-egress', WAY_OUT],
  ['host-network', WAY_OUT],
  ['host-loopback', WAY_OUT],
  ['cloud-metadata', WAY_OUT],
]);

function isExcused(table: readonly Difference[], thing: string, name: string, format: string): boolean {
  const path = thing.slice(thing.indexOf(' ') + 1);
  return table.some(
    ({ formats, of, cases = [name] }) =>
      formats.includes(format) && cases.includes(name) && (of.includes(thing) || of.includes(path)),
  );
}

/** What both formats have to answer alike in the case of that name. */
export function narrowAnswers(
  sandbox: Sandbox,
  name: string,
  format: string,
): Readonly<Record<string, unknown>> {
  const { egress } = sandbox.network;
  const kind = egress.known ? egress.value.kind : 'unknown';
  return {
    role: sandbox.role.kind,
    files: fileAnswers(sandbox, (question) => !isExcused(QUESTIONS, question, name, format)),
    defeated: sandbox.files.defeated.map(
      ({ path, through }) => `${displayPath(path)} ${displayPath(through)}`,
    ),
    egress: kind === 'host' ? 'open' : kind,
    metadata: sandbox.network.metadata.verdict,
    environment: environmentAnswers(sandbox).sort(),
  };
}

/** The rules that both formats have to break in the case of that name, those of the network under one name. */
export function narrowRules(audit: TextAudit, name: string, format: string): string[] {
  const kept = rulesIn(audit).filter((rule) => !isExcused(RULES, rule, name, format));
  return [...new Set(kept.map((rule) => SAME.get(rule) ?? rule))].sort();
}

/** Rules and questions of the tables of which no case shows a difference, as `format thing`. */
export function unusedDifferences(reference: string): string[] {
  const seen = new Set<string>();
  for (const name of CASES) {
    const theirs = auditCase(name, reference);
    for (const format of formatsOf(name).filter((one) => NARROW.includes(one))) {
      const ours = auditCase(name, format);
      for (const thing of [
        ...unlike(rulesIn(ours), rulesIn(theirs)),
        ...unlike(fileAnswers(sole(ours)), fileAnswers(sole(theirs))).flatMap(questionsOf),
      ])
        seen.add(`${format} ${thing}`);
    }
  }
  const allowed = [...RULES, ...QUESTIONS].flatMap(({ formats, of }) =>
    formats.flatMap((format) => of.map((thing) => `${format} ${thing}`)),
  );
  return allowed.filter((thing) => !seen.has(thing));
}

function unlike(ours: readonly string[], theirs: readonly string[]): string[] {
  return [...ours.filter((one) => !theirs.includes(one)), ...theirs.filter((one) => !ours.includes(one))];
}

/** `read /etc/shadow: no` as the question, and as the path that it is about. */
function questionsOf(answer: string): string[] {
  const question = answer.slice(0, answer.lastIndexOf(':'));
  return [question, question.slice(question.indexOf(' ') + 1)];
}
