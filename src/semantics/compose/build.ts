/** `image` and `build`: what the container is made of, and what the build itself may do. */
import type { Variable } from '../../model/environment.ts';
import { displayPath } from '../../model/host-path.ts';
import type { BuildPrivilege } from '../../model/sandbox.ts';
import { displayText, isResolved, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { byDefault, type Origin, type Value } from '../../model/value.ts';
import { createSource, type Source } from '../../source/source.ts';
import { entryPlace, type MappingEntry, type Node } from '../../syntax/node.ts';
import { type DockerfileImage, imageFromDockerfile, imageKnowledge } from '../docker/dockerfile.ts';
import type { BuildContext, BuiltImage } from '../docker/image-files.ts';
import type { ImageSpec } from '../docker/spec.ts';
import { sourcePath } from '../docker/volume.ts';
import { isRemote, joinPath } from './files.ts';
import { readHandedFiles } from './handed-files.ts';
import { lookUp } from './loading.ts';
import { baseOf } from './mounts.ts';
import {
  field,
  noteUnknown,
  originAt,
  type Reading,
  readBoolean,
  readField,
  readList,
  readPairs,
  readText,
  symbolicValue,
  type Text,
} from './reading.ts';
import { variableOf } from './variables.ts';

export interface ImageReading {
  readonly image: ImageSpec;
  readonly privileges: readonly BuildPrivilege[];
  /** Names of images, shell texts of Dockerfiles: what may show a coding agent. */
  readonly agentTexts: readonly string[];
  /** The Dockerfile, where one was read. */
  readonly dockerfile: Source | null;
  /** What the Dockerfile makes of the build context. */
  readonly made: BuiltImage | null;
}

export function readImage(reading: Reading, service: Node): ImageReading {
  const text = readField(reading, field(service, 'image'));
  const build = field(service, 'build');
  const reference = text === null || text.text === '' ? null : symbolicValue(text);
  if (build !== undefined) return builtImage(reading, build, reference);
  const origin = text?.origin ?? byDefault(reading.anchor, 'no image is named');
  if (text !== null) noteUnknown(reading, text, 'image', 'ambient');
  const facts = imageKnowledge(reference !== null && isNamed(reference) ? reference : null, origin);
  return {
    image: { reference, built: false, user: facts.user, sudo: facts.sudo, variables: [], origin },
    privileges: [],
    agentTexts: [...facts.agents, ...(text === null ? [] : [text.text])],
    dockerfile: null,
    made: null,
  };
}

/** A tag that is not known leaves the image's name. */
function isNamed(reference: Value<string>): boolean {
  return reference.known && isResolved(reference.value.split(':', 1)[0] ?? '');
}

interface Context {
  readonly text: string;
  readonly base: string;
  readonly origin: Origin;
}

function builtImage(reading: Reading, build: MappingEntry, reference: Value<string> | null): ImageReading {
  const origin = originAt(reading, entryPlace(build));
  const context = contextOf(reading, build);
  const args = readPairs(reading, field(build.value, 'args'));
  const secrets = readHandedFiles(reading, build.value, 'secrets', 'build').variables;
  const buildArgs = args.map((pair) => variableOf(pair, 'build'));
  const values = new Map(args.flatMap(({ name, value }) => (value === null ? [] : [[name, value.text]])));
  const target = readField(reading, field(build.value, 'target'))?.text ?? null;
  const found = dockerfileOf(reading, build, context);
  const made = found === null ? null : imageFromDockerfile(found, { target, args: values });
  if (made !== null) reading.compose.loading.problems.push(...made.problems);
  const facts = imageKnowledge(null, origin);
  const variables: Variable[] = [...buildArgs, ...secrets, ...(made?.variables ?? [])];
  return {
    image: {
      reference,
      built: true,
      user: made?.user ?? null,
      sudo: made?.sudo ?? facts.sudo,
      variables,
      origin,
    },
    privileges: privilegesOf(reading, build, context),
    agentTexts: agentTextsOf(made, reference),
    dockerfile: found,
    made: made === null ? null : { layout: made.layout, context: filesOf(reading, context) },
  };
}

function filesOf(reading: Reading, { text, base }: Context): BuildContext {
  const path = isRemote(text) ? null : sourcePath(text, base);
  return {
    directory: path?.root === 'workspace' ? path.path : null,
    project: reading.compose.loading.project,
  };
}

function agentTextsOf(made: DockerfileImage | null, reference: Value<string> | null): string[] {
  const base = made?.base?.known ? [made.base.value] : [];
  return [...(made?.agents ?? []), ...base, ...(reference?.known ? [reference.value] : [])];
}

/** `build: dir` and `build: {context: dir}`; without one the project directory. */
function contextOf(reading: Reading, build: MappingEntry): Context {
  const node = build.value;
  const entry = node.kind === 'mapping' ? field(node, 'context') : build;
  const text = entry === undefined ? null : readField(reading, entry);
  if (text === null || entry === undefined) {
    return { text: '.', base: baseOf(reading, node), origin: originAt(reading, entryPlace(build)) };
  }
  return { text: text.text, base: baseOf(reading, entry.value), origin: text.origin };
}

/** The Dockerfile's text; null, with a note, where it cannot be read. */
function dockerfileOf(reading: Reading, build: MappingEntry, context: Context): Source | null {
  const inline = field(build.value, 'dockerfile_inline');
  const inlineText = inline === undefined ? null : readText(reading, inline.value);
  if (inline !== undefined && inlineText !== null) return inlineDockerfile(inline.value, inlineText);
  const name = readField(reading, field(build.value, 'dockerfile'));
  const path = dockerfilePath(context, name);
  const found = lookUp(reading.compose.loading, path, context.base);
  if (found.status === 'read') return found.source;
  const origin = name?.origin ?? context.origin;
  const shown = isRemote(path) ? path : displayPath(sourcePath(path, context.base));
  reading.unresolved.push({
    what: `the Dockerfile ${shown}`,
    why: isRemote(context.text) ? 'it is an address, and nothing is fetched' : found.why,
    names: [shown],
    mayHide: 'image',
    origin,
    kind: 'ambient',
  });
  return null;
}

function dockerfilePath(context: Context, name: Text | null): string {
  if (isRemote(context.text)) return context.text;
  const file = name?.text ?? 'Dockerfile';
  const absolute = file.startsWith('/') || file.startsWith('~') || file.startsWith(WORKSPACE_SYMBOL);
  return absolute ? file : joinPath(context.text, file);
}

/**
 * A Dockerfile inside the compose file: the same path, all else blank, so that its places are the file's own.
 * A text that differs from what is written (escapes, `$$`, variables) cannot be laid over it.
 */
function inlineDockerfile(node: Node, text: Text): Source {
  const { source, span } = node;
  const written = source.text.slice(span.start, span.end);
  const [header = ''] = written.split('\n', 1);
  const body = written.slice(header.length + 1);
  const indent = /^ */.exec(body)?.[0] ?? '';
  const same = body
    .split('\n')
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
  if (!/^\|/.test(header) || same.join('\n').trimEnd() !== text.text.trimEnd()) {
    return createSource(source.path, text.text);
  }
  const bodyStart = span.start + header.length + 1;
  const blank = source.text.slice(0, bodyStart).replace(/[^\r\n]/g, ' ');
  return { path: source.path, text: blank + body, lineStarts: source.lineStarts };
}

function privilegesOf(reading: Reading, build: MappingEntry, context: Context): BuildPrivilege[] {
  const node = build.value;
  const found: BuildPrivilege[] = [];
  const privileged = readBoolean(reading, field(node, 'privileged'), 'privileges');
  if (privileged?.known === true && privileged.value) {
    found.push({ kind: 'privileged', text: 'privileged build', origin: privileged.origin });
  }
  for (const { text, origin } of readList(reading, field(node, 'entitlements'))) {
    found.push({ kind: entitlementKind(text), text: displayText(text), origin });
  }
  const network = readField(reading, field(node, 'network'));
  if (network?.text === 'host') {
    found.push({ kind: 'host-network', text: 'network: host', origin: network.origin });
  }
  for (const { name, origin } of readPairs(reading, field(node, 'ssh'))) {
    found.push({ kind: 'ssh', text: `ssh: ${displayText(name)}`, origin });
  }
  const contexts = readPairs(reading, field(node, 'additional_contexts')).flatMap(({ value, origin }) =>
    value === null ? [] : [{ text: value.text, base: baseOf(reading, node), origin }],
  );
  for (const one of [context, ...contexts]) found.push(...outsideContext(reading, one));
  return found;
}

function entitlementKind(text: string): BuildPrivilege['kind'] {
  if (text === 'network.host') return 'host-network';
  return text.startsWith('device') ? 'device' : 'entitlement';
}

/** A context is copied into the build, so one outside the project hands over what is there. */
function outsideContext(reading: Reading, context: Context): BuildPrivilege[] {
  if (isRemote(context.text) || /^(?:service|target|docker-image|oci-layout):/.test(context.text)) return [];
  const path = sourcePath(context.text, context.base);
  if (path.root === 'unknown') {
    noteUnknown(reading, context, 'mount');
    return [];
  }
  if (path.root === 'workspace' && !path.path.startsWith('..')) return [];
  return [{ kind: 'context', text: displayText(context.text), origin: context.origin }];
}
