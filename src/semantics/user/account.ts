/** What a script gives to an account that it makes: groups that are as good as root, and rules of sudo. */
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { programOf } from '../process/command.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';

export interface AccountPowers {
  readonly groups: readonly { readonly name: string; readonly origin: Origin }[];
  readonly sockets: readonly { readonly path: string; readonly text: string; readonly origin: Origin }[];
  /** Where it may become root without a password; null: nothing says so. */
  readonly sudo: Origin | null;
}

/** Sockets that belong to a group (Docker's, containerd's and LXD's manuals on their groups). */
const SOCKETS: Readonly<Record<string, string>> = {
  docker: '/run/docker.sock',
  lxd: '/var/lib/lxd/unix.socket',
  incus: '/var/lib/incus/unix.socket',
  'incus-admin': '/var/lib/incus/unix.socket',
  libvirt: '/run/libvirt/libvirt-sock',
};

/** Groups whose members sudo lets become root on common distributions (sudoers(5), %sudo and %wheel). */
const SUDO_GROUPS: ReadonlySet<string> = new Set(['sudo', 'wheel', 'admin']);

/** @param user symbolic */
export function powersOf(user: string, commands: readonly ShellCommand[]): AccountPowers {
  const groups = commands.flatMap((command) => groupsGiven(command, user));
  const sudoGroup = groups.find(({ name }) => SUDO_GROUPS.has(name));
  const rule = commands.flatMap(({ words }) => words).find((word) => isOpenRule(word, user));
  return {
    groups,
    sockets: groups.flatMap(({ name, origin }) => {
      const path = Object.hasOwn(SOCKETS, name) ? SOCKETS[name] : undefined;
      return path === undefined ? [] : [{ path, text: `the group ${name}`, origin }];
    }),
    sudo: rule === undefined ? (sudoGroup?.origin ?? null) : explicit(rule.place),
  };
}

function isOpenRule({ value }: ShellWord, user: string): boolean {
  return value.includes('NOPASSWD') && /NOPASSWD:\s*ALL/.test(value) && value.includes(user);
}

/** usermod(8), useradd(8), adduser(8), gpasswd(1). */
function groupsGiven({ words }: ShellCommand, user: string): AccountPowers['groups'] {
  const [word, ...others] = words;
  const program = programOf(word);
  if (!others.some(({ value }) => value === user)) return [];
  const values = others.filter(({ value }) => !value.startsWith('-') && value !== user);
  const isGroupOption = /^(?:-[a-zA-Z]*G|--groups)$/;
  let lists: readonly ShellWord[] = [];
  if (program === 'usermod' || program === 'useradd') {
    lists = others.filter((one, at) => isGroupOption.test(others[at - 1]?.value ?? '') && one.value !== user);
  } else if (program === 'adduser' || program === 'addgroup') {
    lists = values.slice(0, 1).filter(() => others.length === 2);
  } else if (program === 'gpasswd' && others.some(({ value }) => value === '-a' || value === '--add')) {
    lists = values.slice(-1);
  }
  return lists.flatMap((list) =>
    list.value.split(',').map((name) => ({ name: displayText(name), origin: explicit(list.place) })),
  );
}
