/**
 * What a user's own manager does about mounts and namespaces. It makes the user namespace that gives it the right
 * to them where `PrivateUsers=yes` asks for one, and since systemd 254 of its own accord (systemd.exec(5),
 * PrivateUsers=); older ones start the service without.
 */
import type { FileAnswer, HostFiles } from '../../model/files.ts';
import type { Namespaces, Sharing } from '../../model/privilege.ts';
import { known, type Value } from '../../model/value.ts';

const OLDER = 'its systemd is older than 254';

/** The files of an older manager; what a newer one keeps away is open on that assumption. */
export function filesBefore(older: HostFiles, newer: HostFiles): HostFiles {
  return {
    ...older,
    can(mode, path): FileAnswer {
      const found = older.can(mode, path);
      if (found.verdict !== 'yes' || newer.can(mode, path).verdict === 'yes') return found;
      return { ...found, assumes: [...(found.assumes ?? []), OLDER] };
    },
  };
}

export function namespacesBefore(older: Namespaces, newer: Namespaces): Namespaces {
  const of = (name: keyof Namespaces): Value<Sharing> => {
    const [before, after] = [older[name], newer[name]];
    const same = !before.known || (after.known && after.value === before.value);
    return same ? before : known(before.value, before.origin, [...(before.assumes ?? []), OLDER]);
  };
  return {
    pid: of('pid'),
    ipc: of('ipc'),
    uts: of('uts'),
    cgroup: of('cgroup'),
    network: of('network'),
    user: of('user'),
  };
}
