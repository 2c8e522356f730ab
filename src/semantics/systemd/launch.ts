/** Services that systemd-run starts in a script. */
import { callerOf } from '../process/caller.ts';
import { programOf, startedAgents } from '../process/command.ts';
import type { Launch, ScriptContext } from '../process/launches.ts';
import { folderOf } from '../process/named-file.ts';
import { optionTable, type ProcessOption, readOptions } from '../process/option-words.ts';
import { probeIn } from '../process/probe.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import { serviceSandbox } from './sandbox.ts';
import { isExecution, isSandboxing } from './settings.ts';

/** systemd-run(1). */
const OPTIONS = optionTable(`
  no-ask-password scope u:unit= p:property= description= slice= slice-inherit expand-environment=
  r:remain-after-exit send-sighup service-type= uid= gid= nice= working-directory= d:same-dir E:setenv= t:pty tty
  T:pty-late P:pipe q:quiet v:verbose on-active= on-boot= on-startup= on-unit-active= on-unit-inactive=
  on-calendar= on-clock-change on-timezone-change path-property= socket-property= timer-property= no-block
  wait G:collect S:shell ignore-failure background= user system H:host= M:machine= job-mode= json= C:capsule=
  no-pager root-directory= R:same-root-dir h:help version
`);

/** What starts a sandbox of its own decides there. */
const LAUNCHERS =
  /^(?:bwrap|docker|podman|nerdctl|firejail|sandbox-exec|qemu-system-\S+|firecracker|jailer|runsc|unshare|chroot)$/;

/** systemd-run starts many things; with settings of a sandbox, or a coding agent, it is meant as one. */
export function systemdRunLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const words = command.wrappers.findLast(([first]) => programOf(first) === 'systemd-run');
  const [word, ...others] = words ?? [];
  if (word === undefined || LAUNCHERS.test(programOf(command.words[0]))) return null;
  const reading = readOptions(others, OPTIONS);
  if (isElsewhere(reading.options)) return null;
  const properties = reading.options.flatMap(propertyOf);
  const agents = startedAgents(command.words);
  const isMeant = properties.some(
    ({ name }) => isSandboxing(name) || (isExecution(name) && !/^(?:User|Group)$/.test(name)),
  );
  if (!isMeant && agents.length === 0) return null;
  const flag = (name: string) => reading.options.find((one) => one.name === name && one.when.length === 0);
  const [agent] = agents;
  const { project, source } = context;
  return {
    place: word.place,
    probe: probeIn(command.words, reading.unresolved),
    build: (identity) =>
      serviceSandbox(
        {
          settings: {
            properties,
            // That of another user is named as a machine, and runs what that user may.
            userManager: properties.some(({ name }) => name === 'User')
              ? null
              : (flag('user')?.origin ?? null),
            scope: flag('scope')?.origin ?? null,
            elevated: null,
            place: word.place,
            named: 'systemd-run',
          },
          caller: callerOf({ ...command, wrappers: beforeWrapper(command, words) }, context.before),
          agents,
          reason:
            agent === undefined ? 'it is given settings of a sandbox' : `it runs the coding agent ${agent}`,
          unresolved: reading.unresolved,
          project,
          folder: folderOf(source, project),
        },
        identity,
      ),
  };
}

/** On another host, in a container, in a capsule: nothing of this host is in question. */
function isElsewhere(options: readonly ProcessOption[]): boolean {
  return options.some(
    ({ name, value }) =>
      name === 'host' || name === 'capsule' || (name === 'machine' && userOnHost(value) === null),
  );
}

/** `--machine=agent@.host`: the manager of another user of this host (systemd-run(1), -M). */
function userOnHost(machine: string | null): string | null {
  return /^(.+)@(?:\.host)?$/s.exec(machine ?? '')?.[1] ?? null;
}

/** `sudo systemd-run …`: what stands before it. */
function beforeWrapper(
  { wrappers }: ShellCommand,
  words: readonly ShellWord[] | undefined,
): ShellCommand['wrappers'] {
  const at = words === undefined ? 0 : wrappers.indexOf(words);
  return wrappers.slice(0, Math.max(0, at));
}

/** `-p NAME=value`, and the options that are short for one. */
function propertyOf({ name, value, ...rest }: ProcessOption): readonly ProcessOption[] {
  if (value === null) return [];
  switch (name) {
    case 'property': {
      const equals = value.indexOf('=');
      return equals < 1 ? [] : [{ ...rest, name: value.slice(0, equals), value: value.slice(equals + 1) }];
    }
    case 'uid':
      return [{ ...rest, name: 'User', value }];
    case 'machine':
      return [{ ...rest, name: 'User', value: userOnHost(value) ?? '' }];
    case 'setenv':
      return [{ ...rest, name: value.includes('=') ? 'Environment' : 'PassEnvironment', value }];
    default:
      return [];
  }
}
