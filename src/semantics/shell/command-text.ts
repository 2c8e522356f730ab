/** Text that a command hands to a shell: `sh -c`, here-documents for a shell, `at`, crontabs, terminals. */
import type { Place } from '../../source/source.ts';
import { elementOf } from './assignment.ts';
import type { Call } from './command.ts';
import { conditionalPieces, type Field, fieldText } from './fields.ts';
import type { Run } from './state.ts';
import { type Element, type Piece, piece, textOf } from './value.ts';
import { writtenScript } from './written.ts';

export interface CommandString {
  readonly pieces: readonly Piece[];
  /** `$0` of the script. */
  readonly name: readonly Piece[];
  /** Positional parameters of the script; null leaves those of the caller. */
  readonly arguments: readonly Element[] | null;
  /** Runs in a process of its own: sees exported variables only. */
  readonly own: boolean;
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'mksh', 'busybox']);

type Reader = (run: Run, call: Call, rest: readonly Field[]) => CommandString | null;

/**
 * Programs that run text in a shell, after their manuals: watch(1), script(1), su(1), runuser(1), sg(1),
 * newgrp(1), flock(1), env(1), at(1), crontab(5), hyperfine(1), entr(1), xterm(1), and those of the
 * npm packages concurrently and cross-env.
 */
const READERS: Readonly<Record<string, Reader>> = {
  tmux: (_, call, rest) => tmuxCommand(rest, call.place),
  watch: (_, call, rest) => joined(rest.slice(firstOperand(rest, 'nq')), call.place),
  'nix-shell': (_, __, rest) => optionValue(rest, ['--run', '--command']),
  script: accountScript,
  su: accountScript,
  runuser: accountScript,
  sg: accountScript,
  newgrp: (run, call) => inputScript(run, call, []),
  flock: accountScript,
  env: splitString,
  entr: (_, call, rest) => (isGiven(rest[0], '-s') ? joined(rest.slice(1), call.place) : null),
  at: (run, call, rest) =>
    rest.some((field) => /^-[cdlrf]/.test(wordOf(field))) ? null : inputScript(run, call, []),
  batch: (run, call) => inputScript(run, call, []),
  crontab: scheduled,
  parallel: parallelCommand,
  hyperfine: eachOperand,
  concurrently: eachOperand,
  'cross-env-shell': (_, call, rest) => joined(rest, call.place),
  ...Object.fromEntries(
    [
      'xterm',
      'urxvt',
      'rxvt',
      'konsole',
      'alacritty',
      'st',
      'terminator',
      'x-terminal-emulator',
      'xfce4-terminal',
      'gnome-terminal',
    ].map((name) => [name, terminalCommand] as const),
  ),
};

/** The script that a command hands to a shell as text, if it does. */
export function commandString(run: Run, call: Call): CommandString | null {
  const [first, ...rest] = call.fields;
  const name = baseName(first);
  if (name === null || first === undefined) return null;
  if (name === 'busybox' && baseName(rest[0]) !== 'sh') return null;
  if (SHELLS.has(name)) return shellScript(run, call, name === 'busybox' ? rest.slice(1) : rest);
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (reader !== undefined) return reader(run, call, rest);
  const written = writtenScript(run, first, 'executed', call.place);
  return written === null
    ? null
    : { pieces: written, name: first.pieces, arguments: rest.map(elementOf), own: true };
}

function ownScript(pieces: readonly Piece[]): CommandString | null {
  return pieces.length === 0 ? null : { pieces, name: [], arguments: [], own: true };
}

function joined(fields: readonly Field[], place: Place): CommandString | null {
  return ownScript(joinFields(fields, place));
}

