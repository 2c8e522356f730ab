/** Where services come from: systemd-run in a script, and unit files. */

import { workspacePath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit } from '../../model/value.ts';
import { placeAt, type Source } from '../../source/source.ts';
import { callerOf } from '../process/caller.ts';
import { programOf, startedAgents } from '../process/command.ts';
import type { Launch, ScriptContext } from '../process/launches.ts';
import { optionTable, type ProcessOption, readOptions } from '../process/option-words.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';
import { serviceSandbox } from './sandbox.ts';
import { isExecution, isSandboxing } from './settings.ts';
import { readUnit } from './unit-text.ts';

/** systemd-run(1). */
const OPTIONS = optionTable(`
  no-ask-password scope unit= u:unit= p:property= description= slice= slice-inherit expand-environment=
  r:remain-after-exit send-sighup service-type= uid= gid= nice= working-directory= d:same-dir E:setenv= t:pty
  T:pty-late P:pipe q:quiet v:verbose on-active= on-boot= on-startup= on-unit-active= on-unit-inactive=
  on-calendar= on-clock-change on-timezone-change path-property= socket-property= timer-property= no-block
  wait G:collect S:shell ignore-failure background= user system H:host= M:machine= job-mode= json= C:capsule=
  h:help version
`);

/** What starts a sandbox of its own decides there. */
const LAUNCHERS =
  /^(?:bwrap|docker|podman|nerdctl|firejail|sandbox-exec|qemu-system-\S+|firecracker|jailer|unshare|chroot)$/;

/** systemd-run starts many things; with settings of a sandbox, or a coding agent, it is meant as one. */
export function systemdRunLaunch(command: ShellCommand, context: ScriptContext): Launch | null {
  const words = command.wrappers.findLast(([first]) => programOf(first) === 'systemd-run');
  const [word, ...others] = words ?? [];
  if (word === undefined || LAUNCHERS.test(programOf(command.words[0]))) return null;
  const reading = readOptions(others, OPTIONS);
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
    build: (identity) =>
      serviceSandbox(
        {
          settings: {
            properties,
            userManager: flag('user')?.origin ?? null,
            scope: flag('scope')?.origin ?? null,
            place: word.place,
          },
          caller: callerOf({ ...command, wrappers: beforeWrapper(command, words) }, context.before),
          agents,
          reason:
            agent === undefined ? 'it is given settings of a sandbox' : `it runs the coding agent ${agent}`,
          unresolved: reading.unresolved,
          project,
          folder: project.relative(source).replace(/\/?[^/]*$/, ''),
        },
        identity,
      ),
  };
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
    case 'setenv':
      return [{ ...rest, name: value.includes('=') ? 'Environment' : 'PassEnvironment', value }];
    default:
      return [];
  }
}

/** Whether a text is a unit file of a service. */
export function looksLikeService(text: string): boolean {
  const head = text.slice(0, 20_000).split('\n');
  // A script that writes a unit begins with something else than a section.
  const first = head.find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line));
  if (first === undefined || !/^\s*\[\w[\w-]*\]\s*$/.test(first)) return false;
  return /^[ \t]*\[Service\][ \t\r]*$/m.test(text) && /^[ \t]*Exec\w{1,20}[ \t]*=/m.test(text);
}

/** Cheap; which of its lines start an agent is asked again of the reading. */
export function startsAgent(text: string): boolean {
  return [...text.matchAll(/^[ \t]*ExecStart[ \t]*=(.{1,2000})$/gm)].some(
    ([, line = '']) => startedAgents(asWords(line)).length > 0,
  );
}

/** `@`, `-`, `:`, `+`, `!` before the program change how it is run (systemd.service(5), COMMAND LINES). */
function asWords(line: string): readonly ShellWord[] {
  const place = { source: { path: '', text: '', lineStarts: [0] }, span: { start: 0, end: 0 } };
  return line
    .trim()
    .replace(/^[@\-:+!|]+/, '')
    .split(/\s+/)
    .map((text) => ({
      value: text.replace(/^["']|["']$/g, ''),
      place,
      quoted: false,
      many: false,
      conditions: [],
    }));
}

/** Null where the text has no section for a service. */
export function unitSandbox(source: Source, project: Project): Sandbox | null {
  const { service, heading } = readUnit(source);
  if (heading === null) return null;
  const start = service.findLast(({ name }) => name === 'ExecStart');
  const agents = start === undefined ? [] : startedAgents(asWords(start.value ?? ''));
  const [agent] = agents;
  const path = project.relative(source);
  const place = placeAt(source, heading.start, heading.end);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isUser = /(?:^|\/)(?:user|\.?config\/systemd\/user)\/[^/]+$/.test(path);
  return serviceSandbox(
    {
      settings: { properties: service, userManager: isUser ? explicit(place) : null, scope: null, place },
      caller: null,
      agents,
      reason:
        agent === undefined
          ? 'it is a service with settings of its own'
          : `it runs the coding agent ${agent}`,
      unresolved: [],
      project,
      folder: path.replace(/\/?[^/]*$/, ''),
    },
    {
      id: `${source.path}#${displayText(name)}`,
      name: displayText(name),
      definition: [{ path: source.path, host: workspacePath(path) }],
    },
  );
}
