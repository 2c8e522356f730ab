/**
 * Speed as ratios within one run: start-up against an empty Node process, trees of growing size against one
 * another, and memory. Machines differ; ratios carry over.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
// Certificates that a machine adds are read at every start of Node, and are not ours to measure.
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;

const SERVICE = (name) => `  ${name}:
    image: node:22
    user: node
    environment:
      - LOG_LEVEL=info
      - API_TOKEN
    volumes:
      - .:/workspace
      - \${HOME}/.cache:/cache
    deploy:
      resources:
        limits: { memory: 2g, pids: 256 }
`;

function tree(root, count) {
  for (let index = 0; index < count; index += 1) {
    const directory = join(root, `project-${index}`);
    mkdirSync(directory, { recursive: true });
    const services = Array.from({ length: (index % 4) + 1 }, (_, at) => SERVICE(`s${at}`)).join('');
    writeFileSync(join(directory, 'compose.yml'), `services:\n${services}`);
  }
}

function run(args) {
  const started = process.hrtime.bigint();
  const result = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.error) throw result.error;
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function median(args, times) {
  const values = Array.from({ length: times }, () => run(args)).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)];
}

const root = mkdtempSync(join(tmpdir(), 'sandbox-audit-bench-'));
try {
  tree(join(root, 'one'), 1);
  tree(join(root, 'hundred'), 100);
  tree(join(root, 'thousand'), 1000);
  const audit = (name) => [cli, '--format', 'json', '--fail-on', 'never', join(root, name)];
  run(audit('one'));
  const empty = median(['-e', '0'], 15);
  const one = median(audit('one'), 15);
  const hundred = median(audit('hundred'), 5);
  const thousand = median(audit('thousand'), 3);
  const memory = spawnSync(
    process.execPath,
    [
      '-e',
      `process.argv=${JSON.stringify(['node', ...audit('thousand')])};process.stdout.write=()=>true;import(${JSON.stringify(cli)});process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`,
    ],
    { env, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const rows = [
    ['empty Node process', empty, 1],
    ['one compose file', one, one / empty],
    ['100 compose files', hundred, hundred / empty],
    ['1,000 compose files', thousand, thousand / empty],
  ];
  for (const [name, milliseconds, ratio] of rows) {
    process.stdout.write(
      `${name.padEnd(22)} ${milliseconds.toFixed(0).padStart(6)} ms  ${ratio.toFixed(1).padStart(6)} x\n`,
    );
  }
  const growth = (thousand - one) / (hundred - one);
  process.stdout.write(`ten times the files cost ${growth.toFixed(1)} times the time (10 is linear)\n`);
  process.stdout.write(
    `peak memory at 1,000 files: ${(Number(memory.stderr.match(/\d+$/)?.[0] ?? 0) / 1024).toFixed(0)} MB\n`,
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
