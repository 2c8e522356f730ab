import { hiddenRow } from '../src/knowledge/hidden.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Unresolved } from '../src/model/sandbox.ts';
import { unknownsOf } from '../src/model/unknowns.ts';

/** What could not be known, so that nobody takes silence for safety: one finding a sandbox. */
export default defineRule({
  id: 'unresolved-value',
  title: 'Values that could not be known',
  summary: 'What the definition leaves open may hide anything that the other rules report.',
  axis: null,
  severity: 'info',
  gives: [],
  references: {
    cwe: [1188],
    links: ['https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/'],
  },
  check(sandbox, report) {
    const unknowns = unknownsOf(sandbox);
    const open = unknowns.filter(({ kind }) => kind === 'text');
    const [first] = open.length > 0 ? open : unknowns;
    if (first === undefined) return;
    const others = unknowns.filter((one) => one !== first);
    const hidden = [...new Set(unknowns.map(({ mayHide }) => hiddenRow(mayHide).text))];
    report({
      at: first.origin,
      related: others.map(({ origin }) => origin),
      evidence: `not known: ${named(first)} (${first.why})${others.length > 0 ? `, and ${listed(others.map(named))}` : ''}`,
      consequence: `That may hide ${listed(hidden)}.`,
      remedy: 'Write the value down where it can be read, or give it a default, and audit again.',
      severity: 'info',
      subject: 'unknown',
    });
  },
});

function named({ what, names }: Unresolved): string {
  const variables = names.filter((name) => what.includes(`$${name}`) || what.includes(`\${${name}}`));
  if (variables.length > 0) return variables.map((name) => `\`$${name}\``).join(', ');
  return what.startsWith('the ') ? what : `\`${what}\``;
}

const SHOWN = 5;

function listed(parts: readonly string[]): string {
  const all = [...new Set(parts)];
  const rest = all.length - SHOWN;
  return rest > 0 ? `${all.slice(0, SHOWN).join(', ')} and ${rest} more` : all.join(', ');
}
