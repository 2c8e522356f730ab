/** The tables of flags against the help texts of the clients that are installed here. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { flagTable, type RunCommand } from '../../../src/semantics/docker/run-flag-tables.ts';

interface HelpFlag {
  readonly name: string;
  readonly letter: string | null;
  readonly takesValue: boolean;
}

/** `  -m, --memory bytes     Memory limit`: of a boolean flag two spaces follow the name. */
const HELP_LINE = /^ +(?:-(\w), +)?--([\w-]+)(?: (\S+))?(?: {2,}|$)/;

function helpOf(program: string, command: RunCommand): HelpFlag[] {
  const { stdout } = spawnSync(program, [command, '--help'], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [, letter = null, name, value] = HELP_LINE.exec(line) ?? [];
    return name === undefined ? [] : [{ name, letter, takesValue: value !== undefined }];
  });
}

/** What the table says otherwise than the help. */
function mistakes(program: 'docker' | 'podman', command: RunCommand, flags: readonly HelpFlag[]): string[] {
  const { booleans, values, shorts } = flagTable(program, command);
  return flags.flatMap(({ name, letter, takesValue }) => [
    ...((takesValue ? values : booleans).has(name)
      ? []
      : [`--${name} takes ${takesValue ? 'a' : 'no'} value`]),
    ...((takesValue ? booleans : values).has(name) ? [`--${name} is there twice`] : []),
    ...(letter === null || shorts.get(letter) === name ? [] : [`-${letter} is --${name}`]),
  ]);
}

const COMMANDS = ['run', 'create', 'exec'] as const;
const LEAST = { run: 90, create: 90, exec: 8 } as const;

describe.each(['docker', 'podman'] as const)('%s', (program) => {
  const isThere = spawnSync(program, ['--version']).status === 0;
  const suffix = isThere ? '' : ' (not installed here)';

  it.skipIf(!isThere).each(COMMANDS)(`%s has the flags that its help has${suffix}`, (command) => {
    const flags = helpOf(program, command);
    expect(mistakes(program, command, flags)).toEqual([]);
    // A help that cannot be read would agree with every table.
    expect(flags.length).toBeGreaterThanOrEqual(LEAST[command]);
  });

  it('has every flag once, and a flag for every letter', () => {
    for (const command of COMMANDS) {
      const { booleans, values, shorts } = flagTable(program, command);
      expect([...booleans].filter((name) => values.has(name))).toEqual([]);
      expect([...shorts.values()].filter((name) => !booleans.has(name) && !values.has(name))).toEqual([]);
    }
  });
});
