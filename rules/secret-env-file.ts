import { judgeLiteral } from '../src/knowledge/secrets.ts';
import type { EnvironmentFile } from '../src/model/environment.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { secretWorth } from '../src/model/secret.ts';

/** An env file carries secrets in. */
export default defineRule({
  id: 'secret-env-file',
  title: 'Env file with secrets',
  summary: 'Code inside reads what the env file holds out of its own environment.',
  axis: 'credentials',
  severity: 'medium',
  gives: ['credential', 'model-key', 'password'],
  references: { owasp: ['12'], attack: ['T1552.001'], cwe: [526, 522] },
  check(sandbox, report) {
    for (const file of sandbox.environment.files) {
      const real = file.secrets.filter((name) => !isEverybodys(name, sandbox));
      if (file.names !== null && real.length === 0) continue;
      const gains = gainsOf(file, real, sandbox);
      const expected = file.names !== null && real.every((name) => secretWorth(name, sandbox).expected);
      const minor = expected || sandbox.role.kind === 'service';
      report({
        at: file.origin,
        evidence:
          file.names === null
            ? `\`${file.path}\` hands in variables, and could not be read (${file.why ?? 'for an unknown reason'})`
            : `\`${file.path}\` hands in ${listed(real)}`,
        consequence: 'Every process inside can read each variable of the file, secrets included.',
        remedy: 'Make an env file for this sandbox alone, with nothing in it that the task does not need.',
        gains,
        ...(minor ? { severity: 'low' as const } : {}),
        assumes: file.names === null ? [`it holds secrets, as such files do`] : [],
        subject: file.path,
      });
    }
  },
});

function gainsOf(file: EnvironmentFile, names: readonly string[], sandbox: Sandbox): Gain[] {
  if (file.names === null) return [{ outcome: 'credential:environment', certainty: 'assumed' }];
  const outcomes = new Set(names.map((name) => secretWorth(name, sandbox).outcome));
  return [...outcomes].map((outcome) => ({ outcome, certainty: 'direct' }));
}

/** A value that was read and is a development password is none to report. */
function isEverybodys(name: string, { environment }: Sandbox): boolean {
  return environment.variables.some(
    (variable) =>
      variable.name === name &&
      variable.from === 'file' &&
      variable.value.known &&
      judgeLiteral(name, variable.value.value) !== 'secret',
  );
}

const NAMED = 3;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(' and ');
}
