/** sudo(8), su(1) and their like to another user: owners and modes of files alone stand between. */
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { byDefault, known, unknown, type Value } from '../../model/value.ts';
import { passedVariable } from '../docker/run-spec-environment.ts';
import { callerOf } from '../process/caller.ts';
import { startedAgents } from '../process/command.ts';
import { otherUserFiles } from '../process/host-view.ts';
import { launchedSandbox } from '../process/launched.ts';
import { type Launch, type ScriptContext, startsContainer } from '../process/launches.ts';
import { certain, given } from '../process/option-words.ts';
import { namespacesOf, startedFromTerminal } from '../process/sandbox.ts';
import { environmentKept, isRoot, type UserChange, userChange } from '../process/user-change.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import { powersOf } from './account.ts';

interface UserSwitch extends UserChange {
  readonly inside: readonly ShellWord[];
}

/** Null unless another user starts a coding agent: scripts change users for many other reasons. */
export function userLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  if (startsContainer(context.source.path)) return null;
  const found = switchOf(command);
  if (found === null || isSelf(found.user.value) || startedAgents(found.inside).length === 0) return null;
  const { word, program, user } = found;
  const { place } = word;
  const kept = environmentKept(found);
  const powers = powersOf(user.value, context.commands);
  return {
    place,
    build: (identity) =>
      launchedSandbox(
        {
          format: 'user',
          program,
          boundary: 'user',
          command,
          place,
          caller: callerOf(command, context.before),
          reason: 'it starts a coding agent as a user of its own',
          inside: found.inside,
          files: otherUserFiles({ text: textOf(found), origin: user.origin, sockets: powers.sockets }),
          user: {
            kind: 'ordinary',
            name: nameOf(found),
            origin: user.origin,
            reason: 'it runs as an ordinary user',
          },
          namespaces: namespacesOf(place, program, {}),
          kept,
          emptied: kept === null ? byDefault(place, `${program} empties the environment`) : null,
          variables: keptVariables(found),
          privilege: {
            terminal: terminalOf(command, found),
            sudo: powers.sudo,
            noNewPrivileges: certain(found.options, 'nnp', 'no-new-privs')?.origin ?? null,
            groups: powers.groups,
            devices: powers.devices,
          },
          unresolved: [],
        },
        identity,
      ),
  };
}

/** The last program on the line that changes the user is the one that counts. */
function switchOf(command: ShellCommand): UserSwitch | null {
  const own = userChange(command.words);
  if (own !== null) {
    const line = given(own.options, 'command', 'session-command');
    return { ...own, inside: line?.value == null ? own.rest : lineOf(own.word, line.value) };
  }
  const outer = command.wrappers.flatMap((words) => userChange(words) ?? []).at(-1);
  return outer === undefined ? null : { ...outer, inside: command.words };
}

/** A line for the shell, as its words: enough to see what it starts. */
function lineOf(word: ShellWord, line: string): readonly ShellWord[] {
  const start = line.replace(/^(?:\s*(?:cd\s[^;&|]{0,300}(?:&&|;)|exec\s))*/, '');
  return start
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((value) => ({ ...word, value }));
}

/** Back to whoever called the script, or to root: no other user. */
function isSelf(user: string): boolean {
  if (isRoot(user)) return true;
  return unknownNames(user).some((name) => /^\$?\(?(?:SUDO_USER|USER|LOGNAME|whoami|id -un)\)?$/.test(name));
}

function textOf({ program, user }: UserSwitch): string {
  return `${program} ${displayText(user.text)}`;
}

/** `sudo --preserve-env=NAME,…`, `su --whitelist-environment NAME,…`. */
function keptVariables({ options }: UserSwitch) {
  return options.flatMap(({ name, value, origin }) =>
    (name === 'preserve-env' || name === 'whitelist-environment') && value !== null
      ? value.split(',').flatMap((one) => (one === '' ? [] : [passedVariable(one, origin)]))
      : [],
  );
}

/** `su -c` makes a session of its own (su(1), --session-command); what run0 starts is a service (run0(1), --pipe). */
function terminalOf(command: ShellCommand, { program, word, options }: UserSwitch) {
  const isOwn = given(options, 'command', 'pty') !== null || program === 'run0';
  return isOwn ? null : startedFromTerminal(command, word.place, program);
}

function nameOf({ user: { value, origin } }: UserSwitch): Value<string> {
  if (isResolved(value)) return known(value, origin);
  const shown = displayText(value);
  return unknown(shown, `${shown} is set outside the files`, unknownNames(value), origin);
}
