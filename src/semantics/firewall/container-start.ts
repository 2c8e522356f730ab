/**
 * What a container starts with: its image's ENTRYPOINT and CMD, or what the definition says in their place
 * (https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact), and the files that
 * it finds.
 */
import { below, type HostPath, hostPath } from '../../model/host-path.ts';
import type { Project } from '../../model/project.ts';
import { isResolved, unknownPart, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';
import { type MappedText, plainText } from '../../source/mapped.ts';
import { joinMapped } from '../../syntax/shell.ts';
import { containerUser } from '../docker/identity.ts';
import {
  type BuiltImage,
  type FileOwner,
  imageFile,
  imageFileOwner,
  PROGRAM_DIRECTORIES,
} from '../docker/image-files.ts';
import { absolute, type ImageStart, type StartLine } from '../docker/image-layout.ts';
import type { ContainerSpec, MountSpec } from '../docker/spec.ts';
import { quotedLine, standIn } from '../scripts/script-text.ts';
import type { FileText } from './script.ts';
import type { StartPlace } from './started.ts';

/** What a definition says in place of its image. */
export interface StartOverride {
  /** Undefined: as the image says; null: none. */
  readonly entrypoint?: StartLine | null;
  readonly command?: StartLine | null;
}

/** The line that the container runs; null where only the image knows it. */
export function startOf(image: ImageStart | null, override: StartOverride): StartLine | null {
  const entrypoint = override.entrypoint === undefined ? (image?.entrypoint ?? null) : override.entrypoint;
  // An entrypoint of the definition's own takes the image's CMD away.
  const usual = override.entrypoint === undefined ? (image?.command ?? null) : null;
  const command = override.command === undefined ? usual : override.command;
  if (entrypoint?.text == null) return command?.text == null ? null : command;
  if (entrypoint.shell || command?.text == null) return entrypoint;
  const { source, end } = entrypoint.text;
  const place = { source, span: { start: end, end } };
  const behind = command.text.source === source ? command.text : standIn(command.text.text, place);
  const words = command.shell ? [standIn('/bin/sh -c ', place), quotedLine([behind]) ?? behind] : [behind];
  return { ...entrypoint, text: joinMapped([entrypoint.text, standIn(' ', place), ...words]) };
}

export interface Inside extends StartPlace {
  readonly ownerOf: (path: string) => FileOwner | null;
  /** The absolute path of a file as a command names it. */
  readonly pathOf: (file: string) => string;
}

export interface InsideContext {
  readonly built: BuiltImage | null;
  readonly project: Project;
  /** Working directory; null: the image's. */
  readonly directory: string | null;
  /** Told of every file of the project that is read. */
  readonly note: (path: string) => void;
}

/** What commands of a container find inside. */
export function insideOf(spec: ContainerSpec, context: InsideContext): Inside {
  const { built, note } = context;
  const own = built?.layout.start.directory ?? '/';
  const directory =
    context.directory === null ? own : absolute(context.directory, own).replace(/(.)\/$/, '$1');
  const pathOf = (file: string): string =>
    /^[/\uFDD0-\uFDD2]/.test(file) ? file : absolute(file, directory);
  const found = new Map<string, MappedText | null>();
  const find: FileText = (file) => {
    const known = found.get(file);
    if (known !== undefined) return known;
    const text = textOf(file, spec.mounts, context, pathOf);
    if (text !== null) note(text.source.path);
    found.set(file, text);
    return text;
  };
  return {
    find,
    pathOf,
    environment: environmentOf(spec, directory),
    closed: isClosed(spec),
    ownerOf: (path) => (built === null ? null : imageFileOwner(built.layout, path)),
  };
}

function textOf(
  file: string,
  mounts: readonly MountSpec[],
  { built, project }: InsideContext,
  pathOf: (file: string) => string,
): MappedText | null {
  if (file.startsWith(WORKSPACE_SYMBOL)) return projectFile(hostPath(file, ''), project);
  if (!isResolved(file)) return null;
  const isPath = file.includes('/');
  const paths = isPath ? [pathOf(file)] : PROGRAM_DIRECTORIES.map((folder) => `${folder}/${file}`);
  for (const path of paths) {
    const mount = mounted(path, mounts);
    if (mount !== null) {
      const text = projectFile(mount, project);
      if (text !== null || isPath) return text;
      continue;
    }
    const inImage = built === null ? null : imageFile(built.layout, path, built.context);
    if (inImage !== null) return inImage.text;
  }
  return null;
}

function projectFile(path: HostPath, project: Project): MappedText | null {
  if (path.root !== 'workspace') return null;
  const lookup = project.read(path.path);
  return lookup.status === 'read' ? plainText(lookup.source) : null;
}

/**
 * Where a path inside lies on the host, by the mount nearest to it; null: in the image. A volume is filled from
 * the image when it is new.
 */
function mounted(path: string, mounts: readonly MountSpec[]): HostPath | null {
  let nearest: { readonly target: string; readonly host: HostPath | null } | null = null;
  for (const { target, host } of mounts) {
    const folder = target?.replace(/(.)\/$/, '$1') ?? null;
    if (folder === null || (path !== folder && !path.startsWith(`${folder}/`))) continue;
    if (nearest === null || folder.length >= nearest.target.length) nearest = { target: folder, host };
  }
  if (nearest === null || nearest.host === null) return null;
  const { target, host } = nearest;
  return path === target ? host : below(host, path.slice(target.length + 1));
}

function environmentOf(spec: ContainerSpec, directory: string): Map<string, string> {
  const environment = new Map<string, string>();
  for (const { name, value, phase } of [...spec.image.variables, ...spec.variables]) {
    if (phase !== 'build') environment.set(name, value.known ? value.value : unknownPart(name));
  }
  const user = containerUser(spec);
  if (user.known && !environment.has('HOME')) {
    environment.set('HOME', user.value.root ? '/root' : `/home/${user.value.name}`);
  }
  return environment.set('PWD', directory);
}

/** Whether all variables of the container are known by name. */
function isClosed({ environmentFiles, inheritsEnvironment }: ContainerSpec): boolean {
  return inheritsEnvironment === null && environmentFiles.every(({ names }) => names !== null);
}
