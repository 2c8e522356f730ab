/** Environment variables as command lines and devcontainers give them, and what they say about the network. */
import { isSecretName, looksLikeToken } from '../../knowledge/secrets.ts';
import type { EnvironmentFile, Variable } from '../../model/environment.ts';
import { hostPath } from '../../model/host-path.ts';
import type { EngineApi, ProxyVariable } from '../../model/network.ts';
import type { Project } from '../../model/project.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { explicit, known, type Origin, unknown } from '../../model/value.ts';
import type { Place, Source } from '../../source/source.ts';
import type { ContainerSpec, Engine } from './spec.ts';

/** Names of the host's variables in a symbolic text; other unknown parts (`containerEnv:X`, `$(…)`) are none. */
export function hostNames(text: string): string[] {
  return unknownNames(text).filter((name) => /^[A-Za-z_]\w*$/.test(name));
}

/**
 * What makes a text of chance or of the clock, which opens nothing that was there before; and `tr` alone, which
 * reads no file, so that what it passes on is not told.
 */
const MADE_UP = /rand|uuid|generat|pwgen|makepasswd|genkey|mktemp|\bdate\b|shuf|^\$\(tr\b/i;

/** Commands in a symbolic text whose output the host gives away. */
function hostCommands(text: string): string[] {
  return unknownNames(text).filter((name) => /^(?:\$\(|`)/.test(name) && !MADE_UP.test(name));
}

/** A variable whose value is written in the definition, wholly or with parts of the host's environment. */
export function writtenVariable(
  name: string,
  text: string,
  origin: Origin,
  phase: Variable['phase'] = 'run',
): Variable {
  const names = hostNames(text);
  const commands = hostCommands(text);
  const value = isResolved(text)
    ? known(text, origin)
    : unknown(displayText(text), `${displayText(text)} is set outside the files`, unknownNames(text), origin);
  const from = names.length + commands.length === 0 ? 'literal' : 'host';
  const variable: Variable = { name, from, value, hostNames: names, phase, origin };
  return commands.length === 0 ? variable : { ...variable, commands };
}

/** A variable that is copied from the caller's environment by its name (or, with podman, by a pattern). */
export function passedVariable(name: string, origin: Origin): Variable {
  const value = unknown(`$${name}`, `$${name} is taken from the environment of the host`, [name], origin);
  return { name, from: 'host', value, hostNames: [name], phase: 'run', origin };
}

/** What an engine refuses, and what it takes and hands nothing in for. */
type NoVariable = 'refused' | 'nothing';

/**
 * One `-e`: `NAME=value` is literal, `NAME` alone copies from the caller (docker/cli opts/env.go); podman
 * copies all that match `NAME*` (containers/podman docs/source/markdown/options/env.md), for which the others
 * look up a variable of just that name, which no shell can set.
 */
export function parseEnv(text: string, origin: Origin, engine: Engine): Variable | NoVariable {
  const equals = text.indexOf('=');
  if (equals === 0 || text === '') return 'refused';
  if (equals > 0) return writtenVariable(displayText(text.slice(0, equals)), text.slice(equals + 1), origin);
  const isPattern = text.endsWith('*') && engine === 'podman';
  if (!isPattern && isResolved(text) && text.includes('*')) return 'nothing';
  return isPattern || isResolved(text)
    ? passedVariable(text, origin)
    : writtenVariable(displayText(text), text, origin);
}

/** Variables that are handed in by name have what the script has exported: `export DOCKER_HOST=…; … -e DOCKER_HOST`. */
export function withKnownValues(
  spec: ContainerSpec,
  exported: (name: string) => string | undefined,
): ContainerSpec {
  const variables = spec.variables.map((variable) => {
    const { name, from, value, origin } = variable;
    const text = from === 'host' && !value.known ? exported(name) : undefined;
    return text === undefined || !isResolved(text) ? variable : { ...variable, value: known(text, origin) };
  });
  return { ...spec, variables };
}

export interface EnvFileReading {
  readonly file: EnvironmentFile;
  /** Lines without a value copy from the caller's environment; of the others the values are known. */
  readonly variables: readonly Variable[];
  readonly source: Source | null;
}

/**
 * One `--env-file`: lines of `NAME=value` or `NAME`, `#` at the start of a comment, no quoting and no
 * substitution (docker/cli pkg/kvfile/kvfile.go).
 */
export function readEnvFile(text: string, origin: Origin, base: string, project: Project): EnvFileReading {
  const path = hostPath(text, base);
  const shown = displayText(text);
  const none = (why: string): EnvFileReading => ({
    file: { path: shown, names: null, secrets: [], why, origin },
    variables: [],
    source: null,
  });
  if (path.root === 'unknown') return none(`${shown} is set outside the files`);
  if (path.root !== 'workspace') return none('it lies outside the project');
  const lookup = project.read(path.path);
  if (lookup.status !== 'read') return none(lookup.why);
  const { source } = lookup;
  const pairs = linesOf(source);
  const secrets = pairs
    .filter(({ name, value }) => value !== null && isSecretValue(name, value))
    .map(({ name }) => name);
  return {
    file: { path: source.path, names: pairs.map(({ name }) => name), secrets, why: null, origin },
    variables: pairs.map((pair) => fileVariable(pair, origin)),
    source,
  };
}

interface EnvLine {
  readonly name: string;
  readonly value: string | null;
  /** Of the name; values are never shown. */
  readonly place: Place;
}

function linesOf(source: Source): EnvLine[] {
  return [...source.text.matchAll(/^\uFEFF?[ \t]*([^#\s][^\r\n]*)$/gm)].map((match) => {
    const [line, text = ''] = match;
    const equals = text.indexOf('=');
    const name = equals < 0 ? text.trim() : text.slice(0, equals);
    const start = match.index + line.length - text.length;
    const place: Place = { source, span: { start, end: start + name.length } };
    return { name, value: equals < 0 ? null : text.slice(equals + 1), place };
  });
}

function fileVariable({ name, value, place }: EnvLine, use: Origin): Variable {
  if (value === null) return passedVariable(name, use);
  const origin = explicit(place, [use.place]);
  return { name, from: 'file', value: known(value, origin), hostNames: [], phase: 'run', origin };
}

function isSecretValue(name: string, value: string): boolean {
  return value.trim() !== '' && (isSecretName(name) || looksLikeToken(value));
}

/** Names by which programs find a proxy; curl reads `http_proxy` in lower case alone (curl(1), ENVIRONMENT). */
const PROXY_NAMES = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']);

/**
 * Of variables of one name the last counts, in the build and in the container by itself; one that is set in some
 * ways of a script only replaces nothing.
 */
export function lastOfName(variables: readonly Variable[]): Variable[] {
  const settled = new Set<string>();
  return variables
    .toReversed()
    .filter((variable) => {
      const key = keyOf(variable);
      if (settled.has(key)) return false;
      if (variable.conditional !== true) settled.add(key);
      return true;
    })
    .reverse();
}

/** podman's pattern is no variable, and none takes it back. */
function keyOf({ phase, name, from }: Variable): string {
  return `${phase} ${name} ${from === 'host' && name.endsWith('*')}`;
}

export function proxyVariablesOf(variables: readonly Variable[]): ProxyVariable[] {
  return variables
    .filter(({ name, value }) => PROXY_NAMES.has(name.toUpperCase()) && !(value.known && value.value === ''))
    .map(({ name, origin }) => ({ name, origin }));
}

/** `DOCKER_HOST=tcp://…`: an engine that the code inside commands over the network. */
export function engineApisOf(variables: readonly Variable[]): EngineApi[] {
  return variables.flatMap(({ name, value, origin }) => {
    const text = value.known ? value.value : value.raw;
    if (!/^(?:DOCKER|CONTAINER)_HOST$/.test(name) || !/^(?:tcp|https?|ssh):\/\//.test(text)) return [];
    return [{ kind: 'tcp', text: `${name}=${displayText(text)}`, power: 'full', origin, related: [] }];
  });
}
