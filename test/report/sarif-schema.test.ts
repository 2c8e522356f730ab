/**
 * SARIF as its readers check it: the JSON schema of OASIS, and what GitHub's code scanning asks beyond it
 * (https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning).
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { Location, Log, Region, Result, Run } from 'sarif';
import { beforeEach, describe, expect, it } from 'vitest';
import { RULES } from '../../rules/index.ts';
import { audit } from '../../src/engine/audit.ts';
import { rulePages } from '../../src/engine/pages.ts';
import { FRONTENDS } from '../../src/frontends/index.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { TOOL } from '../support/report-builder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = rulePages(
  RULES.map(({ id }) => id),
  ROOT,
);
const FIXTURES = ['projects', 'parity', 'hostile'].flatMap((folder) =>
  readdirSync(join(ROOT, 'fixtures', folder)).map((name) => join(ROOT, 'fixtures', folder, name)),
);
const BAD = 'services:\n  agent:\n    image: node:22\n    volumes: [/var/run/docker.sock:/s]\n';

function sarif(cwd: string, paths: readonly string[] = ['.']): Log {
  const report = audit({ paths, cwd, tool: TOOL, frontends: FRONTENDS, rules: RULES });
  return JSON.parse(renderSarif(report, PAGES));
}

function onlyRun(log: Log): Run {
  const [run, ...more] = log.runs;
  if (run === undefined || more.length > 0) throw new Error('one run is expected');
  return run;
}

/**
 * The schema as `@microsoft/jest-sarif` carries it (revision rtm.5). It is draft-04, whose `id` ajv no longer
 * reads, and its pattern for language tags is no Unicode expression.
 */
