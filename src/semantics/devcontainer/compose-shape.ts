/** The container that a devcontainer takes from a compose file: `dockerComposeFile` and `service`. */
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { InertSetting, Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import type { Place, Source } from '../../source/source.ts';
import { childOf, itemsOf, type Node, type SyntaxProblem } from '../../syntax/node.ts';
import { type ComposeProject, composeProject, composeSandboxId } from '../compose/project.ts';
import { serviceSpec } from '../compose/service.ts';
import { type DockerfileImage, imageFromDockerfile } from '../docker/dockerfile.ts';
import type { BuiltImage } from '../docker/image-files.ts';
import { emptyContainer } from '../docker/run-spec.ts';
import type { ContainerSpec, LocatedText } from '../docker/spec.ts';
import { labelLayer } from './image.ts';
import { EMPTY_LAYER, type MetadataLayer } from './metadata.ts';
import { inertProperty } from './mounts.ts';
import { booleanProperty, type NodeContext, textProperty, textsOf } from './node-text.ts';
import { withReplacedStart } from './start.ts';
import type { DevcontainerPlaces } from './variables.ts';

export interface ComposeReading {
  readonly spec: ContainerSpec;
  /** What the label of the service's image, or of the one it is built on, brings. */
  readonly label: MetadataLayer;
  readonly built: BuiltImage | null;
  /** Ids of the sandboxes that this one stands for. */
  readonly absorbs: readonly string[];
  readonly inert: readonly InertSetting[];
  readonly problems: readonly (SyntaxProblem | ComposeProject['diagnostics'][number])[];
  /** Paths of the compose files and what they refer to. */
  readonly consulted: readonly string[];
  /** The compose files that could be read. */
  readonly sources: readonly Source[];
}

/** True when the container comes from a compose file. */
export function isCompose(root: Node): boolean {
  return childOf(root, 'dockerComposeFile') !== undefined;
}

export function readCompose(
  root: Node,
  context: NodeContext,
  project: Project,
  anchor: Place,
): ComposeReading {
  const { sources, unresolved } = composeFiles(root, context, project);
  const service = textProperty(root, 'service', context);
  const inert = inertInCompose(root, service);
  const compose = composeProject(sources, project);
  const name = service?.text ?? (compose.serviceNames.length === 1 ? compose.serviceNames[0] : undefined);
  const spec = name === undefined ? null : startedSpec(compose, name, root);
  const rest = {
    inert,
    problems: [...compose.problems, ...compose.diagnostics],
    consulted: [...sources.map(({ path }) => path), ...compose.consulted],
    sources,
  };
  if (spec === null || name === undefined) {
    const missing = unresolved.length > 0 ? unresolved : [missingService(service, anchor)];
    const empty = { ...emptyContainer('docker', anchor), unresolved: missing };
    return { ...rest, spec: empty, label: EMPTY_LAYER, built: null, absorbs: [] };
  }
  const built = spec.image.built ? builtService(compose, name, project) : null;
  const base = built?.image.base ?? spec.image.reference;
  return {
    ...rest,
    spec: { ...spec, unresolved: [...spec.unresolved, ...unresolved] },
    label: labelLayer(base, base?.origin ?? spec.image.origin, context.places),
    built:
      built === null
        ? null
        : { layout: built.image.layout, context: { directory: built.directory, project } },
    absorbs: [composeSandboxId(compose, name)],
  };
}

/**
 * A shell takes the place of what the service starts where `overrideCommand` says so; here that is no default
 * (devcontainers/cli src/spec-node/dockerCompose.ts, generateFeaturesComposeOverrideContent).
 */
function startedSpec(compose: ComposeProject, service: string, root: Node): ContainerSpec | null {
  const own = serviceSpec(compose, service);
  if (booleanProperty(root, 'overrideCommand') !== true) return own;
  const spec = serviceSpec(compose, service, null);
  if (own === null || spec === null) return spec;
  const { egress } = own.network;
  const narrows =
    !egress.known || (egress.value.kind === 'limited' && egress.value.control.by === 'firewall');
  const isOpen = spec.network.egress.known && spec.network.egress.value.kind === 'open';
  return narrows && isOpen ? withReplacedStart(spec, egress.origin) : spec;
}

interface ComposeFiles {
  readonly sources: readonly Source[];
  readonly unresolved: readonly Unresolved[];
}

/** Paths are relative to devcontainer.json; an empty list means the usual names in the opened folder. */
function composeFiles(root: Node, context: NodeContext, project: Project): ComposeFiles {
  const written = textsOf(childOf(root, 'dockerComposeFile'), context);
  const { places } = context;
  if (written.length === 0) return usualFiles(places, project);
  const sources: Source[] = [];
  const unresolved: Unresolved[] = [];
  for (const { text, origin } of written) {
    const path = hostPath(text, places.directory);
    const lookup = path.root === 'workspace' ? project.read(path.path) : null;
    if (lookup?.status === 'read') sources.push(lookup.source);
    else {
      unresolved.push({
        what: `the compose file ${displayText(text)}`,
        why: lookup?.why ?? 'it lies outside the project',
        names: [displayText(text)],
        mayHide: 'any-setting',
        origin,
        kind: 'text',
      });
    }
  }
  return { sources, unresolved };
}

/** Names that compose looks for by itself (https://docs.docker.com/compose/intro/compose-application-model/). */
const USUAL = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

function usualFiles({ folder }: DevcontainerPlaces, project: Project): ComposeFiles {
  for (const name of USUAL) {
    const lookup = project.read(folder === '' ? name : `${folder}/${name}`);
    if (lookup.status === 'read') return { sources: [lookup.source], unresolved: [] };
  }
  return { sources: [], unresolved: [] };
}

function missingService(service: LocatedText | null, anchor: Place): Unresolved {
  return {
    what: service === null ? 'the service' : `the service ${displayText(service.text)}`,
    why: service === null ? 'no "service" is named' : 'the compose files do not define it',
    names: service === null ? [] : [displayText(service.text)],
    mayHide: 'any-setting',
    origin: service?.origin ?? { kind: 'explicit', place: anchor },
    kind: 'text',
  };
}

/** Properties that belong to the other shapes (devcontainers/cli src/spec-configuration/configuration.ts). */
function inertInCompose(root: Node, service: LocatedText | null): InertSetting[] {
  const where =
    service === null ? 'the service of the compose file' : `the service "${displayText(service.text)}"`;
  const why = 'beside dockerComposeFile the container is started by compose, which never sees it';
  return ['runArgs', 'workspaceMount', 'appPort', 'build'].flatMap((key) =>
    inertProperty(root, key, why, `write it into ${where}`),
  );
}

/** The Dockerfile of a service, for what a devcontainer needs of it beyond the service's own facts. */
function builtService(
  compose: ComposeProject,
  service: string,
  project: Project,
): { readonly image: DockerfileImage; readonly directory: string } | null {
  const build = childOf(compose.services.get(service)?.value, 'build');
  const scalar = (node: Node | undefined): string | null => (node?.kind === 'scalar' ? node.text : null);
  const directory = hostPath(scalar(build) ?? scalar(childOf(build, 'context')) ?? '.', compose.directory);
  if (build === undefined || directory.root !== 'workspace') return null;
  const path = hostPath(scalar(childOf(build, 'dockerfile')) ?? 'Dockerfile', directory.path);
  const lookup = path.root === 'workspace' ? project.read(path.path) : null;
  if (lookup?.status !== 'read') return null;
  const target = scalar(childOf(build, 'target'));
  return {
    image: imageFromDockerfile(lookup.source, { target, args: argsOf(build) }),
    directory: directory.path,
  };
}

/** Arguments with a value: `NAME: value` and `- NAME=value`. */
function argsOf(build: Node): Map<string, string> {
  const args = childOf(build, 'args');
  const pairs = itemsOf(args).map((item) => (item.kind === 'scalar' ? item.text : ''));
  const map = new Map(pairs.flatMap((pair) => (pair.includes('=') ? [splitPair(pair)] : [])));
  if (args?.kind === 'mapping') {
    for (const { key, value } of args.entries)
      if (value.kind === 'scalar' && value.value !== null) map.set(key, value.text);
  }
  return map;
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}
