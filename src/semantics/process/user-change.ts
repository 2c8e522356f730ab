/** Programs that run a command as another user, and what their options say of it. */
import { byDefault, explicit, type Origin } from '../../model/value.ts';
import type { ShellWord } from '../shell/reading.ts';
import { programOf } from './command.ts';
import {
  given,
  type OptionTable,
  optionTable,
  type ProcessOption,
  readMixedOptions,
  readOptions,
} from './option-words.ts';

export interface UserChange {
  readonly program: string;
  /** The word that names the program. */
  readonly word: ShellWord;
  readonly options: readonly ProcessOption[];
  /** Symbolic; root where none is named. */
  readonly user: Pick<ProcessOption, 'origin' | 'text'> & { readonly value: string };
  /** What stands behind the options, and behind the user where that is an operand. */
  readonly rest: readonly ShellWord[];
}

/** sudo(8). */
const SUDO = optionTable(`
  A:askpass b:background B:bell C:close-from= D:chdir= E:preserve-env? e:edit g:group= H:set-home h:host=
  i:login K:remove-timestamp k:reset-timestamp l:list N:no-update n:non-interactive P:preserve-groups p:prompt=
  R:chroot= r:role= S:stdin s:shell t:type= T:command-timeout= U:other-user= u:user= V:version v:validate help
`);
/** doas(1). */
const DOAS = optionTable('a= C= L n s u:user=');
/** run0(1) of systemd 257. */
const RUN0 = optionTable(`
  no-ask-password machine= unit= property= description= slice= slice-inherit u:user= g:group= nice= D:chdir=
  setenv= background= pty pipe shell-prompt-prefix= lightweight= a:area= h:help V:version
`);
/** setpriv(1) of util-linux 2.41. */
const SETPRIV = optionTable(`
  d:dump nnp no-new-privs ambient-caps= inh-caps= bounding-set= ruid= euid= rgid= egid= reuid= regid=
  clear-groups keep-groups init-groups groups= securebits= pdeathsig= ptracer= selinux-label= apparmor-profile=
  reset-env landlock-access= landlock-rule= seccomp-filter= list-caps h:help V:version
`);
/** su(1) and runuser(1) of util-linux 2.41. */
const SU = optionTable(`
  c:command= session-command= f:fast g:group= G:supp-group= l:login m:p:preserve-environment P:pty T:no-pty
  s:shell= u:user= w:whitelist-environment= h:help V:version
`);

const TABLES: Readonly<Record<string, OptionTable>> = {
  sudo: SUDO,
  doas: DOAS,
  run0: RUN0,
  setpriv: SETPRIV,
};

/** Null where the words are those of another program, or change no user. */
export function userChange(words: readonly ShellWord[]): UserChange | null {
  const [word, ...others] = words;
  const program = programOf(word);
  if (word === undefined) return null;
  if (program === 'gosu' || program === 'su-exec') {
    const [user, ...rest] = others;
    return user === undefined ? null : { program, word, options: [], user: operand(user), rest };
  }
  if (program === 'su' || program === 'runuser') return operandChange(program, word, others);
  const table = Object.hasOwn(TABLES, program) ? TABLES[program] : undefined;
  if (table === undefined) return null;
  const { options, rest } = readOptions(others, table);
  const user = given(options, program === 'setpriv' ? 'reuid' : 'user');
  if (user !== null && user.value !== null) {
    return { program, word, options, user: { ...user, value: user.value }, rest };
  }
  if (program === 'setpriv') return null;
  return { program, word, options, user: asRoot(word), rest };
}

/** `su [-] [USER [ARGUMENT…]]`, `runuser -u USER COMMAND`. */
function operandChange(program: string, word: ShellWord, words: readonly ShellWord[]): UserChange {
  const leading = readOptions(words, SU);
  const named = given(leading.options, 'user');
  if (program === 'runuser' && named !== null && named.value !== null) {
    const { options, rest } = leading;
    return { program, word, options, user: { ...named, value: named.value }, rest };
  }
  const { options, rest } = readMixedOptions(words, SU);
  const dash = rest.find(({ value }) => value === '-');
  const [user, ...others] = rest.filter((one) => one !== dash);
  return {
    program,
    word,
    options: dash === undefined ? options : [...options, loginOption(dash)],
    user: user === undefined ? asRoot(word) : operand(user),
    rest: others,
  };
}

/** A lone `-` is short for `--login`. */
function loginOption({ place }: ShellWord): ProcessOption {
  return { name: 'login', value: null, origin: explicit(place), when: [], text: '-' };
}

function operand(word: ShellWord): UserChange['user'] {
  return { value: word.value, origin: explicit(word.place), text: word.value };
}

function asRoot({ place, value }: ShellWord): UserChange['user'] {
  return { value: 'root', origin: explicit(place), text: value };
}

/** `root`, `0`, `#0`, `root:wheel`. */
export function isRoot(user: string): boolean {
  return /^(?:root|#?0)(?::|$)/.test(user);
}

/** Where the command inside drops root for another user; null: it does not, or to root again. */
export function droppedBy(words: readonly ShellWord[]): Origin | null {
  const change = userChange(words);
  return change === null || isRoot(change.user.value) ? null : explicit(change.word.place);
}

/**
 * Where it is said, or the default, that all of the caller's variables come along; null: they do not
 * (sudoers(5), env_reset; doas.conf(5), keepenv; su(1), --login; setpriv(1), --reset-env).
 */
export function environmentKept({ program, word, options }: UserChange): Origin | null {
  const usual = byDefault(word.place, `${program} hands its environment on`);
  const has = (name: string): boolean => options.some((option) => option.name === name);
  switch (program) {
    case 'sudo':
    case 'sudo-rs':
      return options.find(({ name, value }) => name === 'preserve-env' && value === null)?.origin ?? null;
    case 'doas':
    case 'run0':
    case 'pkexec':
      return null;
    case 'su':
    case 'runuser':
      return has('login') ? null : usual;
    default:
      return has('reset-env') ? null : usual;
  }
}
