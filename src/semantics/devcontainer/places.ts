/** Which folder a devcontainer.json belongs to, and where that folder appears inside. */
import type { Project } from '../../model/project.ts';
import type { Source } from '../../source/source.ts';
import { childOf, type Node } from '../../syntax/node.ts';
import { defaultTarget } from './mounts.ts';
import { type DevcontainerPlaces, substitute } from './variables.ts';

/** Longest path of a folder that is taken over; it is put into every text that names it. */
const MAX_FOLDER = 1000;

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `.devcontainer/devcontainer.json` and `.devcontainer/NAME/devcontainer.json` belong to the folder above. */
function openedFolder(directory: string): string {
  const parts = directory.split('/');
  const at = parts.findLastIndex((part) => part.startsWith('.devcontainer'));
  return at >= 0 && parts.length - at <= 2 ? parts.slice(0, at).join('/') : directory;
}

/** The nearest folder at or above with a `.git`, as the tools look for it; the folder itself where there is none. */
function repositoryRoot(folder: string, project: Project): string {
  for (let at = folder; ; at = parentOf(at)) {
    if (project.exists(at === '' ? '.git' : `${at}/.git`)) return at;
    if (at === '') return folder;
  }
}

/** Name of the opened folder: of the project's root it is what leads there from the working directory. */
function folderName(folder: string, source: Source, relative: string): string {
  if (folder !== '') return lastPart(folder);
  const root = source.path.endsWith(relative)
    ? source.path.slice(0, -relative.length).replace(/\/+$/, '')
    : '';
  const name = lastPart(root);
  return name === '' || name === '.' || name === '..' ? 'workspace' : name;
}

export function placesOf(source: Source, root: Node | undefined, project: Project): DevcontainerPlaces {
  const relative = project.relative(source);
  const directory = parentOf(relative);
  const folder = openedFolder(directory);
  const mounted = repositoryRoot(folder, project);
  const outer = { directory, folder, mounted, basename: folderName(folder, source, relative) };
  const rest = folder.slice(mounted.length).replace(/^\//, '');
  const usual = rest === '' || mounted === folder ? defaultTarget(outer) : `${defaultTarget(outer)}/${rest}`;
  const written = childOf(root, 'workspaceFolder');
  const places = { ...outer, inside: usual };
  if (written?.kind !== 'scalar' || written.text === '' || written.text.length > MAX_FOLDER) return places;
  return { ...places, inside: substitute(written.text, places) };
}
