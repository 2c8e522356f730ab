/** Which assets a sandbox can touch, and by which grant: asked once here, for all rules. */
import type { Asset, AssetGain } from '../knowledge/asset.ts';
import type { FileAnswer, FileMode, HostFiles, HostGrant } from './files.ts';
import { covers, displayPath, type HostPath, homePath, hostPath, samePath } from './host-path.ts';

export interface Exposure {
  readonly asset: Asset;
  readonly mode: FileMode;
  readonly gain: AssetGain;
  readonly path: HostPath;
  /** The path as people know it there. */
  readonly name: string;
  /** The grant that opens it. */
  readonly grant: HostGrant;
  readonly assumes: readonly string[];
}

/** The tables are constant, and each path of them is asked of every sandbox. */
const PATHS = new Map<string, HostPath>();

/** A path of an asset table: `~/.ssh/` is the directory, of which everything counts. */
export function assetPath(path: string): HostPath {
  const before = PATHS.get(path);
  if (before !== undefined) return before;
  const read = path.startsWith('~') ? homePath(path.slice(1)) : hostPath(path, '');
  PATHS.set(path, read);
  return read;
}

/** Several rules ask the same of one sandbox. */
const ASKED = new WeakMap<HostFiles, Map<readonly Asset[], readonly Exposure[]>>();

const MODES: readonly FileMode[] = ['read', 'write', 'connect'];

/** Every asset of the table that the sandbox can read, write or connect to, as its gains say. */
export function exposures(files: HostFiles, assets: readonly Asset[]): readonly Exposure[] {
  const asked = ASKED.get(files) ?? new Map<readonly Asset[], readonly Exposure[]>();
  const before = asked.get(assets);
  if (before !== undefined) return before;
  const found = exposed(files, assets);
  asked.set(assets, found);
  ASKED.set(files, asked);
  return found;
}

function exposed(files: HostFiles, assets: readonly Asset[]): Exposure[] {
  if (files.grants.length === 0) return [];
  const found: Exposure[] = [];
  for (const asset of assets) {
    const paths = asset.paths.filter((text) => isTouched(files, assetPath(text)));
    if (paths.length === 0) continue;
    for (const mode of MODES) {
      const gain = asset[mode];
      if (gain !== undefined) found.push(...exposuresOf(files, { asset, mode, gain }, paths));
    }
  }
  return found;
}

/**
 * What no mount covers or lies in need not be asked: an exposure names the grant that opens it. A policy's
 * rule can open more than the path that it is shown with.
 */
function isTouched(files: HostFiles, path: HostPath): boolean {
  return files.grants.some(
    (grant) =>
      grant.kind === 'rule' || covers(grant.path, path) !== 'no' || covers(path, grant.path) !== 'no',
  );
}

/** One exposure a grant: two mounts of two keys are two lines to change. */
function exposuresOf(
  files: HostFiles,
  { asset, mode, gain }: Pick<Exposure, 'asset' | 'mode' | 'gain'>,
  paths: readonly string[],
): Exposure[] {
  const byGrant = new Map<HostGrant, Exposure>();
  const add = (path: HostPath, answer: FileAnswer): void => {
    if (answer.verdict !== 'yes' || answer.grant === null || byGrant.has(answer.grant)) return;
    if (asset.alone === true && !samePath(answer.grant.path, path)) return;
    const assumes = [...(answer.assumes ?? []), ...(answer.grant.assumes ?? [])];
    const name = files.named?.(path) ?? displayPath(path);
    byGrant.set(answer.grant, { asset, mode, gain, path, name, grant: answer.grant, assumes });
  };
  for (const text of paths) {
    const path = assetPath(text);
    add(path, files.can(mode, path));
    if (!text.endsWith('/')) continue;
    for (const grant of files.grants) {
      if (isInside(path, grant.path) && !isExcepted(asset, grant.path)) {
        add(grant.path, files.can(mode, grant.path));
      }
    }
  }
  return [...byGrant.values()];
}

function isInside(tree: HostPath, path: HostPath): boolean {
  return covers(tree, path) === 'yes' && !samePath(tree, path);
}

function isExcepted(asset: Asset, path: HostPath): boolean {
  return (asset.except ?? []).some((except) => {
    if (!except.startsWith('*')) return covers(assetPath(except), path) === 'yes';
    return path.root !== 'unknown' && path.path.endsWith(except.slice(1));
  });
}
