/** Puts the reports of the examples into the README, so that what it shows is what the tool prints. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
// What is printed must not depend on who builds.
const env = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm' };

function report(example, lines) {
  const { stdout } = spawnSync(process.execPath, ['dist/cli.js', example, '--color', 'never'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  const all = stdout
    .replaceAll(`${example}/`, '')
    .replace(/^\n+|\s+$/g, '')
    .split('\n');
  return [...all.slice(0, lines), ...(all.length > lines ? ['[…]'] : [])]
    .join('\n')
    .replace(/\s+\n\[…\]$/, '\n[…]');
}

const path = `${root}README.md`;
const readme = readFileSync(path, 'utf8');
const next = readme.replace(
  /(<!-- report (\S+) (\d+) -->\n```text\n)[\s\S]*?(```\n<!-- \/report -->)/g,
  (_, begin, example, lines, end) => `${begin}${report(example, Number(lines))}\n${end}`,
);
if (check && next !== readme) {
  process.stderr.write('README.md shows an outdated report; run `npm run generate`\n');
  process.exitCode = 1;
} else if (next !== readme) writeFileSync(path, next);