function baseName(field: Field | undefined): string | null {
  if (field === undefined) return null;
  return fieldText(field)?.replace(/^.*\//s, '') ?? null;
}

const wordOf = (field: Field | undefined): string => (field === undefined ? '' : (fieldText(field) ?? ''));

const isGiven = (field: Field | undefined, option: string): boolean => wordOf(field) === option;

/** `-c` may stand in a cluster (`-lc`, `-euxc`); `-o` and `-O` take a value. With `-n` nothing is run. */
function shellScript(run: Run, call: Call, rest: readonly Field[]): CommandString | null {
  let at = 0;
  let asked = false;
  for (; at < rest.length; at += 1) {
    const text = wordOf(rest[at]);
    if (!/^[-+]./.test(text)) break;
    if (/^-[a-zA-Z]*n[a-zA-Z]*$/.test(text) || isGiven(rest[at + 1], 'noexec')) return null;
    if (/^-[a-zA-Z]*c/.test(text)) asked = true;
    if (/^[-+][a-zA-Z]*[oO]$/.test(text) || text === '--rcfile' || text === '--init-file') at += 1;
    if (text === '-s') return inputScript(run, call, rest.slice(at + 1));
  }
  const script = rest[at];
  if (script === undefined) return asked ? null : inputScript(run, call, []);
  const args = rest.slice(at + (asked ? 2 : 1)).map(elementOf);
  if (!asked) {
    const written = writtenScript(run, script, 'read', call.place);
    return written === null ? null : { pieces: written, name: script.pieces, arguments: args, own: true };
  }
  // The first operand behind the text is $0.
  const name = conditionalPieces(rest[at + 1] ?? call.fields[0] ?? script);
  return { pieces: conditionalPieces(script), name, arguments: args, own: true };
}

function inputScript(run: Run, call: Call, rest: readonly Field[]): CommandString | null {
  const input = call.redirections.input ?? run.input;
  if (input === null || input.length === 0) return null;
  const operands = isGiven(rest[0], '--') ? rest.slice(1) : rest;
  return { pieces: input, name: call.fields[0]?.pieces ?? [], arguments: operands.map(elementOf), own: true };
}

/** `su me -c '…'`, `flock /lock -c '…'`; without a text what stands on standard input, which a shell reads. */
function accountScript(run: Run, call: Call, rest: readonly Field[]): CommandString | null {
  const found = optionValue(rest, ['--command', '-c', '--session-command']);
  const name = baseName(call.fields[0]);
  // runuser(1): with `-u` the words behind the user are a command and its arguments.
  if (name === 'runuser' && isGiven(rest[0], '-u')) {
    return joined(rest.slice(isGiven(rest[2], '--') ? 3 : 2), call.place);
  }
  return found ?? (name === 'su' || name === 'runuser' || name === 'sg' ? inputScript(run, call, []) : null);
}

/** The value of an option, in the next word or (`-qec`) at the end of a cluster. */
function optionValue(rest: readonly Field[], names: readonly string[]): CommandString | null {
  const at = rest.findIndex((field) => {
    const text = fieldText(field) ?? '';
    return names.includes(text) || (names.includes('-c') && /^-[a-zA-Z]{0,8}c$/.test(text));
  });
  const value = at === -1 ? undefined : rest[at + 1];
  return value === undefined ? null : ownScript(conditionalPieces(value));
}

/** `env -S 'A=b command'`: the text is split into words, and more may follow. */
function splitString(_: Run, call: Call, rest: readonly Field[]): CommandString | null {
  const at = rest.findIndex((field) => /^-[a-z0]*S$|^--split-string$/.test(wordOf(field)));
  return at === -1 ? null : joined(rest.slice(at + 1), call.place);
}

/** Every operand is a text of its own. */
function eachOperand(_: Run, call: Call, rest: readonly Field[]): CommandString | null {
  const texts = rest.filter((field) => !wordOf(field).startsWith('-') && /\s/.test(textOf(field.pieces)));
  const lines = texts.flatMap((field) => [...conditionalPieces(field), piece('\n', call.place)]);
  return ownScript(lines);
}

/** GNU parallel(1): the words before `:::` are the command, and without any each line of the input is. */
function parallelCommand(run: Run, call: Call, rest: readonly Field[]): CommandString | null {
  const end = rest.findIndex((field) => /^::::?\+?$/.test(wordOf(field)));
  const own = end === -1 ? rest : rest.slice(0, end);
  const words = own.slice(firstOperand(own, 'aCdEIijLlNnPsS'));
  return joined(words, call.place) ?? (end === -1 ? inputScript(run, call, []) : null);
}

/** `xterm -e command words`, `gnome-terminal -- command`. */
function terminalCommand(_: Run, call: Call, rest: readonly Field[]): CommandString | null {
  const at = rest.findIndex((field) => /^(?:-e|-x|--|--command|--execute)$/.test(wordOf(field)));
  return at === -1 ? null : joined(rest.slice(at + 1), call.place);
}

/** Five fields of time, or one word for them, before each command (crontab(5)). */
const SCHEDULE =
  /^(?:\uFDD2[^\uFDD3]{0,200}\uFDD3)?[ \t]*(?:@\w{1,20}|(?:[\d*/,A-Za-z-]{1,40}[ \t]+){4}[\d*/,A-Za-z-]{1,40})[ \t]+/;

/** `crontab -` and here-documents for it: each line's command without its times. */
function scheduled(run: Run, call: Call, rest: readonly Field[]): CommandString | null {
  if (rest.some((field) => /^-[lreu]/.test(wordOf(field)) || !/^-?$/.test(wordOf(field)))) return null;
  const script = inputScript(run, call, []);
  if (script === null) return null;
  const text = textOf(script.pieces);
  const cuts: [number, number][] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    const time = SCHEDULE.exec(line);
    cuts.push(time === null ? [at, at + line.length] : [at, at + time[0].length]);
    at += line.length + 1;
  }
  return { ...script, pieces: withoutRanges(script.pieces, cuts), arguments: [] };
}

