/** Commands that run their arguments on another machine, or in a virtual one: its files, its users, its engine. */
import { HOME_SYMBOL } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { type Call, dispatch } from './command.ts';
import { joinFields } from './command-text.ts';
import { type Field, fieldText } from './fields.ts';
import { runText } from './nested.ts';
import { OUTPUT, type Run, type Status, setScalar } from './state.ts';
import { inSubshell } from './substitution.ts';
import { type Piece, piece } from './value.ts';

interface Machine {
  /** Words behind the program's name; empty where there are none. */
  readonly verb: readonly string[];
  /** Options that take their value as the next word. */
  readonly valued: readonly string[];
  /** Words that name the machine. */
  readonly operands: number;
  /** What follows is text for a shell there, not a list of arguments. */
  readonly text?: true;
  /** The option that holds the command. */
  readonly option?: string;
}

const SSH = '-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w'.split(' ');
const ORB = ['-m', '--machine', '-u', '--user', '-w', '--workdir'];

/**
 * ssh(1); OrbStack `orb --help`; lima `limactl shell --help`; Multipass `multipass help exec`; WSL `wsl --help`;
 * `colima ssh --help`; `vagrant ssh --help`; docker-machine(1).
 */
const MACHINES: Readonly<Record<string, readonly Machine[]>> = {
  ssh: [{ verb: [], valued: SSH, operands: 1, text: true }],
  autossh: [{ verb: [], valued: [...SSH, '-M'], operands: 1, text: true }],
  orb: [
    { verb: ['exec'], valued: ORB, operands: 0 },
    { verb: ['run'], valued: ORB, operands: 0 },
    { verb: [], valued: ORB, operands: 0 },
  ],
  limactl: [
    { verb: ['shell'], valued: ['--workdir', '--shell', '--log-level', '--log-format'], operands: 1 },
  ],
  lima: [{ verb: [], valued: [], operands: 0 }],
  multipass: [{ verb: ['exec'], valued: ['-d', '--working-directory'], operands: 1 }],
  wsl: [
    {
      verb: [],
      valued: ['-d', '--distribution', '-u', '--user', '--cd', '--shell-type', '--distribution-id'],
      operands: 0,
    },
  ],
  colima: [{ verb: ['ssh'], valued: ['-p', '--profile'], operands: 0 }],
  vagrant: [{ verb: ['ssh'], valued: ['-p'], operands: 0, option: '-c' }],
  'docker-machine': [{ verb: ['ssh'], valued: [], operands: 1, text: true }],
};

interface Remote {
  readonly wrapper: readonly Field[];
  readonly rest: readonly Field[];
  readonly text: boolean;
}

/** The parts of a command line that runs on another machine; null for every other one. */
export function onMachine(fields: readonly Field[]): Remote | null {
  const name =
    textAt(fields, 0)
      ?.replace(/^.*\//s, '')
      .replace(/\.exe$/, '') ?? '';
  const entries = Object.hasOwn(MACHINES, name) ? (MACHINES[name] ?? []) : [];
  const entry = entries.find(({ verb }) => verb.every((word, at) => textAt(fields, at + 1) === word));
  return entry === undefined ? null : partsOf(fields, entry);
}

function textAt(fields: readonly Field[], at: number): string | null {
  const field = fields[at];
  return field === undefined ? null : fieldText(field);
}

function partsOf(fields: readonly Field[], entry: Machine): Remote | null {
  let { operands } = entry;
  let at = entry.verb.length + 1;
  for (; at < fields.length; at += 1) {
    const text = textAt(fields, at) ?? '';
    if (entry.option !== undefined && text === entry.option) {
      return { wrapper: fields.slice(0, at), rest: fields.slice(at + 1, at + 2), text: true };
    }
    if (text === '--' || text === '-e' || text === '--exec') {
      if (operands === 0) {
        at += 1;
        break;
      }
    } else if (entry.valued.includes(text)) at += 1;
    else if (!text.startsWith('-')) {
      if (operands === 0) break;
      operands -= 1;
    }
  }
  if (entry.option !== undefined) return null;
  return { wrapper: fields.slice(0, at), rest: fields.slice(at), text: entry.text === true };
}

/** Runs it as far as its text is known; its variables and functions are those of the other machine. */
export function runOnMachine(run: Run, call: Call, { wrapper, rest, text }: Remote): Status {
  const outer = run.machine;
  const input = call.redirections.input ?? run.input;
  run.machine = [...outer, wrapper];
  inSubshell(run, () => {
    run.state.functions.clear();
    run.state.aliases.clear();
    if (!text) return rest.length === 0 ? null : dispatch(run, { ...call, fields: rest });
    forgetVariables(run, call.place);
    return typed(run, rest.length === 0 ? (input ?? []) : joinFields(rest, call.place), call, input);
  });
  run.machine = outer;
  return null;
}

/** A shell there starts in the home directory, and knows nothing of what is set here. */
function forgetVariables(run: Run, place: Place): void {
  for (const name of run.state.variables.keys()) if (name !== OUTPUT) run.state.variables.delete(name);
  setScalar(run, 'PWD', [piece(HOME_SYMBOL, place)]);
}

function typed(run: Run, script: readonly Piece[], call: Call, input: readonly Piece[] | null): Status {
  const before = run.input;
  run.input = input;
  const status = runText(run, script, call.place, [], false);
  run.input = before;
  return status;
}
