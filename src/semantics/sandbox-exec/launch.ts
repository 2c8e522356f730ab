/** The words of a sandbox-exec command: which profile, with which parameters, and what runs under it. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import {
  commandPlace,
  type StartingEnvironment,
  shownCommand,
  startingEnvironment,
} from '../process/command.ts';
import { compatible, conjunction } from '../process/conditions.ts';
import { beyond, followLine, type LineGrammar } from '../process/line-ways.ts';
import { type Spelling, spellings } from '../process/spellings.ts';
import type { Condition, ShellCommand, ShellWord } from '../shell/reading.ts';

export interface LaunchParameter {
  readonly name: string;
  /** Symbolic. */
  readonly value: string;
  readonly place: Place;
  /** It is passed only if all of these hold. */
  readonly when: readonly Condition[];
}

export interface LaunchProfile {
  /** `file`: a path. `text`: the profile itself. `name`: one of macOS's own. */
  readonly kind: 'file' | 'text' | 'name';
  readonly word: ShellWord;
}

export interface Launch {
  /** Null: none is given. */
  readonly profile: LaunchProfile | null;
  readonly parameters: readonly LaunchParameter[];
  /** Words before the command that may be any option. */
  readonly unknown: readonly ShellWord[];
  /** What runs under it, for each way that the line can end. */
  readonly commands: readonly (readonly ShellWord[])[];
  readonly command: string;
  readonly starting: StartingEnvironment;
  readonly place: Place;
}

const KINDS = { f: 'file', p: 'text', n: 'name' } as const;

export function isSandboxExec({ words }: ShellCommand): boolean {
  return /^(?:.*\/)?sandbox-exec$/s.test(words[0]?.value ?? '');
}

interface Given {
  readonly letter: string;
  readonly value: Spelling;
}

interface State {
  /** An option whose value is the next word. */
  readonly letter: string | null;
  readonly when: readonly Condition[];
}

const REST: State = { letter: null, when: [] };

/** More profiles than one command names by a variable. */
const MAX_LAUNCHES = 8;

/**
 * `sandbox-exec [-f file] [-n name] [-p text] [-D name=value …] command …` (sandbox-exec(1), getopt(3)). A
 * profile or a parameter that a variable chooses gives one launch for each that it may be.
 */
export function launchesOf({ words, conditions, guards }: ShellCommand): readonly Launch[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  const told = [...guards, ...conditions];
  const given: Given[] = [];
  const unknown: ShellWord[] = [];
  const grammar: LineGrammar<State> = {
    start: REST,
    isRest: ({ letter }) => letter === null,
    next({ state }, word, at) {
      if (state.letter !== null) {
        given.push({ letter: state.letter, value: { ...word, when: conjunction(state.when, word.when) } });
        return REST;
      }
      if (word.value === '--') return at + 1;
      const letter = /^-([fpnDt])/.exec(word.value)?.[1];
      if (letter === undefined) {
        if (word.value === '' && word.word.alternatives !== undefined) return REST;
        if (!isOpen(word) || at === rest.length - 1) return at;
        if (!unknown.includes(word.word)) unknown.push(word.word);
        return REST;
      }
      if (word.value.length === 2) return { letter, when: word.when };
      given.push({ letter, value: { ...word, value: word.value.slice(2) } });
      return REST;
    },
    widen: ([state]) => state,
  };
  const { ends } = followLine(rest, grammar, told);
  const commands = ends.map(({ at }) => rest.slice(at));
  const [command = []] = commands;
  const base = {
    unknown,
    commands,
    command: shownCommand(command),
    starting: startingEnvironment(commands.length > 1 ? [] : command),
    place: commandPlace(first),
  };
  return choices(given, told).map((chosen): Launch => ({ ...base, ...chosen }));
}

function isOpen({ word, value }: Spelling): boolean {
  return word.many || (!isResolved(value) && value.startsWith('-'));
}

type Chosen = Pick<Launch, 'profile' | 'parameters'>;

interface Choice {
  readonly profile: LaunchProfile | null;
  readonly when: readonly Condition[];
}

function choices(given: readonly Given[], told: readonly Condition[]): readonly Chosen[] {
  const profiles = profilesOf(given);
  const starts: readonly Choice[] = profiles.length === 0 ? [{ profile: null, when: [] }] : profiles;
  return starts
    .slice(0, MAX_LAUNCHES)
    .flatMap(({ profile, when }) =>
      parameterSets(given, conjunction(told, when)).map((parameters) => ({ profile, parameters })),
    );
}

/** A text that has several values is one profile: its parts say themselves when they are there. */
function profilesOf(given: readonly Given[]): readonly Choice[] {
  const texts = new Set<Place>();
  return given.flatMap(({ letter, value: spelling }): Choice[] => {
    if (letter !== 'f' && letter !== 'p' && letter !== 'n') return [];
    const { word, value, when } = spelling;
    const { alternatives, ...rest } = word;
    if (letter !== 'p' || alternatives === undefined || spellings(word).length < 2 || word.value !== value) {
      const isLater = letter === 'p' && texts.has(word.place);
      return isLater ? [] : [{ profile: { kind: KINDS[letter], word: { ...rest, value } }, when }];
    }
    texts.add(word.place);
    return [{ profile: { kind: 'text', word }, when: word.conditions }];
  });
}

interface ParameterSet {
  readonly parameters: readonly LaunchParameter[];
  readonly when: readonly Condition[];
}

/** Of a name that is passed with several values, each: what a profile does with it is not known before. */
function parameterSets(
  given: readonly Given[],
  holding: readonly Condition[],
): readonly (readonly LaunchParameter[])[] {
  const open = given
    .flatMap(({ letter, value }) => (letter === 'D' ? [parameterOf(value)] : []))
    .filter(({ when }) => compatible(holding, when));
  let sets: readonly ParameterSet[] = [{ parameters: [], when: holding }];
  for (const name of new Set(open.map((one) => one.name))) {
    const values = open.filter((one) => one.name === name);
    const isSingle = new Set(values.map(({ value }) => value)).size < 2;
    sets = sets.flatMap((set) => withParameter(set, values, isSingle)).slice(0, MAX_LAUNCHES);
  }
  return sets.map(({ parameters }) => parameters);
}

function withParameter(
  { parameters, when }: ParameterSet,
  values: readonly LaunchParameter[],
  isSingle: boolean,
): readonly ParameterSet[] {
  const here = values.filter((one) => compatible(when, one.when));
  if (isSingle || here.length === 0) {
    return [{ when, parameters: [...parameters, ...here.slice(-1).map((one) => beside(one, when))] }];
  }
  return here.map((one) => {
    const both = conjunction(when, one.when);
    return { when: both, parameters: [...parameters, beside(one, both)] };
  });
}

function beside(parameter: LaunchParameter, holding: readonly Condition[]): LaunchParameter {
  return { ...parameter, when: beyond(parameter.when, holding) };
}

function parameterOf({ value, when, word: { place } }: Spelling): LaunchParameter {
  const equals = value.indexOf('=');
  const name = displayText(equals < 0 ? value : value.slice(0, equals));
  return { name, value: equals < 0 ? '' : value.slice(equals + 1), place, when };
}
