/** Which services of a project a line starts (compose-spec 15-profiles.md; compose-go types/project.go). */
import { isResolved } from '../../model/symbolic.ts';
import { childOf, entriesOf, itemsOf, type Node } from '../../syntax/node.ts';
import { scalarText } from './loading.ts';
import type { ComposeProject } from './project.ts';

export interface Starting {
  /** Services that the line names; null: all that are active. */
  readonly named: readonly string[] | null;
  /** Profiles that are switched on; null: it is not known which. */
  readonly profiles: readonly string[] | null;
  /** `--no-deps`. */
  readonly alone: boolean;
}

/** In the order of the files. A service that is named needs no profile. */
export function startedServices(
  compose: ComposeProject,
  { named, profiles, alone }: Starting,
): readonly string[] {
  const started = new Set<string>();
  const pending = named ?? compose.serviceNames.filter((name) => isActive(compose, name, profiles));
  const queue = [...pending];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (started.has(name) || !compose.services.has(name)) continue;
    started.add(name);
    if (!alone) queue.push(...neededBy(compose, name));
  }
  return compose.serviceNames.filter((name) => started.has(name));
}

function isActive(compose: ComposeProject, name: string, profiles: readonly string[] | null): boolean {
  const own = textsOf(compose, childOf(serviceNode(compose, name), 'profiles'));
  if (own.length === 0 || profiles === null || profiles.includes('*')) return true;
  return own.some((profile) => profiles.includes(profile) || !isResolved(profile));
}

function serviceNode(compose: ComposeProject, name: string): Node | undefined {
  return compose.services.get(name)?.value;
}

/** What Compose starts first: `depends_on`, links, and services whose namespaces or volumes are shared. */
function neededBy(compose: ComposeProject, name: string): string[] {
  const node = serviceNode(compose, name);
  const needed = childOf(node, 'depends_on');
  const keys =
    needed?.kind === 'mapping' ? entriesOf(needed).map(({ key }) => key) : textsOf(compose, needed);
  const links = textsOf(compose, childOf(node, 'links')).map((text) => text.split(':', 1)[0] ?? '');
  const volumes = textsOf(compose, childOf(node, 'volumes_from')).map((text) => text.split(':', 1)[0] ?? '');
  const shared = ['network_mode', 'ipc', 'pid'].flatMap((key) => {
    const text = textsOf(compose, childOf(node, key))[0];
    return /^service:(.+)$/.exec(text ?? '')?.[1] ?? [];
  });
  return [...keys, ...links, ...volumes, ...shared];
}

function textsOf(compose: ComposeProject, node: Node | undefined): string[] {
  const nodes = node?.kind === 'sequence' ? itemsOf(node) : node === undefined ? [] : [node];
  return nodes.flatMap((item) => scalarText(compose.loading, item) ?? []);
}
