/** Commands in devcontainer.json: which files they run, and whether they set up a firewall. */

/** Shells and interpreters: the first argument that is no option is the file that they run. */
const INTERPRETERS =
  /^(?:ba|z|da|k)?sh$|^(?:source|\.|node|deno|bun|tsx|ts-node|python|python3|ruby|perl|pwsh|powershell|php)$/;
/** Words before the command itself. */
const WRAPPERS = new Set(
  'sudo exec env time nohup command then do else if while until ! { eval nice timeout'.split(' '),
);
/** Programs that run what a file of the working directory says. */
const RUNNERS: ReadonlyMap<string, string> = new Map([
  ['make', 'Makefile'],
  ['gmake', 'Makefile'],
  ['just', 'justfile'],
  ['task', 'Taskfile.yml'],
  ['npm', 'package.json'],
  ['yarn', 'package.json'],
  ['pnpm', 'package.json'],
  ['rake', 'Rakefile'],
  ['direnv', '.envrc'],
  ['mise', 'mise.toml'],
]);
const MAX_NESTING = 3;
/** Longest command that is looked through, in UTF-16 units. */
const MAX_COMMAND = 20_000;

/** The files that a shell command runs, in order and without repeats; `cd` to a directory below is followed. */
export function executedFiles(command: string, nesting = 0): string[] {
  const found: string[] = [];
  let directory = '';
  for (const words of simpleCommands(command.slice(0, MAX_COMMAND))) {
    if (words[0] === 'cd') directory = joined(directory, words[1] ?? '');
    else found.push(...filesOf(words, nesting).map((file) => joined(directory, file)));
  }
  return [...new Set(found)];
}

/** A path from a directory; one with a root of its own, a symbol's included, stands alone. */
function joined(directory: string, path: string): string {
  return directory === '' || /^[/~\uFDD0-\uFDD2]/.test(path) ? path : `${directory}/${path}`;
}

/** The file that one command given as words runs. */
export function filesOf(words: readonly string[], nesting = 0): string[] {
  let at = 0;
  while (at < words.length && isPrefix(words[at] ?? '')) at += 1;
  const word = words[at] ?? '';
  const program = word.slice(word.lastIndexOf('/') + 1);
  if (INTERPRETERS.test(program)) return interpreted(words.slice(at + 1), nesting);
  const runner = RUNNERS.get(program);
  if (runner !== undefined && !word.includes('/')) return [runner];
  return word.includes('/') ? [word] : [];
}

function isPrefix(word: string): boolean {
  return (
    WRAPPERS.has(word) || word.startsWith('-') || /^[A-Za-z_]\w*=/.test(word) || /^\d+[smh]?$/.test(word)
  );
}

function interpreted(rest: readonly string[], nesting: number): string[] {
  const inline = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  if (inline >= 0) return nesting >= MAX_NESTING ? [] : executedFiles(rest[inline + 1] ?? '', nesting + 1);
  const file = rest.find((word) => !word.startsWith('-'));
  return file === undefined ? [] : [file];
}

interface Splitting {
  readonly commands: string[][];
  words: string[];
  word: string;
  started: boolean;
}

/** Splits at the shell's separators and quotes; expansions are left as they are. */
export function simpleCommands(command: string): string[][] {
  const state: Splitting = { commands: [], words: [], word: '', started: false };
  let quote = '';
  for (let at = 0; at < command.length; at += 1) {
    const unit = command[at] ?? '';
    if (quote !== '') {
      if (unit === quote) quote = '';
      else state.word += unit;
    } else if (unit === '"' || unit === "'") {
      quote = unit;
      state.started = true;
    } else if (unit === '\\') {
      at += 1;
      state.word += command[at] ?? '';
    } else if (/[\s;&|()]/.test(unit)) {
      endWord(state);
      if (unit !== ' ' && unit !== '\t') endCommand(state);
    } else state.word += unit;
  }
  endWord(state);
  endCommand(state);
  return state.commands;
}

function endWord(state: Splitting): void {
  if (state.word !== '' || state.started) state.words.push(state.word);
  state.word = '';
  state.started = false;
}

function endCommand(state: Splitting): void {
  if (state.words.length > 0) state.commands.push(state.words);
  state.words = [];
}

/** Names that people give to scripts that narrow the network. */
const FIREWALL_NAME = /firewall|iptables|nftables|egress|lockdown/i;
const FIREWALL_PROGRAM = /^(?:ip6?tables(?:-restore|-legacy|-nft)?|nft|ipset|ufw)$/;

/** True when a command runs a packet filter's program, or a script that is named after one. */
export function namesFirewall(command: string): boolean {
  return simpleCommands(command.slice(0, MAX_COMMAND)).some((words) => {
    if (filesOf(words).some((file) => FIREWALL_NAME.test(file))) return true;
    const program = words.find((word) => !isPrefix(word)) ?? '';
    const name = program.slice(program.lastIndexOf('/') + 1);
    return FIREWALL_PROGRAM.test(name) || (FIREWALL_NAME.test(name) && words.length <= 3);
  });
}

/** True when a script's text sets rules of a packet filter. */
export function setsFirewall(script: string): boolean {
  return /(?:^|[\s;&|(/])(?:ip6?tables(?:-restore|-legacy|-nft)?|nft|ipset)[ \t]+-{0,2}\w/m.test(script);
}
