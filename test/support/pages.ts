/** The pages of the rules, and the examples in them. */
import { readdirSync, readFileSync } from 'node:fs';

export type Expectation = 'bad' | 'good' | 'unknown';

export interface Example {
  readonly rule: string;
  readonly format: string;
  readonly expectation: Expectation;
  readonly text: string;
  /** Line of the page on which the example begins. */
  readonly line: number;
  /** Files that stand beside it, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Its name, where that is not the format's usual one: a profile in a script that starts it. */
  readonly path?: string;
}

const RULES = new URL('../../rules/', import.meta.url);

export function pageNames(): string[] {
  return readdirSync(RULES)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => name.slice(0, -3))
    .sort();
}

export function pageOf(rule: string): string {
  return readFileSync(new URL(`${rule}.md`, RULES), 'utf8');
}

/**
 * A fence is labelled "language format expectation", or "language with path" for a file that stands beside
 * the example that follows it.
 */
export function examplesOf(rule: string): Example[] {
  const examples: Example[] = [];
  let files = new Map<string, string>();
  const fences = pageOf(rule).matchAll(/^```(\w+) ([\w-]+) (\S+)\n([\s\S]*?)^```$/gm);
  for (const fence of fences) {
    const [, language = '', word = '', label = '', text = ''] = fence;
    if (word === 'with') {
      files.set(label, text);
      continue;
    }
    const line = pageOf(rule).slice(0, fence.index).split('\n').length + 1;
    const example = { rule, format: word, expectation: label as Expectation, text, line, files };
    examples.push(word === 'seatbelt' && language === 'sh' ? { ...example, path: 'run.sh' } : example);
    files = new Map();
  }
  return examples;
}
