/** sudo(8), su(1) and runuser(1) to another user: owners and modes of files alone stand between. */
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { byDefault, explicit, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { callerOf } from '../process/caller.ts';
import { programOf, startedAgents } from '../process/command.ts';
import { otherUserFiles } from '../process/host-view.ts';
import {
  type Launch,
  type LaunchIdentity,
  type ScriptContext,
  startsContainer,
} from '../process/launches.ts';
import { processNetwork } from '../process/network.ts';
import { joined, optionTable, readOptions } from '../process/option-words.ts';
import {
  callerLimits,
  namespacesOf,
  processEnvironment,
  processLifetime,
  processPrivilege,
  processSandbox,
  startedFromTerminal,
} from '../process/sandbox.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import { powersOf } from './account.ts';

interface UserSwitch {
  /** The word that names the program. */
  readonly word: ShellWord;
  readonly user: ShellWord;
  readonly origin: Origin;
  readonly text: string;
  /** Where it is written, or the default, that the caller's environment comes along; null: it does not. */
  readonly inherits: Origin | null;
  readonly inside: readonly ShellWord[];
}

/** Null unless another user starts a coding agent: scripts change users for many other reasons. */
export function userLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  if (startsContainer(context.source.path)) return null;
  const found = sudoSwitch(command) ?? suSwitch(command);
  if (found === null || isSelf(found.user.value) || startedAgents(found.inside).length === 0) return null;
  return { place: found.word.place, build: (identity) => userSandbox(command, found, context, identity) };
}

/** sudo(8): letters and names of options that take a value. */
const SUDO = optionTable(`
  A:askpass b:background B:bell C:close-from= D:chdir= E:preserve-env? g:group= H:set-home h:host= i:login
  K:remove-timestamp k:reset-timestamp l:list N:no-update n:non-interactive P:preserve-groups p:prompt=
  R:chroot= r:role= S:stdin s:shell t:type= T:command-timeout= U:other-user= u:user= V:version v:validate
`);

/** The last of several is who runs it. */
function sudoSwitch(command: ShellCommand): UserSwitch | null {
  const words = command.wrappers.findLast(([first]) => programOf(first) === 'sudo');
  const [word, ...others] = words ?? [];
  if (word === undefined) return null;
  const { options } = readOptions(others, SUDO);
  const option = options.findLast(({ name }) => name === 'user');
  const user = wordOf(others, option?.value);
  if (option === undefined || user === null) return null;
  const keeps = options.find(({ name, value }) => name === 'preserve-env' && value === null);
  return {
    word,
    user,
    origin: option.origin,
    text: `sudo ${option.text}`,
    inherits: keeps?.origin ?? null,
    inside: command.words,
  };
}

function wordOf(words: readonly ShellWord[], value: string | null | undefined): ShellWord | null {
  if (value === null || value === undefined || value === '') return null;
  const word = words.find((one) => one.value === value || one.value.endsWith(value));
  return word === undefined ? null : { ...word, value };
}

/** `su [-] USER -c LINE`, `runuser -u USER -- COMMAND`. */
function suSwitch({ words }: ShellCommand): UserSwitch | null {
  const [word, ...others] = words;
  const program = programOf(word);
  if (word === undefined || (program !== 'su' && program !== 'runuser')) return null;
  const end = others.findIndex(({ value }) => value === '--');
  const options = end === -1 ? others : others.slice(0, end);
  const user = wordAfter(options, /^(?:-u|--user)$/) ?? operandOf(options);
  const line = wordAfter(others, /^(?:-c|--command|--session-command)$/);
  const inside = line === null ? (end === -1 ? [] : others.slice(end + 1)) : lineOf(line);
  if (user === null || inside.length === 0) return null;
  const isLogin = options.some(({ value }) => /^(?:-|-l|--login)$/.test(value));
  return {
    word,
    user,
    origin: explicit(joined(word, user)),
    text: `${program} ${displayText(user.value)}`,
    inherits: isLogin ? null : byDefault(word.place, `${program} hands its environment on`),
    inside,
  };
}

function wordAfter(words: readonly ShellWord[], option: RegExp): ShellWord | null {
  const at = words.findIndex(({ value }) => option.test(value));
  return at === -1 ? null : (words[at + 1] ?? null);
}

/** The first word that is neither an option nor the value of one (su(1)). */
function operandOf(words: readonly ShellWord[]): ShellWord | null {
  const valued = /^(?:-[cugGswT]|--(?:command|session-command|user|group|supp-group|shell))$/;
  const found = words.find(
    ({ value }, at) => !value.startsWith('-') && !valued.test(words[at - 1]?.value ?? ''),
  );
  return found ?? null;
}

/** A line for the shell, as its words: enough to see what it starts. */
function lineOf(word: ShellWord): readonly ShellWord[] {
  const start = word.value.replace(/^(?:\s*(?:cd\s[^;&|]{0,300}(?:&&|;)|exec\s))*/, '');
  return start
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((value) => ({ ...word, value }));
}

/** Back to whoever called the script, or to root: no other user. */
function isSelf(user: string): boolean {
  if (/^(?:root|0|#0)$/.test(user)) return true;
  return unknownNames(user).some((name) => /^\$?\(?(?:SUDO_USER|USER|LOGNAME|whoami|id -un)\)?$/.test(name));
}

function userSandbox(
  command: ShellCommand,
  found: UserSwitch,
  { before, commands }: ScriptContext,
  identity: LaunchIdentity,
) {
  const { word, user, origin, text, inside, inherits } = found;
  const { place } = word;
  const namespaces = namespacesOf(place, programOf(word), {});
  const powers = powersOf(user.value, commands);
  const environment = processEnvironment(command, inherits);
  return processSandbox(identity, {
    format: 'user',
    boundary: 'user',
    place,
    reason: 'it starts a coding agent as a user of its own',
    files: otherUserFiles({ text, origin, sockets: powers.sockets }),
    network: processNetwork(namespaces.network, environment),
    privilege: {
      ...processPrivilege({
        place,
        user: { kind: 'ordinary', name: nameOf(user), origin, reason: 'it runs as an ordinary user' },
        namespaces,
        terminal: terminalOf(command, place, programOf(word)),
        sudo: powers.sudo,
      }),
      groups: powers.groups,
    },
    environment,
    limits: callerLimits(place, callerOf(command, before), programOf(word)),
    lifetime: processLifetime(place),
    agents: startedAgents(inside),
    unresolved: [],
  });
}

/** `su -c` makes a session of its own (su(1), --session-command). */
function terminalOf(command: ShellCommand, place: Place, program: string) {
  return program === 'su' ? null : startedFromTerminal(command, place, program);
}

function nameOf({ value, place }: ShellWord): Value<string> {
  if (isResolved(value)) return known(value, explicit(place));
  const shown = displayText(value);
  return unknown(shown, `${shown} is set outside the files`, unknownNames(value), explicit(place));
}