function schemaCheck(): (log: unknown) => readonly string[] {
  const file = join(ROOT, 'node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
  addFormats.default(ajv);
  const valid = ajv.compile(schema);
  return (log) => {
    valid(log);
    return (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

const schemaErrors = schemaCheck();

function locationsOf({ locations = [], relatedLocations = [] }: Result): readonly Location[] {
  return [...locations, ...relatedLocations];
}

/** What is wrong with a place; the file is read from the disk, found by the address alone. */
function locationErrors({ physicalLocation }: Location, cwd: string, run: Run): string[] {
  const { uri = '', uriBaseId, index = -1 } = physicalLocation?.artifactLocation ?? {};
  const region = physicalLocation?.region;
  const errors: string[] = [];
  if (!/^(?:[\w.~!*'()-]|%[0-9A-F]{2}|\/)+$/.test(uri) || uri.startsWith('/')) errors.push(`address ${uri}`);
  if (uriBaseId !== '%SRCROOT%') errors.push(`${uri}: no base`);
  if (run.artifacts?.[index]?.location?.uri !== uri) errors.push(`${uri}: index ${index}`);
  const text = readFileSync(join(cwd, decodeURIComponent(uri)), 'utf8').replace(/^\uFEFF/, '');
  if (region === undefined) errors.push(`${uri}: no region`);
  else if (!isWithin(region, text)) errors.push(`${uri}: ${JSON.stringify(region)} is not in the file`);
  return errors;
}

function isWithin({ startLine = 0, startColumn = 0, endLine = 0, endColumn = 0 }: Region, text: string) {
  const lines = text.split(/\r\n|\r|\n/);
  const [first, last] = [lines[startLine - 1], lines[endLine - 1]];
  if (first === undefined || last === undefined || startLine > endLine) return false;
  if (startLine === endLine && startColumn > endColumn) return false;
  // The end is exclusive, and may take the line's own end in.
  return startColumn >= 1 && startColumn <= first.length + 1 && endColumn <= last.length + 2;
}

function ruleErrors(run: Run): string[] {
  return (run.tool.driver.rules ?? []).flatMap(({ id, properties, fullDescription, help, helpUri, name }) => {
    const severity = properties?.['security-severity'];
    const errors: string[] = [];
    if (typeof severity !== 'string' || !/^(?:10\.0|\d\.\d)$/.test(severity))
      errors.push('security-severity');
    if ((properties?.tags ?? []).length > 20 || !properties?.tags?.includes('security')) errors.push('tags');
    if ((name ?? '').length > 255) errors.push('name');
    const description = fullDescription?.text ?? '';
    if (description === '' || description.length > 1024) errors.push('fullDescription');
    if (!help?.text || !help.markdown || !helpUri) errors.push('help');
    return errors.map((error) => `${id}: ${error}`);
  });
}

function resultErrors(result: Result, cwd: string, run: Run): string[] {
  const { ruleId, ruleIndex = -1, message, locations = [], partialFingerprints = {} } = result;
  const errors = locationsOf(result).flatMap((location) => locationErrors(location, cwd, run));
  if (run.tool.driver.rules?.[ruleIndex]?.id !== ruleId) errors.push(`rule index ${ruleIndex}`);
  if (!message.text) errors.push('no message');
  if (locations.length !== 1) errors.push(`${locations.length} locations`);
  // With GitHub's own key the upload warns at each result: https://github.com/github/codeql-action/issues/4052
  if (Object.keys(partialFingerprints).join() !== 'sandboxAudit/v1') errors.push('fingerprint');
  return errors.map((error) => `${ruleId}: ${error}`);
}

function githubErrors(log: Log, cwd: string): string[] {
  const run = onlyRun(log);
  const results = run.results ?? [];
  const fingerprints = fingerprintsOf(log);
  const errors = [...ruleErrors(run), ...results.flatMap((result) => resultErrors(result, cwd, run))];
  if (new Set(fingerprints).size !== fingerprints.length) errors.push('two results share a fingerprint');
  if (results.length > 25_000) errors.push('too many results');
  return errors;
}

function fingerprintsOf(log: Log): string[] {
  return (onlyRun(log).results ?? []).flatMap(({ partialFingerprints = {} }) =>
    Object.values(partialFingerprints),
  );
}

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sarif-'));
  return () => rmSync(directory, { recursive: true, force: true });
});

function place(name: string, text: string): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), text);
}

describe('fixtures', () => {
  it.each([['projects'], ['parity']])('%s, as one tree', (folder) => {
    const cwd = join(ROOT, 'fixtures', folder);
    const log = sarif(cwd);
    expect(schemaErrors(log)).toEqual([]);
    expect(githubErrors(log, cwd)).toEqual([]);
    expect(onlyRun(log).results?.length).toBeGreaterThan(10);
  });

  it('each by itself, named, the hostile ones too', () => {
    for (const path of FIXTURES) {
      const log = sarif(dirname(path), [path]);
      expect(schemaErrors(log), path).toEqual([]);
      expect(githubErrors(log, dirname(path)), path).toEqual([]);
    }
  });
});

describe('the check itself', () => {
  const log = () => sarif(join(ROOT, 'fixtures/projects/socket'));
  const broken = (change: (result: Result) => void): Log => {
    const copy = log();
    const result = onlyRun(copy).results?.[0];
    if (result === undefined) throw new Error('a result is expected');
    change(result);
    return copy;
  };
  const cwd = join(ROOT, 'fixtures/projects/socket');

  it.each<[string, (result: Result) => void]>([
    ['an unknown level', (result) => Object.assign(result, { level: 'fatal' })],
    ['a message without text', (result) => Object.assign(result, { message: {} })],
    ['an unknown field', (result) => Object.assign(result, { colour: 'red' })],
    [
      'an address that is not encoded',
      ({ locations }) =>
        Object.assign(locations?.[0]?.physicalLocation?.artifactLocation ?? {}, { uri: 'a b' }),
    ],
  ])('of the schema sees %s', (_, change) => {
    expect(schemaErrors(broken(change))).not.toEqual([]);
  });

  it.each<[string, (result: Result) => void]>([
    ['a wrong rule index', (result) => Object.assign(result, { ruleIndex: 999 })],
    ['two locations', ({ locations }) => locations?.push(locations[0] ?? {})],
    ["GitHub's fingerprint", (result) => Object.assign(result, { partialFingerprints: { a: 'b' } })],
    [
      'a region past the end',
      ({ locations }) => Object.assign(locations?.[0]?.physicalLocation?.region ?? {}, { endLine: 10_000 }),
    ],
  ])('of the limits sees %s', (_, change) => {
    expect(githubErrors(broken(change), cwd)).not.toEqual([]);
  });
});

describe('names', () => {
  const NAMES = [
    'a b',
    '#1',
    '50%',
    'サンド',
    'é',
    '😀',
    "it's",
    'a:b',
    '?x=1',
    '[x](y)',
    'a&b;c',
    '-x',
    '%2e%2e',
  ];

  it('of every kind lead back to their file', () => {
    for (const name of NAMES) place(`${name}/compose.yml`, BAD);
    const log = sarif(directory);
    expect(schemaErrors(log)).toEqual([]);
    expect(githubErrors(log, directory)).toEqual([]);
    const found = new Set(
      (onlyRun(log).results ?? []).map(({ locations }) =>
        decodeURIComponent(locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? ''),
      ),
    );
    expect([...found].sort()).toEqual(NAMES.map((name) => `${name}/compose.yml`).sort());
  });

  it('above the working directory do too', () => {
    place('other tree/compose.yml', BAD);
    place('here/compose.yml', BAD);
    const log = sarif(join(directory, 'here'), ['../other tree', '.']);
    expect(schemaErrors(log)).toEqual([]);
    expect(githubErrors(log, join(directory, 'here'))).toEqual([]);
    const text = JSON.stringify(onlyRun(log).results);
    expect(text).toContain('"uri":"../other%20tree/compose.yml"');
    expect(text).not.toContain(directory);
  });
});

describe('places', () => {
  it('count columns in UTF-16 units', () => {
    const line = 'services: { agent: { labels: { a: "😀é" }, image: "node:22", privileged: true } }';
    place('compose.yml', `${line}\n`);
    const run = onlyRun(sarif(directory));
    expect(run.columnKind).toBe('utf16CodeUnits');
    const result = run.results?.find(({ ruleId }) => ruleId === 'privileged-container');
    const {
      startLine,
      startColumn = 0,
      endColumn = 0,
    } = result?.locations?.[0]?.physicalLocation?.region ?? {};
    expect(startLine).toBe(1);
    expect(line.slice(startColumn - 1, endColumn - 1)).toMatch(/^(?:privileged(?:: true)?|true)$/);
  });

  const COMMENTS: Readonly<Record<string, string>> = { yml: '#', json: '//', sb: ';' };

  it('may move without a new fingerprint', () => {
    let compared = 0;
    for (const path of FIXTURES.filter((fixture) => statSync(fixture).isDirectory())) {
      const copy = join(directory, String(compared));
      cpSync(path, copy, { recursive: true });
      const before = fingerprintsOf(sarif(copy));
      shiftBelow(copy);
      expect(fingerprintsOf(sarif(copy)).sort(), path).toEqual(before.sort());
      compared += before.length;
      rmSync(copy, { recursive: true });
    }
    expect(compared).toBeGreaterThan(50);
  });

  /** Ten lines above everything, in each file whose comments are known. */
  function shiftBelow(root: string): void {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const comment = COMMENTS[entry.name.slice(entry.name.lastIndexOf('.') + 1)];
      if (!entry.isFile() || comment === undefined) continue;
      const file = join(entry.parentPath, entry.name);
      writeFileSync(file, `${`${comment} moved\n`.repeat(10)}${readFileSync(file, 'utf8')}`);
    }
  }
});
