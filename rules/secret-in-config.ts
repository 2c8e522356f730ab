import { judgeLiteral, type LiteralVerdict, looksLikeToken } from '../src/knowledge/secrets.ts';
import type { Variable } from '../src/model/environment.ts';
import { defineRule, type Match } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { secretWorth } from '../src/model/secret.ts';

/** A secret's value stands in the definition. */
export default defineRule({
  id: 'secret-in-config',
  title: 'Secret written into the definition',
  summary: 'Code inside, and everyone who can read the repository, has the secret.',
  axis: 'credentials',
  severity: 'high',
  gives: ['credential', 'model-key', 'password'],
  references: { owasp: ['12'], attack: ['T1552.001', 'T1552'], cwe: [798, 526] },
  check(sandbox, report) {
    for (const variable of sandbox.environment.variables) {
      const verdict = judged(variable);
      if (verdict === 'placeholder') report(knownValue(variable));
      if (verdict === 'secret') report(realValue(variable, sandbox));
    }
  },
});

function judged({ name, from, value }: Variable): LiteralVerdict {
  if (from === 'file' || !value.known) return null;
  // Of a default, as in `${NAME:-default}`, only the shape of a token tells that it is no stand-in.
  if (from === 'host') return looksLikeToken(value.value) ? 'secret' : null;
  return judgeLiteral(name, value.value);
}

function knownValue({ name, origin }: Variable): Match {
  return {
    at: origin,
    evidence: `\`${name}\` has a value that everybody knows`,
    consequence: 'Whoever reaches what it protects, from this sandbox or another one, gets in.',
    remedy: 'Let it stand if nothing of value is behind it, else take it from outside the repository.',
    gains: [{ outcome: 'password', certainty: 'direct' }],
    severity: 'low',
    subject: name,
  };
}

function realValue({ name, value, phase, origin }: Variable, sandbox: Sandbox): Match {
  const worth = secretWorth(name, sandbox);
  const outcome = sandbox.role.kind === 'service' ? 'password' : worth.outcome;
  return {
    at: origin,
    evidence: `the value of \`${name}\` stands here${phase === 'run' ? '' : ', and stays in the layers of the image'}`,
    consequence:
      sandbox.role.kind === 'service'
        ? 'Whoever reads this file or its history gets into what it protects.'
        : `Code inside can ${worth.lets}, and so can everyone who ever reads this file or its history.`,
    remedy: 'Replace the secret at its issuer, and hand the new one in from outside the repository.',
    gains: [{ outcome, certainty: 'direct' }],
    severity: outcome === 'password' ? 'low' : 'high',
    assumes: value.known ? (value.assumes ?? []) : [],
    subject: name,
  };
}
