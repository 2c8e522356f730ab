/** From one sandbox-exec command line to the model: the profile's answers, and what the command adds. */
import { agentsIn } from '../../knowledge/agents.ts';
import type { Environment } from '../../model/environment.ts';
import { workspacePath } from '../../model/host-path.ts';
import type { Sandbox, Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { byDefault, explicit } from '../../model/value.ts';
import { type MappedText, mappedBuilder } from '../../source/mapped.ts';
import type { Source } from '../../source/source.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import { callerOf } from '../process/caller.ts';
import { placesFor } from '../seatbelt/model-paths.ts';
import { type SeatbeltIdentity, seatbeltSandbox } from '../seatbelt/sandbox.ts';
import { type ProfileReading, readProfile } from '../seatbelt/sandbox-reading.ts';
import type { ShellCommand } from '../shell/reading.ts';
import type { Launch } from './launch.ts';
import { findProfile, type Script } from './launched-profile.ts';
import { concreteText } from './profile-text.ts';

export interface LaunchedProfile {
  readonly reading: ProfileReading;
  /** The file of the profile; null: the script itself holds it, or it was not found. */
  readonly file: Source | null;
  /** Null for a profile that macOS refuses, under which nothing runs. */
  readonly sandbox: Sandbox | null;
}

export interface LaunchIdentity {
  readonly id: string;
  readonly name: string;
}

export function launchedProfile(
  launch: Launch,
  command: ShellCommand,
  script: Omit<Script, 'places'>,
  identity: LaunchIdentity,
): LaunchedProfile {
  const places = placesFor();
  const found = findProfile(launch, { ...script, places });
  const missing = 'what' in found ? [unread(launch, found.what, found.why)] : [];
  const text = 'what' in found ? closedProfile(launch) : found.text;
  const source = 'what' in found ? launch.place.source : found.source;
  const parameters = launch.parameters.map(({ name, value, place }) => ({
    name,
    place,
    ...concreteText(value, places),
  }));
  const reading = readProfile(
    text,
    source,
    script.project,
    new Map(parameters.map((one) => [one.name, one.text] as const)),
  );
  const open = parameters.filter(({ name, unknown }) => unknown.length > 0 && isUsed(reading, name));
  const names = 'what' in found ? [] : found.unknown;
  const left = 'what' in found ? [] : found.left;
  const unresolved = [
    ...missing,
    ...left.map((name) => unread(launch, name, 'it may bring any rule')),
    ...launch.unknown.map((word) => unread(launch, displayText(word.value), 'it may hold any option')),
    ...open.map(({ name, unknown, place }): Unresolved => {
      const why = `the script does not say what ${unknown.join(', ')} is`;
      return {
        what: `the parameter ${name}`,
        why,
        names: unknown,
        mayHide: 'mount',
        origin: explicit(place),
        kind: 'text',
      };
    }),
    ...[...new Set(names)].map((name): Unresolved => {
      const why = `the script does not say what ${name} is`;
      const origin = explicit(launch.profile?.word.place ?? launch.place);
      return {
        what: `${/^\w+$/.test(name) ? '$' : ''}${name} in the profile`,
        why,
        names: [name],
        mayHide: 'mount',
        origin,
        kind: 'text',
      };
    }),
  ];
  const file = 'what' in found ? null : found.file;
  const files = [script.source, ...(file === null ? [] : [file]), ...reading.imported];
  const sandbox =
    reading.profile.rejected !== null
      ? null
      : withAgents(
          seatbeltSandbox(reading.profile, {
            ...identity,
            place: launch.place,
            definition: files.map((one) => ({
              path: one.path,
              host: workspacePath(script.project.relative(one)),
            })),
            places: reading.places,
            environment: environmentOf(launch, command),
            unresolved,
          } satisfies SeatbeltIdentity),
          agentsIn(launch.command),
        );
  return { reading, file, sandbox };
}

function isUsed({ profile }: ProfileReading, name: string): boolean {
  return profile.parameters.some((use) => use.name === name);
}

function withAgents(sandbox: Sandbox, agents: readonly string[]): Sandbox {
  return {
    ...sandbox,
    agents,
    revise(change) {
      const revised = sandbox.revise(change);
      return revised === null ? null : withAgents(revised, agents);
    },
  };
}

/** Stands for a profile that could not be read, so that nothing is made up about it. */
function closedProfile({ place, profile }: Launch): MappedText {
  const { source, span } = profile?.word.place ?? place;
  const builder = mappedBuilder(source);
  builder.replace('(version 1) (deny default)', span.start, span.end);
  return builder.build();
}

function unread({ place, profile }: Launch, what: string, why: string): Unresolved {
  const origin = explicit(profile?.word.place ?? place);
  return { what, why, names: [what], mayHide: 'any-setting', origin, kind: 'text' };
}

/** sandbox-exec hands its environment on (sandbox-exec(1) names no option against it). */
function environmentOf({ place }: Launch, command: ShellCommand): Environment {
  const { emptied } = callerOf(command, []);
  const variables = command.assignments.map(({ name, value, place: at }) =>
    writtenVariable(name, value.value, explicit(at)),
  );
  const inheritsAll = emptied === null ? byDefault(place, 'sandbox-exec hands its environment on') : null;
  return { variables, files: [], inheritsAll };
}
