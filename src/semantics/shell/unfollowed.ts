/** Commands that may run an engine in a way that is not followed: other languages, programs that are not known. */
import type { Call } from './command.ts';
import { fieldText } from './fields.ts';
import { type Run, report } from './state.ts';
import { textOf } from './value.ts';
import { isWrapper } from './wrappers.ts';

const INTERPRETER =
  /^(?:python[\d.]*|perl|ruby|node|deno|bun|php|lua|[gm]?awk|osascript|expect|make|pwsh|powershell|cmd)(?:\.exe)?$/;
/** Those in which every line is a command. */
const SHELL_LIKE = /^(?:make|pwsh|powershell|cmd|expect|osascript)(?:\.exe)?$/;
const STARTS = /system|exec|spawn|popen|subprocess|shell|run\(|`/i;
const ENGINE = /\b(docker|podman|nerdctl)\b[^\n]{0,80}?\b(?:run|create|exec|compose)\b|\b(bwrap)\b/i;
/** More of a text is not looked at. */
const LONGEST = 20_000;

/** Programs that look at words, print them or keep them, whatever they say. */
const LOOKS =
  /^(?:type|command|which|where|whence|man|info|whatis|apropos|tldr|help|hash|complete|compgen|[efz]?grep|rg|ag|ack|git|gh|apt|apt-get|brew|yum|dnf|apk|pacman|snap|systemctl|service|dialog|whiptail|zenity|notify-send|logger|say|figlet|cowsay|banner|docker|podman|nerdctl|kubectl|ps|pgrep|pkill|killall|sed|jq|yq|curl|wget|mail|wall|write|history|fc|bind|printenv|cheat|usermod|zypper|port|pip3?|npm|cargo|compdef|zstyle|bwrap|firejail|sandbox-exec)$/;
const PRINTS =
  /(?:^|_|-)(?:log|logs|echo|print|printf|msg|message|info|warn|warning|err|error|debug|trace|note|notice|title|header|step|section|usage|help|die|fail|abort|fatal|ok|success|todo|show|display|assert|require|need|needs|install|add)(?:$|_|-)/i;

/** Whether a program only looks at its words, prints them or keeps them. */
export function takesText(name: string): boolean {
  return LOOKS.test(name) || PRINTS.test(name);
}

/** Says so of a command that is no function, no builtin and no wrapper. */
export function noteUnfollowed(run: Run, call: Call): void {
  const [first, ...rest] = call.fields;
  const name = first === undefined ? null : (fieldText(first)?.replace(/^.*\//s, '') ?? null);
  if (name === null || LOOKS.test(name) || isWrapper(name)) return;
  if (INTERPRETER.test(name)) {
    const input = call.redirections.input ?? run.input;
    const texts = [...rest.map((field) => textOf(field.pieces)), input === null ? '' : textOf(input)];
    const text = texts.join('\n').slice(0, LONGEST);
    const [, engine, other] = ENGINE.exec(text) ?? [];
    const found = engine ?? other;
    if (found !== undefined && (SHELL_LIKE.test(name) || STARTS.test(text))) {
      report(
        run,
        'unfollowed',
        `the text for ${name} names ${found}, and what it does there is not followed`,
        call.place,
      );
    }
    return;
  }
  if (PRINTS.test(name)) return;
  const words = rest.map((field) => fieldText(field) ?? '');
  const at = words.findIndex((word, index) => startsAt(word, words[index + 1] ?? ''));
  if (at === -1) return;
  report(
    run,
    'unfollowed',
    `\`${name}\` is given a command of ${words[at]}, and what it does with it is not known`,
    call.place,
  );
}

function startsAt(word: string, next: string): boolean {
  const program = word.replace(/^.*\//s, '');
  if (program === 'bwrap') return next.startsWith('--');
  return /^(?:docker|podman|nerdctl)$/.test(program) && /^(?:run|create|exec|compose|container)$/.test(next);
}
