/** A service's environment: what is written, what the host hands in, and what env files hold. */
import { isSecretName, looksLikeToken } from '../../knowledge/secrets.ts';
import type { EnvironmentFile, Variable } from '../../model/environment.ts';
import { displayText, isResolved } from '../../model/symbolic.ts';
import { explicit, known, type Origin, unknown } from '../../model/value.ts';
import { entryPlace, type Node, placeOf } from '../../syntax/node.ts';
import { type EnvEntry, readEnvFile } from './dotenv.ts';
import { lookUp, scopeOf } from './loading.ts';
import { baseOf } from './mounts.ts';
import {
  field,
  listItems,
  type Pair,
  type Reading,
  readBoolean,
  readField,
  readPairs,
  readText,
  type Text,
  unknownValue,
} from './reading.ts';

export interface ServiceEnvironment {
  readonly variables: readonly Variable[];
  readonly files: readonly EnvironmentFile[];
}

/** `environment` wins over `env_file` (compose-spec 05-services.md, `env_file`). */
export function readEnvironment(reading: Reading, service: Node): ServiceEnvironment {
  const written = readPairs(reading, field(service, 'environment')).map((pair) => variableOf(pair, 'run'));
  const names = new Set(written.map(({ name }) => name));
  const files = envFilesOf(reading, service).map((file) => readOne(reading, file));
  const inherited = new Map<string, Variable>();
  for (const { variables } of files) for (const variable of variables) inherited.set(variable.name, variable);
  return {
    variables: [...written, ...[...inherited.values()].filter(({ name }) => !names.has(name))],
    files: files.map(({ file }) => file),
  };
}

/** A name alone is taken from the environment of whoever starts Compose. */
export function variableOf(pair: Pair, phase: Variable['phase']): Variable {
  const { name, value, origin } = pair;
  if (value !== null) return variableFrom(displayText(name), { ...value, origin }, phase);
  const none = unknown(`$${name}`, `$${name} is taken from the environment of the host`, [name], origin);
  return { name, from: 'host', value: none, hostNames: [name], phase, origin };
}

/** A variable with a written value, which may hold some of the host's or of the project's `.env`. */
export function variableFrom(name: string, text: Text, phase: Variable['phase']): Variable {
  const { hostNames, fileNames, origin } = text;
  const value = isResolved(text.text) ? known(text.text, origin, text.assumes) : unknownValue(text);
  const from = hostNames.length > 0 ? 'host' : fileNames.length > 0 ? 'file' : 'literal';
  return { name, from, value, hostNames, phase, origin };
}

interface EnvFileEntry {
  readonly path: Text;
  readonly required: boolean;
  readonly format: 'compose' | 'raw';
  readonly base: string;
}

/** A path, a list of paths, or of `{path, required, format}`. */
function envFilesOf(reading: Reading, service: Node): EnvFileEntry[] {
  const entry = field(service, 'env_file');
  if (entry === undefined) return [];
  const nodes = entry.value.kind === 'sequence' ? listItems(reading, entry.value) : [entry.value];
  return nodes.flatMap((node): EnvFileEntry[] => {
    const base = baseOf(reading, node);
    if (node.kind !== 'mapping') {
      const path = readText(reading, node, node === entry.value ? entryPlace(entry) : placeOf(node));
      return path === null ? [] : [{ path, required: true, format: 'compose', base }];
    }
    const path = readText(reading, field(node, 'path')?.value, placeOf(node));
    if (path === null) return [];
    const required = readBoolean(reading, field(node, 'required'), 'credential');
    const format = readField(reading, field(node, 'format'))?.text === 'raw' ? 'raw' : 'compose';
    return [{ path, required: !(required?.known === true && !required.value), format, base }];
  });
}

interface EnvFileReading {
  readonly file: EnvironmentFile;
  readonly variables: readonly Variable[];
}

function readOne(reading: Reading, entry: EnvFileEntry): EnvFileReading {
  const { path, base, format } = entry;
  const { loading } = reading.compose;
  const { origin } = path;
  const found = lookUp(loading, path.text, base);
  if (found.status !== 'read') {
    const optional = entry.required ? '' : ', and it is optional';
    const why = `${found.why}${optional}`;
    return {
      file: { path: displayText(path.text), names: null, secrets: [], why, origin },
      variables: [],
    };
  }
  const scope = scopeOf(loading, reading.entry.value.source).variables;
  const entries = readEnvFile(found.source, scope, format);
  const secrets = entries.filter(isSecretEntry).map(({ name }) => name);
  const names = entries.map(({ name }) => name);
  return {
    file: { path: found.source.path, names, secrets: [...new Set(secrets)], why: null, origin },
    variables: entries.map((one) => fileVariable(one, origin)),
  };
}

function isSecretEntry({ name, value }: EnvEntry): boolean {
  return value !== null && value.trim() !== '' && (isSecretName(name) || looksLikeToken(value));
}

function fileVariable(entry: EnvEntry, use: Origin): Variable {
  const { name, value, hostNames } = entry;
  const origin = explicit(entry.place, [use.place]);
  if (value === null) return variableOf({ name, value: null, origin: use }, 'run');
  const settled = isResolved(value)
    ? known(value, origin)
    : unknown(displayText(value), 'it is set outside the files', hostNames, origin);
  return {
    name,
    from: hostNames.length > 0 ? 'host' : 'file',
    value: settled,
    hostNames,
    phase: 'run',
    origin,
  };
}
