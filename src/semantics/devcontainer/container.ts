/**
 * What a devcontainer.json asks of the engine. Flags come in the order of devcontainers/cli
 * src/spec-node/singleContainer.ts: ports, mounts, environment, user, `runArgs`, and at last what the merged
 * metadata asks for, which therefore nothing in `runArgs` can take back.
 */
import { agentsIn } from '../../knowledge/agents.ts';
import { hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { DefinitionFile, InertSetting, Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { byDefault, explicit, known, unknown, type Value } from '../../model/value.ts';
import { type Place, placeAt, type Source } from '../../source/source.ts';
import { childOf, entriesOf, entryOf, keyPlace, type Node } from '../../syntax/node.ts';
import { refusals } from '../docker/refusals.ts';
import { parseRunArguments, type RunError } from '../docker/run-flags.ts';
import { applyRunFlags, emptyContainer, settleEnvironment } from '../docker/run-spec.ts';
import { parsePort } from '../docker/run-spec-network.ts';
import { sharedVolumes } from '../docker/shared-volumes.ts';
import type { ContainerSpec, LocatedText } from '../docker/spec.ts';
import { isCompose, readCompose } from './compose-shape.ts';
import { readFeatures } from './features.ts';
import {
  type FirewallContext,
  readScripts,
  type ScriptContext,
  type Scripts,
  withFirewall,
} from './firewall.ts';
import { readImage } from './image.ts';
import { hostCommands } from './lifecycle.ts';
import { layerOf, type MetadataLayer, mergeLayers } from './metadata.ts';
import { namesProject, workspaceMount } from './mounts.ts';
import { booleanProperty, type NodeContext, textOf, textProperty, textsOf } from './node-text.ts';
import { placesOf } from './places.ts';
import { startOfImage } from './start.ts';

export interface DevcontainerProblem {
  readonly message: string;
  readonly place: Place | null;
  readonly severity: 'error' | 'limit' | 'note';
}

export interface DevcontainerReading {
  readonly spec: ContainerSpec;
  /** The `name` property, or the opened folder's name. */
  readonly name: string;
  /** The opening brace. */
  readonly anchor: Place;
  /** Ids of compose sandboxes that this one stands for. */
  readonly absorbs: readonly string[];
  readonly consulted: readonly string[];
  readonly problems: readonly DevcontainerProblem[];
  /** An editor attaches: said by settings for it, else assumed. */
  readonly editor: Value<boolean>;
}

/** What a shape (image, Dockerfile, compose) gives before metadata is merged in. */
interface Shape {
  readonly spec: ContainerSpec;
  readonly label: MetadataLayer;
  readonly inert: readonly InertSetting[];
  readonly absorbs: readonly string[];
  readonly consulted: readonly string[];
  readonly problems: readonly DevcontainerProblem[];
  readonly agents: readonly string[];
  readonly built: ScriptContext['built'];
  readonly sources: readonly Source[];
}

/** @param root the file's top-level object */
export function readDevcontainer(source: Source, root: Node, project: Project): DevcontainerReading {
  const context: NodeContext = { places: placesOf(source, root, project), via: [] };
  const anchor = placeAt(source, root.span.start, root.span.start + 1);
  const compose = isCompose(root);
  const shape = compose
    ? composeShape(root, context, project, anchor)
    : imageShape(root, context, project, anchor);
  const features = readFeatures(root, context.places, project, compose);
  const own = layerOf(root, context, compose);
  const merged = mergeLayers([shape.label, ...features.layers, own]);
  const started = compose ? shape : withRunArgs(root, context, project, withMetadata(shape, merged));
  const scripts = readScripts(merged.commands, { places: context.places, project, built: shape.built });
  const spec = finish(started.spec, merged, {
    compose,
    firewall: {
      commands: merged.commands,
      scripts,
      waitFor: textProperty(root, 'waitFor', context)?.text ?? null,
      start: compose
        ? null
        : startOfImage(started.spec, shape.built, booleanProperty(root, 'overrideCommand')),
    },
  });
  const texts = [...merged.agents, ...scripts.sources.map(({ text }) => text)];
  const sources = [source, ...shape.sources, ...features.sources, ...scripts.sources];
  return {
    spec: {
      ...spec,
      additions: features.additions,
      hostCommands: [...spec.hostCommands, ...hostCommands(root, context)],
      inert: [...spec.inert, ...shape.inert, ...merged.inert],
      unresolved: [
        ...spec.unresolved,
        ...merged.unresolved,
        ...[...merged.capAdd, ...merged.securityOpt]
          .filter(({ text }) => !isResolved(text))
          .map(unresolvedWord),
        ...features.unresolved,
        ...declaredSecrets(root),
      ],
      definition: definitionOf(sources, spec, project),
      agents: [...new Set([...spec.agents, ...shape.agents, ...texts.flatMap((text) => agentsIn(text))])],
    },
    name: textProperty(root, 'name', context)?.text ?? context.places.basename,
    anchor,
    absorbs: shape.absorbs,
    consulted: [...new Set([...started.consulted, ...sources.slice(1).map(({ path }) => path)])],
    problems: [
      ...started.problems,
      ...features.problems,
      ...merged.errors.map(problemOf),
      ...scriptLimit(scripts, anchor),
    ],
    editor: editorOf(root, anchor),
  };
}

function scriptLimit({ exceeded }: Scripts, place: Place): DevcontainerProblem[] {
  return exceeded ? [{ severity: 'limit', message: 'too many scripts; the rest was not read', place }] : [];
}

function problemOf({ message, origin }: RunError): DevcontainerProblem {
  return { message, place: origin.place, severity: 'note' };
}

function composeShape(root: Node, context: NodeContext, project: Project, anchor: Place): Shape {
  const reading = readCompose(root, context, project, anchor);
  return { ...reading, spec: { ...reading.spec, anchor }, agents: [] };
}

function imageShape(root: Node, context: NodeContext, project: Project, anchor: Place): Shape {
  const reading = readImage(root, context, project, anchor);
  const { mounts, unresolved, errors } = workspaceMount(root, context, anchor);
  const empty = emptyContainer('docker', anchor);
  return {
    spec: {
      ...empty,
      image: reading.image,
      mounts,
      ports: portsOf(root, context),
      variables: reading.variables,
      groups: reading.groups,
      buildPrivileges: reading.buildPrivileges,
      unresolved: [...reading.unresolved, ...unresolved],
      kept: known(true, byDefault(anchor, 'a devcontainer is kept until it is rebuilt')),
    },
    label: reading.label,
    inert: [],
    absorbs: [],
    consulted: [],
    problems: [...reading.problems, ...errors.map(problemOf)],
    agents: reading.agents,
    built: reading.built,
    sources: reading.sources,
  };
}

/** A number is published on loopback; a text goes to `-p` as it is. */
function portsOf(root: Node, context: NodeContext): ContainerSpec['ports'] {
  const node = childOf(root, 'appPort');
  const items = node?.kind === 'sequence' ? node.items : node === undefined ? [] : [node];
  return items.flatMap((item) => {
    const text = textOf(item, context);
    if (text === null) return [];
    const isNumber = item.kind === 'scalar' && typeof item.value === 'number';
    return [parsePort(isNumber ? `127.0.0.1:${text.text}:${text.text}` : text.text, text.origin)];
  });
}

/** What of the metadata stands before `runArgs`. */
function withMetadata(shape: Shape, merged: MetadataLayer): Shape {
  const { spec } = shape;
  return {
    ...shape,
    spec: {
      ...spec,
      mounts: [...spec.mounts, ...merged.mounts],
      variables: [...spec.variables, ...merged.variables],
      user: merged.containerUser === null ? null : textValue(merged.containerUser),
    },
  };
}

function withRunArgs(root: Node, context: NodeContext, project: Project, shape: Shape): Shape {
  const words = textsOf(childOf(root, 'runArgs'), context);
  const parsed = parseRunArguments(words, 'docker', { image: false });
  const applied = applyRunFlags(shape.spec, parsed.settings, { base: context.places.folder, project });
  return {
    ...shape,
    spec: {
      ...applied.spec,
      unresolved: [...applied.spec.unresolved, ...parsed.unresolved.map(unresolvedWord)],
    },
    consulted: [...shape.consulted, ...applied.consulted],
    problems: [
      ...shape.problems,
      ...[...parsed.errors, ...applied.errors, ...refusals(parsed.settings, 'docker')].map(problemOf),
    ],
  };
}

function unresolvedWord({ text, origin }: LocatedText): Unresolved {
  return {
    what: displayText(text),
    why: 'it is set outside the files',
    names: unknownNames(text),
    mayHide: 'any-setting',
    origin,
    kind: 'text',
  };
}

function textValue({ text, origin }: LocatedText): Value<string> {
  if (isResolved(text)) return known(text, origin);
  return unknown(
    displayText(text),
    `${displayText(text)} is set outside the files`,
    unknownNames(text),
    origin,
  );
}

interface Finishing {
  readonly compose: boolean;
  readonly firewall: FirewallContext;
}

/** Adds what of the metadata stands last, and what follows from the whole. */
function finish(spec: ContainerSpec, merged: MetadataLayer, { compose, firewall }: Finishing): ContainerSpec {
  const mounts = compose ? [...spec.mounts, ...merged.mounts] : spec.mounts;
  const variables = compose ? [...spec.variables, ...merged.variables] : spec.variables;
  const { privileged, remoteUser, containerUser } = merged;
  const user = remoteUser ?? (compose ? containerUser : null);
  const complete: ContainerSpec = {
    ...spec,
    mounts,
    variables,
    privileged:
      privileged?.value === true || (privileged !== null && isDefault(spec))
        ? known(privileged.value, privileged.origin)
        : spec.privileged,
    capAdd: [...spec.capAdd, ...merged.capAdd],
    securityOpt: [...spec.securityOpt, ...merged.securityOpt],
    gpus: [...spec.gpus, ...merged.gpus],
    user: user === null ? spec.user : textValue(user),
    sudo: merged.sudo ?? spec.sudo,
    shared: compose
      ? spec.shared
      : [...spec.shared, ...sharedVolumes(mounts, (name) => namesProject(name, firewall.scripts.places))],
  };
  return withFirewall(settleEnvironment(complete), firewall);
}

function isDefault(spec: ContainerSpec): boolean {
  return spec.privileged.origin.kind === 'default';
}

/** `secrets` names what a hosting service may hand in; the values come from there alone. */
function declaredSecrets(root: Node): Unresolved[] {
  return entriesOf(childOf(root, 'secrets')).map((entry) => ({
    what: `the secret ${entry.key}`,
    why: 'the service that starts the container hands it in, if it has one of that name',
    names: [entry.key],
    mayHide: 'credential',
    origin: explicit(keyPlace(entry)),
    kind: 'ambient',
  }));
}

function definitionOf(sources: readonly Source[], spec: ContainerSpec, project: Project): DefinitionFile[] {
  const files = sources.map((source) => ({
    path: source.path,
    host: hostPath(project.relative(source), ''),
  }));
  const own = new Set(files.map(({ path }) => path));
  return [...files, ...spec.definition.filter(({ path }) => !own.has(path))];
}

/** Whether one attaches no file says; settings for VS Code say that it is meant for it. */
function editorOf(root: Node, anchor: Place): Value<boolean> {
  const customized = entryOf(childOf(root, 'customizations'), 'vscode');
  if (customized !== undefined) return known(true, explicit(keyPlace(customized)));
  return known(true, byDefault(anchor, 'editors attach to devcontainers'), ['an editor opens it']);
}
