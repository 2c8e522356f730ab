/** Everything about a sandbox that could not be known: what its reader noted, and each unknown value of the model. */
import { ASSETS } from '../knowledge/assets/index.ts';
import type { HiddenId } from '../knowledge/hidden.ts';
import { samePlace } from '../source/source.ts';
import { enclosureAssumptions, hiddenBy } from './enclosure.ts';
import { exposures } from './exposure.ts';
import type { HostGrant } from './files.ts';
import type { Sandbox, Unresolved } from './sandbox.ts';
import type { Unknown, Value } from './value.ts';

/** In the order of the reader's notes, then of the model; one entry a place. */
export function unknownsOf(sandbox: Sandbox): Unresolved[] {
  const found: Unresolved[] = [...sandbox.unresolved];
  const isNew = (candidate: Unresolved): boolean =>
    !found.some((seen) => samePlace(seen.origin.place, candidate.origin.place));
  const candidates = [
    ...unknownMounts(sandbox),
    ...unknownSockets(sandbox),
    ...unknownEngines(sandbox),
    ...unknownFiles(sandbox),
    ...unknownValues(sandbox),
  ];
  for (const candidate of candidates) {
    if (isNew(candidate)) found.push(candidate);
  }
  return found;
}

function unknownMounts({ files }: Sandbox): Unresolved[] {
  return files.grants.flatMap((grant): Unresolved[] => {
    const { path, text, origin } = grant;
    if (path.root !== 'unknown') return [];
    const [first = path.raw] = path.names;
    const why = [`${first} is not set in any scanned file`, ...enclosureAssumptions(path)].join('; ');
    return [
      {
        what: text,
        why,
        names: path.names,
        mayHide: hiddenBy(path, grant.write !== 'no'),
        origin,
        kind: 'text',
      },
    ];
  });
}

/** A socket's name says nothing of the program that listens there: a proxy to the internet, or one that obeys. */
function unknownSockets({ files, role }: Sandbox): Unresolved[] {
  if (role.kind === 'service' || !files.grants.some(isSocket)) return [];
  const named = new Set(exposures(files, ASSETS).map(({ grant }) => grant));
  return files.grants
    .filter((grant) => isSocket(grant) && !named.has(grant))
    .map(({ text, origin }) => ({
      what: text,
      why: 'the program that listens on this socket is none that is known here',
      names: [],
      mayHide: 'services',
      origin,
      kind: 'ambient',
    }));
}

function isSocket({ path, kind, connect }: HostGrant): boolean {
  return kind !== 'copy' && connect === 'yes' && path.root !== 'unknown' && /\.sock(?:et)?$/.test(path.path);
}

/** `DOCKER_HOST` from the host's environment: a socket that is not mounted, or an engine that answers over the network. */
function unknownEngines({ environment, network }: Sandbox): Unresolved[] {
  const known = new Set(network.engineApis.map(({ origin }) => origin.place));
  return environment.variables
    .filter(({ name, from, value, origin }) => {
      const names = /^(?:DOCKER|CONTAINER)_HOST$/.test(name);
      return names && from === 'host' && !value.known && !known.has(origin.place);
    })
    .map(({ name, origin }) => ({
      what: `$${name}`,
      why: 'it may name a container engine that answers over the network',
      names: [name],
      mayHide: 'services',
      origin,
      kind: 'text',
    }));
}

function unknownFiles({ environment }: Sandbox): Unresolved[] {
  return environment.files
    .filter((file) => file.names === null)
    .map(({ path, why, origin }) => ({
      what: path,
      why: why ?? 'it could not be read',
      names: [path],
      mayHide: 'credential',
      origin,
      kind: 'ambient',
    }));
}

function unknownValues(sandbox: Sandbox): Unresolved[] {
  const { limits, lifetime, network, privilege, image } = sandbox;
  const rows: readonly (readonly [Value<unknown> | null | undefined, HiddenId])[] = [
    [privilege.privileged, 'privileges'],
    [privilege.user, 'identity'],
    [privilege.noNewPrivileges, 'identity'],
    [privilege.namespaces?.pid, 'namespace'],
    [privilege.namespaces?.ipc, 'namespace'],
    [privilege.namespaces?.user, 'identity'],
    [privilege.confinement?.seccomp, 'confinement'],
    [privilege.confinement?.appArmor, 'confinement'],
    [privilege.runtime, 'identity'],
    [network.egress, 'network'],
    [limits.memory, 'limits'],
    [limits.cpu, 'limits'],
    [limits.processes, 'limits'],
    [lifetime.readOnlyRoot, 'persistence'],
    [image?.reference, 'image'],
  ];
  return rows.flatMap(([value, mayHide]) =>
    value === null || value === undefined || value.known ? [] : [fromValue(value, mayHide)],
  );
}

function fromValue({ raw, why, names, origin }: Unknown, mayHide: HiddenId): Unresolved {
  return { what: raw, why, names, mayHide, origin, kind: 'text' };
}
