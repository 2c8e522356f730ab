/** The list of rules. */
import type { RuleHead } from '../model/rule.ts';
import { safeJson } from './printable.ts';
import { ruleUrl } from './project-links.ts';

export function renderRules(rules: readonly RuleHead[]): string {
  const ids = Math.max(0, ...rules.map(({ id }) => id.length));
  const lines = rules.map(
    ({ id, severity, axis, title }) =>
      `${id.padEnd(ids)}  ${severity.padEnd(8)}  ${(axis ?? '-').padEnd(11)}  ${title}`,
  );
  return `${lines.join('\n')}\n`;
}

export function renderRulesJson(rules: readonly RuleHead[]): string {
  return safeJson(
    rules.map(({ id, title, summary, axis, severity, gives, hardening, formats, references }) => ({
      id,
      title,
      summary,
      axis,
      severity,
      gives,
      hardening: hardening === true,
      formats: formats ?? null,
      references,
      helpUri: ruleUrl(id),
    })),
  );
}
