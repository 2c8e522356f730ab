/**
 * Features: software that is installed as root while the image is built, and that may bring privileges and
 * mounts along. Those of known registries come from a table, local ones are read
 * (https://containers.dev/implementors/features/).
 */
import { type FeatureFacts, featureFacts, isKnownFeature } from '../../knowledge/features.ts';
import type { Project } from '../../model/project.ts';
import type { Addition, Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { answer, explicit, implied, type Origin } from '../../model/value.ts';
import { plainText } from '../../source/mapped.ts';
import type { Place, Source } from '../../source/source.ts';
import { readJsonc } from '../../syntax/jsonc.ts';
import {
  childOf,
  entriesOf,
  keyPlace,
  type MappingEntry,
  type Node,
  type SyntaxProblem,
} from '../../syntax/node.ts';
import { sudoAnswer, sudoGrants } from '../docker/sudo.ts';
import { EMPTY_LAYER, impliedMount, layerOf, type MetadataLayer } from './metadata.ts';
import type { NodeContext } from './node-text.ts';
import { type DevcontainerPlaces, substitute } from './variables.ts';

export interface FeatureReading {
  readonly layers: readonly MetadataLayer[];
  readonly additions: readonly Addition[];
  readonly unresolved: readonly Unresolved[];
  readonly problems: readonly SyntaxProblem[];
  readonly sources: readonly Source[];
}

interface FeatureContext {
  readonly places: DevcontainerPlaces;
  readonly project: Project;
  readonly compose: boolean;
  readonly found: {
    readonly layers: MetadataLayer[];
    readonly additions: Addition[];
    readonly unresolved: Unresolved[];
    readonly problems: SyntaxProblem[];
    readonly sources: Source[];
  };
  /** References that were read, against Features that depend on each other. */
  readonly seen: Set<string>;
}

/** More than this many Features of one devcontainer are not read. */
const MAX_FEATURES = 200;

export function readFeatures(
  root: Node | undefined,
  places: DevcontainerPlaces,
  project: Project,
  compose: boolean,
): FeatureReading {
  const found = { layers: [], additions: [], unresolved: [], problems: [], sources: [] };
  const context: FeatureContext = { places, project, compose, found, seen: new Set() };
  for (const entry of entriesOf(childOf(root, 'features'))) {
    readFeature(entry, places.directory, [], context);
  }
  return found;
}

function readFeature(
  entry: MappingEntry,
  directory: string,
  via: readonly Place[],
  context: FeatureContext,
): void {
  const reference = substitute(entry.key, context.places);
  const local = /^\.{1,2}\//.test(reference);
  const id = local ? `${directory}/${reference}` : reference;
  const place = keyPlace(entry);
  if (context.seen.has(id)) return;
  if (context.seen.size >= MAX_FEATURES) {
    tellLimit(place, context);
    return;
  }
  context.seen.add(id);
  const known = local
    ? readLocal(entry, id, via, context)
    : readListed(reference, explicit(place, via), context);
  context.found.additions.push({
    reference: displayText(reference),
    kind: 'feature',
    pinned: pinning(reference, entry.value),
    known,
    origin: explicit(place, via),
  });
  if (!known) context.found.unresolved.push(unknownFeature(reference, explicit(place, via), local));
}

function tellLimit(place: Place, { found }: FeatureContext): void {
  const message = `more than ${MAX_FEATURES} Features; the rest was not read`;
  if (found.problems.some((problem) => problem.message === message)) return;
  found.problems.push({ severity: 'limit', message, place });
}

/** `:1` names a version, if one that moves on; before tags the version stood in the options. */
function pinning(reference: string, options: Node): Addition['pinned'] {
  if (reference.startsWith('.')) return 'local';
  if (reference.includes('@sha256:')) return 'digest';
  const tag = /:([^/:@]+)$/.exec(reference)?.[1];
  const isBare = !reference.includes('/') && options.kind === 'scalar' && /^\d/.test(options.text);
  return (tag !== undefined && tag !== 'latest') || isBare ? 'version' : 'moving';
}

function unknownFeature(reference: string, origin: Origin, local: boolean): Unresolved {
  return {
    what: `the Feature ${displayText(reference)}`,
    why: local ? 'its devcontainer-feature.json cannot be read' : 'what it brings along is not known here',
    names: [displayText(reference)],
    mayHide: 'privileges',
    origin,
    kind: 'ambient',
  };
}

/** @returns whether it is known what the Feature brings */
function readListed(reference: string, origin: Origin, context: FeatureContext): boolean {
  const facts = featureFacts(reference);
  if (facts !== null)
    context.found.layers.push({ ...listedLayer(facts, origin, context.places), agents: [reference] });
  else context.found.layers.push({ ...EMPTY_LAYER, agents: [reference] });
  return isKnownFeature(reference);
}

function listedLayer(facts: FeatureFacts, at: Origin, places: DevcontainerPlaces): MetadataLayer {
  const origin: Origin = {
    ...implied(at.place, `the Feature ${facts.id}`),
    ...(at.via ? { via: at.via } : {}),
  };
  const opened = facts.opensSocketToUser ? origin : undefined;
  return {
    ...EMPTY_LAYER,
    privileged: facts.privileged ? { value: true, origin } : null,
    capAdd: facts.capAdd.map((text) => ({ text, origin })),
    securityOpt: facts.securityOpt.map((text) => ({ text, origin })),
    mounts: facts.mounts.map((mount) => impliedMount(mount, origin, places, opened)),
    sudo: facts.sudo ? answer('yes', [origin], facts.reason) : null,
  };
}

/** A Feature in the project: its description, what it depends on, and its install script's sudoers lines. */
function readLocal(
  entry: MappingEntry,
  path: string,
  via: readonly Place[],
  context: FeatureContext,
): boolean {
  const { project, found } = context;
  const lookup = project.read(`${path}/devcontainer-feature.json`);
  if (lookup.status !== 'read') return false;
  const { documents, problems } = readJsonc(lookup.source);
  found.sources.push(lookup.source);
  found.problems.push(...problems);
  const [root] = documents;
  if (root === undefined) return false;
  const chain = [keyPlace(entry), ...via];
  for (const dependency of entriesOf(childOf(root, 'dependsOn')))
    readFeature(dependency, path, chain, context);
  const nodes: NodeContext = { places: context.places, via: chain };
  const layer = layerOf(root, nodes, context.compose);
  found.layers.push({ ...layer, ...installScript(path, layer, context) });
  return true;
}

function installScript(
  path: string,
  layer: MetadataLayer,
  { project, found }: FeatureContext,
): Pick<MetadataLayer, 'sudo' | 'agents'> {
  const lookup = project.read(`${path}/install.sh`);
  if (lookup.status !== 'read') return { sudo: layer.sudo, agents: layer.agents };
  found.sources.push(lookup.source);
  return {
    sudo: sudoAnswer(sudoGrants(plainText(lookup.source))) ?? layer.sudo,
    agents: [...layer.agents, lookup.source.text],
  };
}