function withoutRanges(
  pieces: readonly Piece[],
  cuts: readonly (readonly [number, number])[],
): readonly Piece[] {
  let at = 0;
  return pieces.flatMap((part) => {
    const start = at;
    at += part.text.length;
    const kept: Piece[] = [];
    let from = 0;
    for (const [first, last] of [...cuts, [at, at] as const]) {
      const to = Math.min(first - start, part.text.length);
      if (last < start || first - start > part.text.length) continue;
      if (to > from) kept.push(slicePiece(part, from, to));
      from = Math.max(from, last - start);
    }
    return kept;
  });
}

function slicePiece(part: Piece, from: number, to: number): Piece {
  const text = part.text.slice(from, to);
  if (!part.exact) return { ...part, text };
  const { source, span } = part.place;
  return { ...part, text, place: { source, span: { start: span.start + from, end: span.start + to } } };
}

function firstOperand(rest: readonly Field[], valued: string): number {
  let at = 0;
  while (at < rest.length) {
    const text = textOf(rest[at]?.pieces ?? []);
    if (!text.startsWith('-')) break;
    at += valued.includes(text.slice(-1)) && text.length === 2 ? 2 : 1;
  }
  return at;
}

/** tmux(1): one word is a shell command, several are an argument list; keys are typed into a shell. */
function tmuxCommand(rest: readonly Field[], place: Place): CommandString | null {
  const from = firstOperand(rest, 'LSfcT');
  const verb = wordOf(rest[from]);
  const own = rest.slice(from + 1);
  if (/^(?:new|new-session|neww|new-window|splitw|split-window|respawn-pane|respawnp)$/.test(verb)) {
    return ownScript(joinFields(own.slice(firstOperand(own, 'cefFnstxylp')), place));
  }
  if (!/^(?:send|send-keys)$/.test(verb)) return null;
  const keys = own
    .slice(firstOperand(own, 'tNc'))
    .filter((field) => !/^(?:Enter|C-m|KPEnter)$/.test(textOf(field.pieces)));
  return ownScript(joinFields(keys, place));
}

export function joinFields(fields: readonly Field[], place: Place): readonly Piece[] {
  return fields.flatMap((field, index) => {
    const own = conditionalPieces(field).map((part) => ({ ...part, when: [...field.when, ...part.when] }));
    return index === 0 ? own : [{ ...piece(' ', place), when: field.when }, ...own];
  });
}
