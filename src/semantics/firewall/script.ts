/** From the commands of a script to the steps that set its filter. */
import { isResolved } from '../../model/symbolic.ts';
import { type MappedText, originalPlace } from '../../source/mapped.ts';
import type { Place } from '../../source/source.ts';
import type { Condition, ShellCommand, ShellRedirection } from '../shell/reading.ts';
import { ipsetSteps, iptablesSteps, type RestoreLine, restoreSteps } from './iptables.ts';
import { nftSteps } from './nft.ts';
import type { Step, Word } from './rules.ts';
import { ufwSteps } from './ufw.ts';

/** @returns the text of a file that the script names; null where it cannot be had */
export type FileText = (path: string) => MappedText | null;

/** How sure it is that a command runs. `if`: it hangs on what is in the image. */
export type Certainty = 'always' | 'if' | 'maybe' | 'never';

const FILTERS = /^(?:ip6?tables(?:-(?:legacy|nft))?(?:-restore)?|nft|ipset|ufw|sysctl)$/;

/** The name of the packet filter's program that a command runs; null for every other command. */
export function filterProgram({ words }: ShellCommand): string | null {
  const [first] = words;
  if (first === undefined || !isResolved(first.value)) return null;
  const name = first.value.slice(first.value.lastIndexOf('/') + 1);
  return FILTERS.test(name) ? name : null;
}

/** Never throws. */
export function stepsOf(command: ShellCommand, file: FileText): Step[] {
  const program = filterProgram(command);
  if (program === null) return [];
  const [, ...words] = command.words;
  const { place } = command;
  if (program === 'sysctl') return ipv6Off(words, place);
  const family = program.startsWith('ip6') ? 'ip6' : 'ip4';
  if (/^ip6?tables.*-restore$/.test(program)) {
    const lines = inputLines(command, words, file);
    const keeps = words.some(({ value }) => value === '-n' || value === '--noflush');
    return lines === null ? [unread(command)] : restoreSteps(family, lines, keeps);
  }
  // xargs gives a command words that stand nowhere.
  const open = command.words.find(({ many }) => many);
  if (open !== undefined && program !== 'ipset') {
    const steps = program.startsWith('ip')
      ? iptablesSteps(
          family,
          words.filter(({ many }) => !many),
          place,
        )
      : [unread(command)];
    const other = words.some(({ value }, index) => value === '-t' && words[index + 1]?.value !== 'filter');
    return other ? [] : steps.length > 0 ? steps : [unread(command)];
  }
  if (program === 'nft') return nftCommand(command, words, file);
  if (program === 'ipset') return ipsetSteps(piped(words), place);
  if (program === 'ufw') return ufwSteps(words, place);
  return iptablesSteps(family, words, place);
}

/** `… | xargs -I{} ipset add allowed {}`: the member is whatever is piped in. */
function piped(words: ShellCommand['words']): readonly Word[] {
  const plain = words.filter(({ many }) => !many);
  const given = words.find(({ many }) => many);
  if (given === undefined || plain.length > 2) {
    return plain.map((word) => (given !== undefined && word.value === '{}' ? given : word));
  }
  return [...plain, given];
}

function unread({ place, words }: ShellCommand): Step {
  const text = words.map(({ value }) => value).join(' ');
  return { kind: 'unreadable', why: 'the rules that it is given stand elsewhere', place, text };
}

/** sysctl(8): `-w net.ipv6.conf.all.disable_ipv6=1`. */
function ipv6Off(words: readonly Word[], place: Place): Step[] {
  const off = words.find(({ value }) => /^net\.ipv6\.conf\.(?:all|default)\.disable_ipv6=1$/.test(value));
  return off === undefined ? [] : [{ kind: 'no-ipv6', place, text: `sysctl ${off.value}` }];
}

