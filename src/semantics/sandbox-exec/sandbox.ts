/** From one sandbox-exec command line to the model: the profile's answers, and what the command adds. */
import { agentsIn } from '../../knowledge/agents.ts';
import type { Environment } from '../../model/environment.ts';
import { workspacePath } from '../../model/host-path.ts';
import type { Sandbox, Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { byDefault, explicit } from '../../model/value.ts';
import type { Source } from '../../source/source.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import { callerOf } from '../process/caller.ts';
import { placesFor } from '../seatbelt/model-paths.ts';
import type { GivenParameter } from '../seatbelt/parameters.ts';
import { isFragment } from '../seatbelt/profile.ts';
import type { ProfileText } from '../seatbelt/profile-parts.ts';
import { seatbeltSandbox } from '../seatbelt/sandbox.ts';
import { type ProfileReading, readProfile } from '../seatbelt/sandbox-reading.ts';
import type { Condition, ShellCommand } from '../shell/reading.ts';
import type { Launch } from './launch.ts';
import { conditionsOf, type FoundProfile, findProfile } from './launched-profile.ts';
import type { Moment } from './outputs.ts';
import { literalAt } from './profile-script.ts';
import { concreteText } from './symbolic-text.ts';
import { openEnded } from './unread-profile.ts';

export interface LaunchedProfile {
  readonly reading: ProfileReading;
  /** Files of the project that the profile is made of. */
  readonly files: readonly Source[];
  /** What tells this sandbox from another one of the same command. */
  readonly meaning: string;
  /** Null for a profile that macOS refuses, under which nothing runs. */
  sandbox(identity: LaunchIdentity): Sandbox | null;
}

export interface LaunchIdentity {
  readonly id: string;
  readonly name: string;
}

export function launchedProfile(launch: Launch, command: ShellCommand, moment: Moment): LaunchedProfile {
  const { script } = moment;
  const places = placesFor();
  const found = findProfile(launch, moment, places);
  const [text = closedProfile(launch)] = found.texts;
  const parameters = launch.parameters.map((one) => ({ ...one, ...concreteText(one.value, places) }));
  const reading = readProfile(found.texts.length > 0 ? found.texts : [text], {
    source: text.text.source,
    project: script.project,
    open: found.unknown.length > 0,
    parameters: new Map(parameters.map(({ name, when, text: value }) => [name, given(value, when)] as const)),
  });
  const unresolved = [
    ...found.unknown.map(({ name, why }) => unread(launch, name, why)),
    ...launch.unknown.map((word) => unread(launch, displayText(word.value), 'it may hold any option')),
    ...openParameters(parameters, reading),
    ...found.names.map((name) => openName(launch, name)),
  ];
  const environment = environmentOf(launch, command);
  const files = [...new Set([script.source, ...found.files, ...reading.imported])];
  return {
    reading,
    files: found.files,
    meaning: meaningOf(found, parameters, environment),
    sandbox({ id, name }) {
      if (reading.profile.rejected !== null) return null;
      const sandbox = seatbeltSandbox(reading.profile, {
        id,
        name,
        place: launch.place,
        definition: files.map((one) => ({
          path: one.path,
          host: workspacePath(script.project.relative(one)),
        })),
        places: reading.places,
        environment,
        unresolved,
      });
      return started(asRead(sandbox, found, reading, unresolved), agentsIn(launch.command));
    },
  };
}

function asRead(
  sandbox: Sandbox,
  { texts, unknown }: FoundProfile,
  { profile }: ProfileReading,
  [missing]: readonly Unresolved[],
): Sandbox {
  if (missing === undefined || unknown.length === 0) return sandbox;
  if (texts.length === 0) return openEnded({ ...sandbox, services: null }, missing);
  return isFragment(profile) ? openEnded(sandbox, missing) : sandbox;
}

function given(text: string, when: readonly Condition[]): GivenParameter {
  return { text, presence: conditionsOf(when).at(-1) ?? null };
}

interface ReadParameter {
  readonly name: string;
  readonly text: string;
  readonly unknown: readonly string[];
  readonly place: Launch['place'];
}

function meaningOf(
  found: FoundProfile,
  parameters: readonly ReadParameter[],
  environment: Environment,
): string {
  const texts = found.texts.map(({ text, conditions }) =>
    [text.source.path, text.text, ...conditions.map(({ key, holds }) => `${key} ${holds}`)].join('\n'),
  );
  return JSON.stringify([
    texts,
    found.unknown.map(({ name }) => name),
    parameters.map(({ name, text }) => `${name}=${text}`).toSorted(),
    environment.inheritsAll === null,
    environment.variables.map(({ name }) => name),
  ]);
}

function openParameters(parameters: readonly ReadParameter[], { profile }: ProfileReading): Unresolved[] {
  const used = new Set(profile.parameters.map(({ name }) => name));
  return parameters
    .filter(({ name, unknown }) => unknown.length > 0 && used.has(name))
    .map(({ name, unknown, place }) => ({
      what: `the parameter ${name}`,
      why: `the script does not say what ${unknown.join(', ')} is`,
      names: unknown,
      mayHide: 'mount',
      origin: explicit(place),
      kind: 'text',
    }));
}

function openName({ profile, place }: Launch, name: string): Unresolved {
  return {
    what: `${/^\w+$/.test(name) ? '$' : ''}${name} in the profile`,
    why: `the script does not say what ${name} is`,
    names: [name],
    mayHide: 'mount',
    origin: explicit(profile?.word.place ?? place),
    kind: 'text',
  };
}

/** With what runs under it, and what can be changed of the command. */
function started(sandbox: Sandbox, agents: readonly string[]): Sandbox {
  return {
    ...sandbox,
    agents,
    revise(change) {
      if (change.kind === 'harden' && change.setting === 'empty-environment') {
        const environment = { ...sandbox.environment, inheritsAll: null };
        return started(withEnvironment(sandbox, environment), agents);
      }
      const revised = sandbox.revise(change);
      return revised === null ? null : started(revised, agents);
    },
  };
}

/** Through further changes too: those of the profile know nothing of the command. */
function withEnvironment(sandbox: Sandbox, environment: Environment): Sandbox {
  return {
    ...sandbox,
    environment,
    revise(change) {
      const revised = sandbox.revise(change);
      return revised === null ? null : withEnvironment(revised, environment);
    },
  };
}

/** Stands for a profile that could not be read, so that nothing is made up about it. */
function closedProfile({ place, profile }: Launch): ProfileText {
  return { text: literalAt('(version 1) (deny default)', profile?.word.place ?? place), conditions: [] };
}

function unread({ place, profile }: Launch, what: string, why: string): Unresolved {
  const origin = explicit(profile?.word.place ?? place);
  return { what, why, names: [what], mayHide: 'any-setting', origin, kind: 'text' };
}

/**
 * sandbox-exec hands its environment on (sandbox-exec(1) names no option against it) and becomes the command
 * (execvp(3)), so that `env -i` behind it leaves no process that still has the old one.
 */
function environmentOf({ place, starting }: Launch, command: ShellCommand): Environment {
  const { emptied } = callerOf(command, []);
  const assigned = command.assignments.map(({ name, value, place: at }) =>
    writtenVariable(name, value.value, explicit(at)),
  );
  const before = starting.emptied === null ? assigned : [];
  const isEmpty = emptied !== null || starting.emptied !== null;
  return {
    variables: [...before, ...starting.assigned],
    files: [],
    inheritsAll: isEmpty ? null : byDefault(place, 'sandbox-exec hands its environment on'),
  };
}
