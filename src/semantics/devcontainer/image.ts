/** The image of a devcontainer: named, or built from a Dockerfile. */
import { imageFacts } from '../../knowledge/images.ts';
import type { Variable } from '../../model/environment.ts';
import { displayPath, hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import type { BuildPrivilege, Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { explicit, implied, known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Place, Source } from '../../source/source.ts';
import { childOf, entriesOf, entryPlace, type Node, type SyntaxProblem } from '../../syntax/node.ts';
import { type DockerfileImage, imageFromDockerfile, imageKnowledge } from '../docker/dockerfile.ts';
import type { BuiltImage } from '../docker/image-files.ts';
import { emptyContainer } from '../docker/run-spec.ts';
import { writtenVariable } from '../docker/run-spec-environment.ts';
import type { ImageSpec, LocatedText } from '../docker/spec.ts';
import { EMPTY_LAYER, impliedMount, type MetadataLayer } from './metadata.ts';
import { type NodeContext, textOf, textProperty, textsOf } from './node-text.ts';
import type { DevcontainerPlaces } from './variables.ts';

export interface ImageReading {
  readonly image: ImageSpec;
  /** What the label of the image, or of the one it is built on, brings. */
  readonly label: MetadataLayer;
  readonly groups: readonly LocatedText[];
  /** The files of an image that is built here; null: it is none, or its Dockerfile cannot be read. */
  readonly built: BuiltImage | null;
  readonly buildPrivileges: readonly BuildPrivilege[];
  readonly variables: readonly Variable[];
  readonly unresolved: readonly Unresolved[];
  readonly problems: readonly SyntaxProblem[];
  readonly sources: readonly Source[];
  /** Names of coding agents. */
  readonly agents: readonly string[];
}

/** @param anchor place for what nobody wrote */
export function readImage(root: Node, context: NodeContext, project: Project, anchor: Place): ImageReading {
  const build = childOf(root, 'build');
  const dockerfile = textProperty(build, 'dockerfile', context) ?? textProperty(root, 'dockerFile', context);
  if (dockerfile !== null) return readBuild(root, dockerfile, context, project, anchor);
  const written = textProperty(root, 'image', context);
  return written === null ? missingImage(anchor) : namedImage(written, context.places);
}

const NOTHING = {
  groups: [],
  built: null,
  buildPrivileges: [],
  variables: [],
  unresolved: [],
  problems: [],
  sources: [],
  agents: [],
};

function textValue({ text, origin }: LocatedText): Value<string> {
  if (isResolved(text)) return known(text, origin);
  return unknown(
    displayText(text),
    `${displayText(text)} is set outside the files`,
    unknownNames(text),
    origin,
  );
}

function namedImage(written: LocatedText, places: DevcontainerPlaces): ImageReading {
  const reference = textValue(written);
  const { user, sudo, agents } = imageKnowledge(reference, written.origin);
  return {
    ...NOTHING,
    image: { reference, built: false, user, sudo, variables: [], origin: written.origin },
    label: labelLayer(reference, written.origin, places),
    agents,
  };
}

function missingImage(anchor: Place): ImageReading {
  const { image } = emptyContainer('docker', anchor);
  const what = 'neither "image" nor "build" nor "dockerComposeFile" is given';
  return {
    ...NOTHING,
    image: { ...image, reference: unknown('', what, [], image.origin) },
    label: EMPTY_LAYER,
    unresolved: [
      {
        what: 'the image',
        why: what,
        names: [],
        mayHide: 'image',
        origin: explicit(anchor),
        kind: 'ambient',
      },
    ],
  };
}

/**
 * The label `devcontainer.metadata` of well-known images, which is merged as if it stood in the file. It
 * also survives in images built on them.
 */
export function labelLayer(
  reference: Value<string> | null,
  at: Origin,
  places: DevcontainerPlaces,
): MetadataLayer {
  const facts = reference?.known ? imageFacts(reference.value) : null;
  if (facts === null || !/^mcr\.microsoft\.com\/(?:vscode\/)?devcontainers\//.test(facts.pattern))
    return EMPTY_LAYER;
  const origin = implied(at.place, `the label of the image ${facts.pattern}`);
  return {
    ...EMPTY_LAYER,
    privileged: facts.privileged ? { value: true, origin } : null,
    capAdd: facts.capAdd.map((text) => ({ text, origin })),
    securityOpt: facts.securityOpt.map((text) => ({ text, origin })),
    mounts: facts.mounts.map((mount) => impliedMount(mount, origin, places)),
    remoteUser: { text: facts.user, origin },
  };
}

/** Relative paths start from the directory of devcontainer.json. */
function readBuild(
  root: Node,
  dockerfile: LocatedText,
  context: NodeContext,
  project: Project,
  anchor: Place,
): ImageReading {
  const build = childOf(root, 'build');
  const { places } = context;
  const written = textProperty(build, 'context', context) ?? textProperty(root, 'context', context);
  const contextPath = hostPath(written?.text ?? '.', places.directory);
  const args = buildArguments(build, context);
  const shared = {
    buildPrivileges: [
      ...buildOptions(childOf(build, 'options'), context),
      ...outsideContext(written, places),
    ],
    variables: args,
  };
  const path = hostPath(dockerfile.text, places.directory);
  const lookup = path.root === 'workspace' ? project.read(path.path) : null;
  if (lookup?.status !== 'read') {
    const why = lookup?.why ?? 'it lies outside the project';
    return { ...NOTHING, ...shared, ...unreadDockerfile(dockerfile, places, why, anchor) };
  }
  const target = textProperty(build, 'target', context)?.text ?? null;
  const values = new Map(
    args.flatMap(({ name, value }) => (value.known ? [[name, value.value] as const] : [])),
  );
  const image = imageFromDockerfile(lookup.source, { target, args: values });
  return {
    ...NOTHING,
    ...shared,
    ...builtImage(image, dockerfile.origin, places),
    built: {
      layout: image.layout,
      context: { directory: contextPath.root === 'workspace' ? contextPath.path : null, project },
    },
    sources: [lookup.source],
  };
}

/** Groups that open something of the host to their members, where its device or socket is mounted. */
const DOOR_GROUPS = /^(?:docker|podman|libvirt|lxd|incus|disk|kvm)$/;

export function builtImage(
  image: DockerfileImage,
  origin: Origin,
  places: DevcontainerPlaces,
): Pick<ImageReading, 'image' | 'label' | 'groups' | 'problems' | 'agents'> {
  return {
    image: {
      reference: null,
      built: true,
      user: image.user,
      sudo: image.sudo,
      variables: image.variables,
      origin,
    },
    label: labelLayer(image.base, image.base?.origin ?? origin, places),
    groups: image.groups.filter(({ text }) => DOOR_GROUPS.test(text)),
    problems: image.problems,
    agents: image.agents,
  };
}

function unreadDockerfile(
  { text, origin }: LocatedText,
  places: DevcontainerPlaces,
  why: string,
  anchor: Place,
): Pick<ImageReading, 'image' | 'label' | 'unresolved'> {
  const { image } = emptyContainer('docker', anchor);
  const { sudo } = imageKnowledge(null, origin);
  const shown = displayText(displayPath(hostPath(text, places.directory)));
  return {
    image: { ...image, built: true, sudo, origin },
    label: EMPTY_LAYER,
    unresolved: [
      {
        what: `the Dockerfile ${shown}`,
        why,
        names: [shown],
        mayHide: 'image',
        origin,
        kind: 'ambient',
      },
    ],
  };
}

function buildArguments(build: Node | undefined, context: NodeContext): Variable[] {
  return entriesOf(childOf(build, 'args')).flatMap((entry) => {
    const text = textOf(entry.value, context);
    return text === null ? [] : [writtenVariable(entry.key, text.text, explicit(entryPlace(entry)), 'build')];
  });
}

/** Flags of `docker build` that let the build do what the container may not. */
const BUILD_FLAGS: readonly (readonly [pattern: RegExp, kind: BuildPrivilege['kind']])[] = [
  [/^--allow[= ](?:security\.insecure|device)/, 'entitlement'],
  [/^--(?:allow[= ]network\.host|network[= ]host)/, 'host-network'],
  [/^--ssh\b/, 'ssh'],
  [/^--privileged\b/, 'privileged'],
  [/^--device\b/, 'device'],
];

/** `--flag=value` as one element or as two. */
function buildOptions(node: Node | undefined, context: NodeContext): BuildPrivilege[] {
  const options = textsOf(node, context);
  return options.flatMap(({ text, origin }, index) => {
    const next = options[index + 1];
    const line = text.includes('=') || next === undefined ? text : `${text} ${next.text}`;
    const flag = BUILD_FLAGS.find(([pattern]) => pattern.test(line));
    return flag === undefined ? [] : [{ kind: flag[1], text: displayText(line), origin }];
  });
}

/** What lies in the context is sent to the engine, and can be copied into the image. */
function outsideContext(written: LocatedText | null, places: DevcontainerPlaces): BuildPrivilege[] {
  if (written === null || /^(?:https?|git|ssh):|^git@/.test(written.text)) return [];
  const path = hostPath(written.text, places.directory);
  if (path.root === 'unknown' || (path.root === 'workspace' && !path.path.startsWith('..'))) return [];
  return [{ kind: 'context', text: displayText(written.text), origin: written.origin }];
}
