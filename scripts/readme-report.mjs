/** Puts the report of the example into the README, so that what it shows is what the tool prints. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const command = ['dist/cli.js', 'fixtures/projects/agent', '--color', 'never'];

function report() {
  try {
    return execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  } catch (error) {
    // Findings exit with 1: the report is there all the same.
    return String(error.stdout);
  }
}

const path = `${root}README.md`;
const readme = readFileSync(path, 'utf8');
const [begin, end] = ['<!-- report -->\n```text\n', '```\n<!-- /report -->'];
const from = readme.indexOf(begin) + begin.length;
const to = readme.indexOf(end);
const shown = report()
  .replaceAll('fixtures/projects/agent/', '')
  .split('\n')
  .slice(0, Number(/<!-- lines (\d+) -->/.exec(readme)?.[1] ?? 40))
  .join('\n')
  .replace(/^\n+|\s+$/g, '');
const next = `${readme.slice(0, from)}${shown}\n[…]\n${readme.slice(to)}`;
if (check && next !== readme) {
  process.stderr.write('README.md shows an outdated report; run `npm run generate`\n');
  process.exitCode = 1;
} else if (next !== readme) writeFileSync(path, next);
