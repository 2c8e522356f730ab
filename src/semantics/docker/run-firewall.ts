/** Containers of a script that narrow their network from inside: by what they start with, or by `exec` afterwards. */
import { agentsIn } from '../../knowledge/agents.ts';
import type { Project } from '../../model/project.ts';
import { displayText } from '../../model/symbolic.ts';
import { known } from '../../model/value.ts';
import { type Inside, insideOf, type StartOverride, startOf } from '../firewall/container-start.ts';
import { behindFirewall, type StartCommand, type StartContext } from '../firewall/control.ts';
import { mayFilterAtStart, setsFilter, startBudget, startedBy } from '../firewall/started.ts';
import { standIn } from '../scripts/script-text.ts';
import type { BuiltImage } from './image-files.ts';
import type { StartLine } from './image-layout.ts';
import type { StartWords } from './run-container.ts';
import type { ContainerSpec, LocatedText } from './spec.ts';

/** `docker exec` in the container once it runs. */
export interface ExecLine {
  readonly words: readonly LocatedText[];
  /** Null: the container's own user. */
  readonly user: string | null;
  readonly privileged: boolean;
}

export interface RunStart {
  readonly start: StartWords;
  readonly built: BuiltImage | null;
  readonly execs: readonly ExecLine[];
  readonly project: Project;
  readonly note: (path: string) => void;
}

export function withStartFirewall(spec: ContainerSpec, run: RunStart): ContainerSpec {
  const { egress } = spec.network;
  if (!egress.known || egress.value.kind !== 'open') return spec;
  const { built, project, note, start, execs } = run;
  const main = startOf(built?.layout.start ?? null, overrideOf(start));
  const lines = [main, ...execs.map(({ words }) => lineOf(words))];
  if (!lines.some((line) => mayFilterAtStart(line?.text?.text ?? ''))) return spec;
  const inside = insideOf(spec, { built, project, directory: start.directory, note });
  const budget = startBudget();
  const commands = lines.map((line): StartCommand | null => {
    if (line?.text == null) return null;
    const text = displayText(line.text.text);
    return { text, origin: line.origin, started: startedBy(line.text, inside, budget) };
  });
  const setting = commands.findIndex((command) => command !== null && setsFilter(command.started));
  const at = Math.max(0, setting);
  const work = execs.find((_, index) => isAgent(commands[index + 1] ?? null)) ?? null;
  const before = commands.slice(0, at).find(isAgent) ?? null;
  const chosen = at === 0 ? commands.slice(0, 1) : commands.slice(at);
  const exec = at === 0 ? null : (execs[at - 1] ?? null);
  const context = contextOf(inside, { exec, before, goesOn: exec === null && work === null });
  const filtering = chosen.flatMap((command) => command ?? []);
  const narrowed = behindFirewall(asUserOf(spec, work), filtering, context);
  return { ...narrowed, user: spec.user };
}

/** `exec --user`: code inside runs as that user, whoever the container's own program runs as. */
function asUserOf(spec: ContainerSpec, work: ExecLine | null): ContainerSpec {
  const [first] = work?.words ?? [];
  if (work?.user == null || first === undefined) return spec;
  return { ...spec, user: known(work.user, first.origin) };
}

function isAgent(command: StartCommand | null): boolean {
  return command !== null && agentsIn(command.text).length > 0;
}

interface Running {
  /** The line that sets the rules, where it is none of the container's own. */
  readonly exec: ExecLine | null;
  readonly before: StartCommand | null;
  readonly goesOn: boolean;
}

function contextOf(inside: Inside, { exec, before, goesOn }: Running): StartContext {
  return {
    inside: inside.pathOf,
    find: inside.find,
    ownerOf: inside.ownerOf,
    late: before === null ? null : { text: before.text, origin: before.origin },
    once: exec !== null,
    asRoot: exec?.user != null && /^(?:root|0)(?::|$)/.test(exec.user),
    privileged: exec?.privileged ?? false,
    goesOn,
    ipv6: false,
  };
}

/** `--entrypoint X` clears the image's CMD; words behind the image replace it. */
export function overrideOf({ entrypoint, command }: StartWords): StartOverride {
  const given = command.length === 0 ? null : lineOf(command);
  return {
    ...(entrypoint === null ? {} : { entrypoint: entrypoint.text === '' ? null : lineOf([entrypoint]) }),
    ...(given === null ? {} : { command: given }),
  };
}

function lineOf(words: readonly LocatedText[]): StartLine | null {
  const [first] = words;
  if (first === undefined) return null;
  const quoted = words.map(({ text }) => `'${text.replaceAll("'", "'\\''")}'`).join(' ');
  return { text: standIn(quoted, first.origin.place), shell: false, origin: first.origin };
}
