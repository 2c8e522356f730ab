/** Addresses of this project, in one place. */
export const REPOSITORY_URL = 'https://github.com/sandbox-audit/sandbox-audit';

/** The page of a rule. */
export function ruleUrl(id: string): string {
  return `${REPOSITORY_URL}/blob/main/rules/${id}.md`;
}
