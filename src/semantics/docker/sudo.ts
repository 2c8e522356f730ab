/** What the sudoers lines in a shell text (a Dockerfile's RUN, an install script) let a user do. */
import { type Answer, answer, explicit, type Origin } from '../../model/value.ts';
import { type MappedText, originalPlace } from '../../source/mapped.ts';

export interface SudoGrant {
  /**
   * - `all`: any command, or one that hands out a root shell.
   * - `script`: named scripts and nothing else.
   * - `program`: a program of the system that may or may not hand out a root shell.
   * - `revoked`: earlier grants are taken back.
   */
  readonly kind: 'all' | 'script' | 'program' | 'revoked';
  /** User or `%group`; null where the line does not tell. */
  readonly user: string | null;
  /** Programs and scripts as written, arguments included. */
  readonly commands: readonly string[];
  readonly origin: Origin;
}

/**
 * Programs that run a command of the caller's choice, or write any file, when they run as root
 * (https://gtfobins.github.io, function `sudo`).
 */
const ROOT_GIVING = new Set(
  (
    'apk apt apt-get awk bash cat chmod chown chroot cp crontab curl dash dd dnf docker dpkg ed env expect find ' +
    'gdb git install ip iptables journalctl ksh less ln make man mount more mv nano nice node npm nsenter perl ' +
    'pip pip3 pipx podman python python3 rpm rsync ruby screen sed service setcap sh ssh strace su systemctl ' +
    'tar tee timeout tmux unshare unzip useradd usermod vi vim visudo wget xargs yum zip zsh'
  ).split(' '),
);

/** Ends of the part of a shell line that a sudoers line can take up. */
const ENDS = new Set(['"', "'", '>', '|', '&', ';', '\n']);
/** A sudoers line is shorter than this; more is not looked through. */
const LINE = 2000;
/** Lines that are read in one text; no real one has more than a few. */
const MAX_LINES = 200;

/** The grants in a shell text, in order. Linear in the text. */
export function sudoGrants(text: MappedText): SudoGrant[] {
  const found: { at: number; grant: SudoGrant }[] = [];
  let at = text.text.indexOf('NOPASSWD');
  while (at >= 0 && found.length < MAX_LINES) {
    const start = boundaryBefore(text.text, at);
    const end = boundaryAfter(text.text, at);
    const grant = grantOf(text.text.slice(at + 8, end), text.text.slice(start, at));
    found.push({ at, grant: { ...grant, origin: explicit(originalPlace(text, start, end)) } });
    at = text.text.indexOf('NOPASSWD', at + 8);
  }
  found.push(...passwordGroups(text), ...revocations(text));
  return found.sort((a, b) => a.at - b.at).map(({ grant }) => grant);
}

function boundaryBefore(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < LINE && !ENDS.has(text[start - 1] ?? '')) start -= 1;
  return start;
}

function boundaryAfter(text: string, at: number): number {
  let end = at;
  while (end < text.length && end - at < LINE && !ENDS.has(text[end] ?? '')) end += 1;
  return end;
}

function grantOf(rights: string, head: string): Omit<SudoGrant, 'origin'> {
  const user = /(?:^|\s|\/)(\S{1,64})\s+\S+\s*=[^=]*$/.exec(head.slice(-200))?.[1] ?? null;
  const list = rights
    .replaceAll('\\', '')
    .replace(/^\s*:\s*/, '')
    .replace(/^(?:\s*(?:SETENV|NOSETENV|EXEC|NOEXEC|LOG_OUTPUT|MAIL)\s*:)+/, '')
    .trim();
  if (list === '' || /^ALL\b/.test(list)) return { kind: 'all', user, commands: ['ALL'] };
  const commands = list
    .split(',')
    .map((command) => command.trim())
    .filter((command) => command !== '');
  if (commands.some((command) => command === 'ALL' || givesRoot(command)))
    return { kind: 'all', user, commands };
  return { kind: commands.every(isScript) ? 'script' : 'program', user, commands };
}

function programOf(command: string): string {
  return command.split(/\s/, 1)[0] ?? '';
}

function givesRoot(command: string): boolean {
  const program = programOf(command);
  return ROOT_GIVING.has(program.slice(program.lastIndexOf('/') + 1)) || /\/\*+$/.test(program);
}

/** A file with a script's ending, or below a directory in which no package installs programs. */
function isScript(command: string): boolean {
  const program = programOf(command);
  return /\.(?:sh|bash|py|pl|rb|js)$/.test(program) || !/^\/(?:usr\/)?s?bin\//.test(program);
}

interface Found {
  readonly at: number;
  readonly grant: SudoGrant;
}

/** Membership of sudo or wheel asks for a password: it counts where the same text sets or clears one. */
function passwordGroups(mapped: MappedText): Found[] {
  const { text } = mapped;
  const group = /\b(?:usermod|adduser|useradd|addgroup|gpasswd)\b[^;&|\n]{0,200}\b(?:sudo|wheel)\b/.exec(
    text,
  );
  if (group === null || !/\bchpasswd\b|\bpasswd\s+-d\b/.test(text)) return [];
  const origin = explicit(originalPlace(mapped, group.index, group.index + group[0].length));
  return [{ at: group.index, grant: { kind: 'all', user: null, commands: ['ALL'], origin } }];
}

function revocations(text: MappedText): Found[] {
  const pattern =
    /\brm\b[^;&|\n]{0,200}\/etc\/sudoers|\b(?:apt-get|apt|apk|dnf|yum)\b[^;&|\n]{0,100}\b(?:purge|remove|del)\b[^;&|\n]{0,200}\bsudo\b|\bdeluser\b[^;&|\n]{0,100}\bsudo\b/g;
  return [...text.text.matchAll(pattern)].map((match) => {
    const origin = explicit(originalPlace(text, match.index, match.index + match[0].length));
    return { at: match.index, grant: { kind: 'revoked', user: null, commands: [], origin } };
  });
}

/**
 * Whether the grants, taken in order, make their user root.
 * @returns null where nothing is said
 */
export function sudoAnswer(grants: readonly SudoGrant[]): Answer | null {
  const revoked = grants.findLastIndex((grant) => grant.kind === 'revoked');
  const standing = grants.slice(revoked + 1);
  const all = standing.find((grant) => grant.kind === 'all');
  if (all !== undefined) return answer('yes', [all.origin], 'sudo needs no password');
  const program = standing.find((grant) => grant.kind === 'program');
  if (program !== undefined) {
    return answer('unknown', [program.origin], `sudo runs ${program.commands.join(', ')} without a password`);
  }
  const script = standing.find((grant) => grant.kind === 'script');
  if (script !== undefined) {
    return answer('no', [script.origin], `sudo is limited to ${script.commands.join(', ')}`);
  }
  const taken = grants[revoked];
  return taken === undefined ? null : answer('no', [taken.origin], 'sudo is taken away');
}

/** Scripts that may be run as root without a password, as written. */
export function sudoScripts(grants: readonly SudoGrant[]): string[] {
  return grants.flatMap((grant) => (grant.kind === 'script' ? grant.commands : []));
}
