/** Who the code inside runs as, and whether it can become root there. */

import type { User } from '../../model/privilege.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { type Answer, answer, byDefault, known, mapValue, unknown, type Value } from '../../model/value.ts';
import type { ContainerSpec } from './spec.ts';

/** `user[:group]`, name or number; 0 in any spelling is root. */
export function parseUser(text: string): User {
  const name = text.split(':', 1)[0]?.trim() ?? '';
  return { name: name === '' ? 'root' : name, root: name === '' || name === 'root' || /^0+$/.test(name) };
}

/** An image whose USER nobody can read from here is taken to run as root, as most do: medium confidence. */
export function containerUser(spec: ContainerSpec): Value<User> {
  const written = spec.user ?? keptId(spec) ?? spec.image.user;
  if (written === null) {
    const image = spec.image.reference?.known ? displayText(spec.image.reference.value) : 'the image';
    const origin = byDefault(spec.anchor, 'the default user of an image without USER');
    return known({ name: 'root', root: true }, origin, [`${image} sets no other user`]);
  }
  // The group may be anyone's: `0:${GID}` is root.
  if (written.known && !isResolved(written.value.split(':', 1)[0] ?? '')) {
    const names = unknownNames(written.value);
    // `${UID}:${GID}` and the like are written to run as the developer: a number, and none of root's.
    if (
      names.every((name) =>
        /^(?:[A-Z_]*(?:UID|GID)|id -[ug]n?|[A-Z_]*USER(?:NAME)?|USER_ID|GROUP_ID)$/i.test(name),
      )
    ) {
      const name = displayText(written.value);
      return known({ name, root: false }, written.origin, [`${name} is not root`]);
    }
    return unknown(displayText(written.value), `${names.join(', ')} is not known`, names, written.origin);
  }
  return mapValue(written, parseUser);
}

/**
 * podman's `keep-id` starts the container as whoever starts podman, under the same number or the one that it names
 * (containers/podman docs/source/markdown/options/userns.container.md). Root keeps no id of its own.
 */
function keptId({ engine, rootful, userns }: ContainerSpec): Value<string> | null {
  if (engine !== 'podman' || rootful !== undefined || userns === null || !userns.known) return null;
  const options = /^keep-id(?::(.*))?$/.exec(userns.value);
  if (options === null) return null;
  const id = /(?:^|,)uid=(\d+)/.exec(options[1] ?? '')?.[1] ?? 'keep-id';
  return known(id, userns.origin, [...(userns.assumes ?? []), 'an ordinary user starts podman']);
}

/** no_new_privs makes sudo and every other setuid program powerless (prctl(2), PR_SET_NO_NEW_PRIVS). */
export function containerSudo(spec: ContainerSpec, noNewPrivileges: Value<boolean>): Answer {
  const sudo = spec.sudo ?? spec.image.sudo;
  if (sudo.verdict === 'no' || !noNewPrivileges.known || !noNewPrivileges.value) return sudo;
  return answer('no', [noNewPrivileges.origin], 'no-new-privileges makes sudo powerless');
}

export function effectiveRoot(user: Value<User>, sudo: Answer): Answer {
  if (user.known && user.value.root) {
    const because = { verdict: 'yes' as const, because: [user.origin], reason: 'it runs as root' };
    return user.assumes === undefined ? because : { ...because, assumes: user.assumes };
  }
  if (sudo.verdict === 'yes') return sudo;
  if (!user.known) return answer('unknown', [user.origin], `the user ${user.raw} is not known`);
  return sudo.verdict === 'unknown' ? sudo : answer('no', [user.origin], `it runs as ${user.value.name}`);
}
