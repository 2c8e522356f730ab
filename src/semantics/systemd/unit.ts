/** Unit files of services, with their drop-ins. */
import { workspacePath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { placeAt, type Source } from '../../source/source.ts';
import { startedAgents } from '../process/command.ts';
import { folderOf } from '../process/named-file.ts';
import type { ProcessOption } from '../process/option-words.ts';
import type { ShellWord } from '../shell/reading.ts';
import { serviceSandbox } from './sandbox.ts';
import type { Elevated } from './settings.ts';
import { readUnit } from './unit-text.ts';

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

export interface UnitReading {
  readonly sandbox: Sandbox;
  /** Drop-ins that were read besides. */
  readonly consulted: readonly Source[];
}

/** Null where the text has no section for a service. */
export function unitSandbox(source: Source, project: Project): UnitReading | null {
  const { service, install, heading } = readUnit(source);
  if (heading === null) return null;
  const path = project.relative(source);
  const place = placeAt(source, heading.start, heading.end);
  const name = displayText(path.slice(path.lastIndexOf('/') + 1));
  const dropIns = dropInsOf(path, project);
  const properties = [...service, ...dropIns.flatMap((file) => readUnit(file).service)];
  const agents = properties.flatMap(startedBy);
  const [agent] = agents;
  const sandbox = serviceSandbox(
    {
      settings: {
        properties,
        userManager: managerOf(path, properties, install, explicit(place)),
        scope: null,
        elevated: elevatedBy(properties),
        place,
        named: '[Service]',
      },
      caller: null,
      agents,
      reason:
        agent === undefined
          ? 'it is a service with settings of its own'
          : `it runs the coding agent ${agent}`,
      unresolved: [],
      project,
      folder: folderOf(source, project),
    },
    {
      id: `${source.path}#${name}`,
      name,
      definition: [source, ...dropIns].map((file) => ({
        path: file.path,
        host: workspacePath(project.relative(file)),
      })),
    },
  );
  return { sandbox, consulted: dropIns };
}

/** `agent.service.d/*.conf` beside the unit, by name (systemd.unit(5)). */
function dropInsOf(path: string, project: Project): readonly Source[] {
  return project
    .list(`${path}.d`)
    .filter((name) => name.endsWith('.conf'))
    .toSorted()
    .flatMap((name) => {
      const lookup = project.read(`${path}.d/${name}`);
      return lookup.status === 'read' ? [lookup.source] : [];
    });
}

function startedBy({ name, value }: ProcessOption): readonly string[] {
  return name === 'ExecStart' ? startedAgents(asWords(value ?? '')) : [];
}

/** Of the commands that it starts, the one of an agent or else the last (systemd.service(5), Table 2). */
function elevatedBy(properties: readonly ProcessOption[]): Elevated | null {
  const starts = properties.filter(({ name }) => name === 'ExecStart');
  const start = starts.find((one) => startedBy(one).length > 0) ?? starts.at(-1);
  const [prefixes = ''] = /^[@\-:+!|]*/.exec(start?.value?.trim() ?? '') ?? [];
  if (start === undefined || !/[+!]/.test(prefixes)) return null;
  return { origin: start.origin, prefix: prefixes.includes('+') ? '+' : '!' };
}

/** By its directory, or what it is installed for: `default.target` is that of a user's manager (systemd.special(7)). */
function managerOf(
  path: string,
  properties: readonly ProcessOption[],
  install: readonly ProcessOption[],
  heading: Origin,
): Origin | null {
  if (/(?:^|\/)(?:user|\.?config\/systemd\/user)\/[^/]+$/.test(path)) return heading;
  if (properties.some(({ name }) => name === 'User' || name === 'DynamicUser')) return null;
  const wanted = install.find(
    ({ name, value }) => name === 'WantedBy' && /(?:^|\s)default\.target(?:\s|$)/.test(value ?? ''),
  );
  return wanted?.origin ?? null;
}
