/** What each axis comes to, and what a runtime does and does not take away. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/knowledge/outcomes.ts';
import type { Axis } from '../../src/model/outcome.ts';
import { GENERAL_STEPS } from '../../src/reach/steps.ts';
import { reachedOne } from './radius-of-text.ts';

/** A service `agent` with the project, and these lines besides. */
function service(lines: readonly string[], volumes: readonly string[] = []): string {
  const mounts = ['.:/workspaces/app', ...volumes].map((volume) => `      - ${volume}`);
  const own = lines.map((line) => `    ${line}`);
  return ['services:', '  agent:', '    image: node:22', '    volumes:', ...mounts, ...own, ''].join('\n');
}

function axis(name: Axis, text: string, format = 'compose') {
  const found = reachedOne(format, text).radius.axes.find((one) => one.axis === name);
  if (found === undefined) throw new Error(`no axis ${name}`);
  return found;
}

const worth = (name: Axis, lines: readonly string[], volumes?: readonly string[]): number =>
  axis(name, service(lines, volumes)).worth;

describe('the boundary alone', () => {
  it.each<[string, string[], number]>([
    ['root with default capabilities', [], 2.5],
    ['an ordinary user', ['user: node'], 1.5],
    ['nothing left to use', ['user: node', 'cap_drop: [ALL]', 'security_opt: ["no-new-privileges:true"]'], 1],
    ['root without host root', ['runtime: sysbox-runc'], 1.5],
    ['a kernel of its own', ['runtime: runsc'], 0.3],
    ['a machine of its own', ['runtime: kata-runtime'], 0.2],
  ])('%s', (_, lines, expected) => {
    expect(worth('host', lines)).toBe(expected);
  });
});

describe('a runtime', () => {
  const SOCKET = ['/var/run/docker.sock:/var/run/docker.sock'];
  const HOME = ['~/:/host/home'];

  it.each([
    ['runsc', 0.3],
    ['kata-runtime', 0.2],
  ])('%s takes the socket away, since it is not handed on', (runtime, expected) => {
    expect(worth('host', [], SOCKET)).toBe(10);
    expect(worth('host', [`runtime: ${runtime}`], SOCKET)).toBe(expected);
  });

  it.each(['runsc', 'kata-runtime', 'sysbox-runc'])(
    '%s takes capabilities and privileges from the host',
    (runtime) => {
      for (const grant of ['cap_add: [SYS_ADMIN]', 'cap_add: [SYS_MODULE]', 'privileged: true']) {
        expect(worth('host', [grant])).toBe(10);
        expect(worth('host', [grant, `runtime: ${runtime}`]), grant).toBeLessThanOrEqual(3);
      }
    },
  );

  it.each(['runsc', 'kata-runtime', 'sysbox-runc'])(
    '%s takes no mount, secret or network away',
    (runtime) => {
      const with_ = (lines: string[], volumes?: string[]) =>
        reachedOne('compose', service([`runtime: ${runtime}`, ...lines], volumes)).radius.axes;
      const of = (name: Axis, axes: ReturnType<typeof with_>) => axes.find((one) => one.axis === name)?.worth;
      expect(of('files', with_([], HOME))).toBe(9);
      expect(of('credentials', with_(['environment: [GITHUB_TOKEN]']))).toBe(8);
      expect(of('credentials', with_([], ['~/.ssh:/keys:ro']))).toBe(8);
      expect(of('network', with_([]))).toBe(4);
    },
  );

  // Sysbox maps the ids of bind mounts as well, so that root inside is the owner of root's files there:
  // https://github.com/nestybox/sysbox/blob/master/docs/user-guide/storage.md
  it('sysbox leaves the socket there', () => {
    expect(worth('host', ['runtime: sysbox-runc'], SOCKET)).toBe(10);
  });

  it('an engine without root keeps capabilities inside, and the files of its user open', () => {
    const run = (flags: string) =>
      `podman run --rm ${flags} -v "$PWD":/work docker.io/library/node:22 bash\n`;
    expect(axis('host', run('--privileged'), 'docker-run').worth).toBeLessThanOrEqual(3);
    expect(axis('host', run('--cap-add SYS_ADMIN'), 'docker-run').worth).toBeLessThanOrEqual(3);
    expect(axis('files', run('-v "$HOME":/host'), 'docker-run').worth).toBe(9);
  });
});

describe('the way out', () => {
  const KEYS = ['~/.ssh:/keys:ro'];

  it('decides what a readable secret is worth', () => {
    expect(worth('credentials', [], KEYS)).toBe(8);
    expect(worth('credentials', ['network_mode: none'], KEYS)).toBe(4);
  });

  it.each<[string, string[], number, RegExp]>([
    ['none', ['network_mode: none'], 0, /^no network$/],
    ['open', [], 4, /internet/],
    ['host', ['network_mode: host'], 6, /host's network/],
  ])('%s is told with its line', (_, lines, expected, reason) => {
    const found = axis('network', service(lines));
    expect(found.worth).toBe(expected);
    expect(found.reason).toMatch(reason);
    expect(found.origin).not.toBeNull();
  });
});

describe('limits', () => {
  it.each<[string[], number, string]>([
    [[], 2, 'no limit for memory, processors, processes'],
    [['mem_limit: 2g'], 1, 'no limit for processors, processes'],
    [['mem_limit: 2g', 'cpus: 2', 'pids_limit: 100'], 0, 'memory, processors and processes are limited'],
  ])('%j', (lines, expected, reason) => {
    expect(axis('limits', service(lines))).toMatchObject({ worth: expected, reason });
  });
});

describe('good news', () => {
  it('stands beside the bad, with the line that it rests on', () => {
    const text = service(['network_mode: none', 'mem_limit: 2g', 'cpus: 2', 'pids_limit: 9']);
    const { source, span } = axis('network', text).origin?.place ?? {
      source: null,
      span: { start: 0, end: 0 },
    };
    expect(source?.text.slice(span.start, span.end)).toMatch(/none/);
    expect(axis('credentials', text)).toMatchObject({
      worth: 0,
      level: 0,
      reason: 'no credential is visible',
    });
  });
});

describe('a range', () => {
  it('opens where a mount is not known, and names the variable', () => {
    const { radius } = reachedOne('compose', service([], ['${EXTRA_MOUNT}:/extra']));
    expect(radius).toMatchObject({ score: 4.9, possible: 10, unknowns: ['EXTRA_MOUNT'] });
  });

  it('stays closed where everything is written', () => {
    const { radius } = reachedOne('compose', service([]));
    expect(radius.possible).toBe(radius.score);
  });
});

describe('the page on the score', () => {
  const page = readFileSync(new URL('../../docs/score.md', import.meta.url), 'utf8');

  it.each(OUTCOMES.filter(({ name }) => name !== 'exhaustion'))(
    'states the worth of $name',
    ({ name, worth, axis: on }) => {
      const row = page
        .split('\n')
        .find((line) => line.startsWith(`| ${on} |`) && line.includes(`\`${name}\``));
      const told =
        typeof worth === 'number' ? `${worth}` : `${worth.open} / ${worth.limited} / ${worth.none}`;
      expect(row?.split('|')[3]?.trim().split(',')[0]).toBe(told);
    },
  );

  it('names every general step', () => {
    for (const { from, to } of GENERAL_STEPS) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${from}\` |`));
      expect(row, from).toContain(`\`${to}\``);
    }
  });
});
