/**
 * What image labels, Features and devcontainer.json each bring, and how they merge
 * (devcontainers/cli src/spec-node/imageMetadata.ts; https://containers.dev/implementors/spec/#merge-logic).
 */
import type { ImpliedMount } from '../../knowledge/features.ts';
import type { Variable } from '../../model/environment.ts';
import { hostPath } from '../../model/host-path.ts';
import type { InertSetting, Unresolved } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { type Answer, known, type Origin } from '../../model/value.ts';
import { childOf, entriesOf, entryPlace, type Node } from '../../syntax/node.ts';
import type { RunError } from '../docker/run-flags.ts';
import { hostNames, writtenVariable } from '../docker/run-spec-environment.ts';
import type { LocatedText, MountSpec } from '../docker/spec.ts';
import { type LifecycleCommand, lifecycleCommands } from './lifecycle.ts';
import { lastByTarget, readMounts } from './mounts.ts';
import {
  booleanProperty,
  type NodeContext,
  originAt,
  propertyOrigin,
  textOf,
  textProperty,
  textsOf,
} from './node-text.ts';
import { type DevcontainerPlaces, substitute } from './variables.ts';

/** What one source of metadata brings. */
export interface MetadataLayer {
  readonly privileged: { readonly value: boolean; readonly origin: Origin } | null;
  readonly capAdd: readonly LocatedText[];
  readonly securityOpt: readonly LocatedText[];
  readonly mounts: readonly MountSpec[];
  /** `containerEnv` and `remoteEnv`. */
  readonly variables: readonly Variable[];
  readonly remoteUser: LocatedText | null;
  readonly containerUser: LocatedText | null;
  readonly commands: readonly LifecycleCommand[];
  readonly gpus: readonly LocatedText[];
  readonly sudo: Answer | null;
  /** Texts that show coding agents: commands, extensions, ids. */
  readonly agents: readonly string[];
  readonly inert: readonly InertSetting[];
  readonly unresolved: readonly Unresolved[];
  readonly errors: readonly RunError[];
}

export const EMPTY_LAYER: MetadataLayer = {
  privileged: null,
  capAdd: [],
  securityOpt: [],
  mounts: [],
  variables: [],
  remoteUser: null,
  containerUser: null,
  commands: [],
  gpus: [],
  sudo: null,
  agents: [],
  inert: [],
  unresolved: [],
  errors: [],
};

/** Reads the properties that devcontainer.json and devcontainer-feature.json have in common. */
export function layerOf(root: Node | undefined, context: NodeContext, compose: boolean): MetadataLayer {
  const { mounts, unresolved, inert, errors } = readMounts(root, context, compose);
  const privileged = booleanProperty(root, 'privileged');
  const privilegedOrigin = propertyOrigin(root, 'privileged', context);
  const entrypoint = textProperty(root, 'entrypoint', context);
  const commands = lifecycleCommands(root, context);
  const started: LifecycleCommand[] =
    entrypoint === null ? [] : [{ hook: 'entrypoint', files: [entrypoint.text], ...entrypoint }];
  return {
    privileged:
      privileged === null || privilegedOrigin === null
        ? null
        : { value: privileged, origin: privilegedOrigin },
    capAdd: textsOf(childOf(root, 'capAdd'), context),
    securityOpt: textsOf(childOf(root, 'securityOpt'), context),
    mounts,
    variables: readEnvironment(root, context),
    remoteUser: textProperty(root, 'remoteUser', context),
    containerUser: textProperty(root, 'containerUser', context),
    commands: [...commands, ...started],
    gpus: gpuOf(root, context),
    sudo: null,
    agents: [...commands.map(({ text }) => text), ...extensionsOf(root, context)],
    inert,
    unresolved,
    errors,
  };
}

/** A `remoteEnv` of null takes a variable from tools alone: it is still in the container's own environment. */
function readEnvironment(root: Node | undefined, context: NodeContext): Variable[] {
  const written = ['containerEnv', 'remoteEnv'].flatMap((key) => entriesOf(childOf(root, key)));
  const variables = written.flatMap((entry) => {
    const text = textOf(entry.value, context);
    return text === null ? [] : [writtenVariable(entry.key, text.text, originAt(entryPlace(entry), context))];
  });
  return [...variables, ...commandSecrets(root, context)];
}

