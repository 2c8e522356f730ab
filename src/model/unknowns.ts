/** Everything about a sandbox that could not be known: what its reader noted, and each unknown value of the model. */
import type { HiddenId } from '../knowledge/hidden.ts';
import { samePlace } from '../source/source.ts';
import type { Sandbox, Unresolved } from './sandbox.ts';
import type { Unknown, Value } from './value.ts';

/** In the order of the reader's notes, then of the model; one entry a place. */
export function unknownsOf(sandbox: Sandbox): Unresolved[] {
  const found: Unresolved[] = [...sandbox.unresolved];
  const isNew = (candidate: Unresolved): boolean =>
    !found.some((seen) => samePlace(seen.origin.place, candidate.origin.place));
  for (const candidate of [...unknownMounts(sandbox), ...unknownFiles(sandbox), ...unknownValues(sandbox)]) {
    if (isNew(candidate)) found.push(candidate);
  }
  return found;
}

function unknownMounts({ files }: Sandbox): Unresolved[] {
  return files.grants.flatMap((grant): Unresolved[] => {
    const { path, text, origin } = grant;
    if (path.root !== 'unknown') return [];
    const [first = path.raw] = path.names;
    const why = `${first} is not set in any scanned file`;
    return [{ what: text, why, names: path.names, mayHide: 'mount', origin, kind: 'text' }];
  });
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