function nftCommand(command: ShellCommand, words: readonly Word[], file: FileText): Step[] {
  const at = words.findIndex(({ value }) => /^(?:-f|--file|-\w*f)$/.test(value));
  if (at >= 0) {
    const lines = inputLines(command, words.slice(at), file);
    return lines === null ? [unread(command)] : nftSteps(lines);
  }
  const text = words
    .filter(({ value }) => !value.startsWith('-'))
    .map(({ value }) => value)
    .join(' ');
  return nftSteps([{ text, place: command.place }]);
}

/** Lines of what a program reads: a here-document, a here-string, or a file of the project. */
function inputLines(command: ShellCommand, words: readonly Word[], file: FileText): RestoreLine[] | null {
  const document = command.redirections.findLast(({ body }) => body !== undefined);
  if (document !== undefined) return documentLines(document);
  const named = words.find(
    ({ value }) => !value.startsWith('-') && /[./]/.test(value) && value !== '/dev/stdin',
  );
  const redirected = command.redirections.findLast(({ operator }) => operator === '<')?.target;
  const path = redirected?.value ?? named?.value;
  if (path === undefined || !isResolved(path)) return null;
  const text = file(path);
  return text === null ? null : textLines(text);
}

const MAX_LINES = 5000;

function textLines(text: MappedText): RestoreLine[] {
  let at = 0;
  return text.text.split('\n', MAX_LINES).map((line) => {
    const place = originalPlace(text, at, at + line.trimEnd().length);
    at += line.length + 1;
    return { text: line.replace(/\r$/, ''), place };
  });
}

/** The text with its expansions done, on the lines of what is written, when they still are as many. */
function documentLines({ body, bodyValue }: ShellRedirection): RestoreLine[] {
  if (body === undefined) return [];
  const written = body.text.split('\n');
  const given = bodyValue?.split('\n') ?? written;
  const same = given.length === written.length;
  let at = 0;
  const places = written.map((line) => {
    const place = linePlace(body, at, line);
    at += line.length + 1;
    return place;
  });
  const whole = originalPlace(body, 0, body.text.length);
  return given.slice(0, MAX_LINES).map((text, index) => ({
    text,
    place: (same ? places[index] : undefined) ?? whole,
  }));
}

function linePlace(body: MappedText, at: number, line: string): Place {
  const indent = line.length - line.trimStart().length;
  return originalPlace(body, at + indent, at + line.trimEnd().length);
}

/** Tests of what an image brings, and of who runs the script: they hold where the script is meant to run. */
const EXPECTED =
  /\b(?:command -v|which|type|hash|id -u|EUID|UID|whoami|root|sudo)\b|\b(?:ip6?tables|nft|ipset)\b.{0,20}(?:--version|-L|-S|--list)|-[xfe] \S{0,100}(?:ip6?tables|nft|ipset|if_inet6)/;
/** True for a test that holds where the script is meant to run, or fails there if it is negated. */
export function isExpected(text: string): boolean {
  return EXPECTED.test(text);
}

/** Asks for a rule before it is added: it is there either way. */
const CHECKED = /^\s*(?:sudo\s+)?ip6?tables\b.{0,60}\s(?:-C|--check)\b/;

export function certaintyOf({ conditions, called }: ShellCommand): Certainty {
  if (!called) return 'never';
  let certainty: Certainty = 'always';
  for (const condition of conditions) {
    const one = certaintyOfCondition(condition);
    if (one === 'never') return 'never';
    if (one === 'maybe') certainty = 'maybe';
    else if (one === 'if' && certainty === 'always') certainty = 'if';
  }
  return certainty;
}

function certaintyOfCondition({ choice, text, negated }: Condition): Certainty {
  // A trap runs when something else happens.
  if (choice.kind === 'event') return 'never';
  if (choice.kind === 'loop') return 'always';
  if (CHECKED.test(text)) return 'always';
  if (choice.kind !== 'test' || !EXPECTED.test(text)) return 'maybe';
  return negated && !/-ne|!=/.test(text) ? 'maybe' : 'if';
}