/** Commands are substituted on the host: `${localEnv:TOKEN}` in one of them carries the value inside. */
function commandSecrets(root: Node | undefined, context: NodeContext): Variable[] {
  return lifecycleCommands(root, context).flatMap(({ text, origin }) =>
    hostNames(text).map((name) => ({ ...writtenVariable(name, text, origin), hostNames: [name] })),
  );
}

/** `true`, `"optional"` and an object all ask for the GPUs of the host. */
function gpuOf(root: Node | undefined, context: NodeContext): LocatedText[] {
  const requirements = childOf(root, 'hostRequirements');
  const gpu = childOf(requirements, 'gpu');
  if (gpu === undefined || (gpu.kind === 'scalar' && (gpu.value === false || gpu.value === null))) return [];
  const origin = propertyOrigin(requirements, 'gpu', context);
  return origin === null ? [] : [{ text: 'all', origin }];
}

function extensionsOf(root: Node | undefined, context: NodeContext): string[] {
  const editor = childOf(childOf(root, 'customizations'), 'vscode');
  // `extensions` at the top is how it was written before `customizations`.
  return [
    ...textsOf(childOf(editor, 'extensions'), context),
    ...textsOf(childOf(root, 'extensions'), context),
  ].map(({ text }) => text);
}

/** A mount that a table says a Feature or an image brings. */
export function impliedMount(
  { type, source, target }: ImpliedMount,
  origin: Origin,
  places: DevcontainerPlaces,
  opened?: Origin,
): MountSpec {
  const from = substitute(source, places);
  return {
    type,
    host: type === 'bind' ? hostPath(from, places.folder) : null,
    volume: type === 'volume' ? from : null,
    target,
    readOnly: known(false, origin),
    propagation: 'private',
    recursiveReadOnly: true,
    size: null,
    text: displayText(from),
    ...(opened === undefined ? {} : { opened }),
    origin,
  };
}

/** Layers in order: image labels, Features, devcontainer.json. */
export function mergeLayers(layers: readonly MetadataLayer[]): MetadataLayer {
  const privileged = layers.findLast((layer) => layer.privileged?.value)?.privileged;
  return {
    privileged: privileged ?? layers.findLast((layer) => layer.privileged !== null)?.privileged ?? null,
    capAdd: union(layers.flatMap((layer) => layer.capAdd)),
    securityOpt: union(layers.flatMap((layer) => layer.securityOpt)),
    mounts: lastByTarget(layers.flatMap((layer) => layer.mounts)),
    variables: layers.flatMap((layer) => layer.variables),
    remoteUser: layers.findLast((layer) => layer.remoteUser !== null)?.remoteUser ?? null,
    containerUser: layers.findLast((layer) => layer.containerUser !== null)?.containerUser ?? null,
    commands: layers.flatMap((layer) => layer.commands),
    gpus: layers.flatMap((layer) => layer.gpus).slice(-1),
    sudo: layers.findLast((layer) => layer.sudo !== null)?.sudo ?? null,
    agents: [...new Set(layers.flatMap((layer) => layer.agents))],
    inert: [...layers.flatMap((layer) => layer.inert), ...overruledPrivileged(layers)],
    unresolved: layers.flatMap((layer) => layer.unresolved),
    errors: layers.flatMap((layer) => layer.errors),
  };
}

/** The line of the file itself is shown for what several layers add. */
function union(texts: readonly LocatedText[]): LocatedText[] {
  const last = new Map(texts.map((located) => [located.text, located]));
  return [...last.values()];
}

/** One `true` anywhere wins: `"privileged": false` cannot take it back. */
function overruledPrivileged(layers: readonly MetadataLayer[]): InertSetting[] {
  const granting = layers.find((layer) => layer.privileged?.value)?.privileged;
  const denying = layers.find((layer) => layer.privileged?.value === false)?.privileged;
  if (granting === undefined || granting === null || denying === undefined || denying === null) return [];
  return [
    {
      setting: '"privileged": false',
      why: `${granting.origin.note ?? 'another part of the definition'} makes the container privileged all the same`,
      instead: 'remove what asks for privileges',
      origin: denying.origin,
    },
  ];
}
