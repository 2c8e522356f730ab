import {
  isSecretAddress,
  isSecretName,
  judgeLiteral,
  MODEL_KEYS,
  secretClass,
} from '../src/knowledge/secrets.ts';
import type { Variable } from '../src/model/environment.ts';
import { defineRule } from '../src/model/rule.ts';
import { secretWorth } from '../src/model/secret.ts';

/** A secret of the host's environment is handed in. */
export default defineRule({
  id: 'host-secret-passthrough',
  title: 'Secret of the host handed in',
  summary: 'Code inside reads a secret out of its own environment.',
  axis: 'credentials',
  severity: 'high',
  gives: ['credential', 'model-key', 'password'],
  references: { owasp: ['12'], attack: ['T1552'], cwe: [526] },
  check(sandbox, report) {
    for (const variable of sandbox.environment.variables) {
      const secret = secretOf(variable);
      if (secret === null) continue;
      // What the variable is called inside tells better what the secret is for.
      const isClear = isSecret(variable.name) && secretClass(variable.name) !== 'other';
      const worth = secretWorth(isClear ? variable.name : secret, sandbox);
      const everybodys = hasKnownDefault(variable);
      const minor = worth.expected || everybodys || sandbox.role.kind === 'service';
      report({
        at: variable.origin,
        evidence: evidenceOf(variable, secret),
        consequence:
          variable.phase === 'run'
            ? `Code inside can ${worth.lets}: every process in there sees the variable.`
            : `Code that runs in the build can ${worth.lets}, and the value can stay in the image.`,
        remedy: worth.expected
          ? 'Keep it if the task needs it, with a spending limit or the narrowest rights that it can have.'
          : 'Remove it, or hand in a token that opens only what this task needs and soon expires.',
        gains: [{ outcome: everybodys ? 'password' : worth.outcome, certainty: 'direct' }],
        ...(minor ? { severity: 'low' as const } : {}),
        assumes: variable.value.known ? (variable.value.assumes ?? []) : [],
        subject: secret,
      });
    }
  },
});

function evidenceOf({ name, hostNames, commands = [] }: Variable, secret: string): string {
  if (hostNames.includes(secret)) {
    return secret === name
      ? `\`${secret}\` of the host's environment is handed in`
      : `\`${name}\` is made of \`${secret}\` of the host's environment`;
  }
  return `\`${name}\` holds what \`${commands[0] ?? ''}\` prints on the host`;
}

/** The name of a secret that flows in, the host's own if that tells. */
function secretOf({ name, from, hostNames, commands = [] }: Variable): string | null {
  if (from !== 'host') return null;
  const named = hostNames.find((host) => isSecret(host) || isSecretPattern(host));
  if (named !== undefined) return named;
  if (!isSecret(name)) return null;
  return hostNames.length === 1 ? (hostNames[0] ?? null) : commands.length > 0 ? name : null;
}

/** `${DB_PASSWORD:-postgres}`: who writes such a default keeps nothing of value behind it. */
function hasKnownDefault({ name, value }: Variable): boolean {
  return value.known && judgeLiteral(name, value.value) === 'placeholder';
}

function isSecret(name: string): boolean {
  return isSecretName(name) || isSecretAddress(name);
}

/** podman's `AWS_*` passes whatever begins so: a token of that family is among them, if the family has tokens. */
function isSecretPattern(name: string): boolean {
  if (!name.endsWith('*')) return false;
  const start = name.slice(0, -1);
  const family = start.replace(/_$/, '');
  if (family === '' || isSecret(family) || MODEL_KEYS.some((key) => key.name.startsWith(start))) return true;
  return secretClass(`${family}_TOKEN`) !== 'other';
}
