/** Command lines of one format through its front end and the rules, for tables of what they give. */
import { sliceOf } from '../../../src/source/source.ts';
import { auditText, rulesIn, type TextAudit } from '../../support/audit-text.ts';

export function auditLine(
  format: string,
  text: string,
  files: Readonly<Record<string, string>> = {},
): TextAudit {
  return auditText(format, text, new Map(Object.entries(files)), 'run.sh');
}

export function names(format: string, text: string): string[] {
  return auditLine(format, text).result.sandboxes.map(({ name }) => name);
}

/** `severity rule: source text`, of every finding of the rule. */
export function findingsOf(audit: TextAudit, rule: string): string[] {
  return audit.findings
    .filter((finding) => finding.rule.id === rule)
    .map(({ severity, at }) => `${severity}: ${sliceOf(at)}`);
}

/** Those of the rules that fire. */
export function firing(audit: TextAudit, rules: readonly string[]): string[] {
  const all = new Set(rulesIn(audit));
  return rules.filter((rule) => all.has(rule));
}
