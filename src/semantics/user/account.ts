/** What a script gives to an account that it makes: groups that are as good as root, and rules of sudo. */
import type { DeviceGrant } from '../../model/privilege.ts';
import { displayText } from '../../model/symbolic.ts';
import { explicit, type Origin } from '../../model/value.ts';
import { programOf } from '../process/command.ts';
import { optionTable, type ProcessOption, readMixedOptions } from '../process/option-words.ts';
import type { ShellCommand, ShellWord } from '../shell/reading.ts';

export interface Group {
  readonly name: string;
  /** As it is written: `-aG docker`. */
  readonly text: string;
  readonly origin: Origin;
}

export interface AccountPowers {
  readonly groups: readonly Group[];
  readonly sockets: readonly { readonly path: string; readonly text: string; readonly origin: Origin }[];
  readonly devices: readonly DeviceGrant[];
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
  const byGroup =
    sudoGroup === undefined
      ? null
      : { ...sudoGroup.origin, assumes: ['sudo asks its members for no password'] };
  const sudo = rule === undefined ? byGroup : explicit(rule.place);
  return { groups, sudo, ...groupPowers(groups) };
}

/** What belongs to a group, and is open to its members. */
export function groupPowers(groups: readonly Group[]): Pick<AccountPowers, 'sockets' | 'devices'> {
  return {
    sockets: groups.flatMap(({ name, text, origin }) => {
      const path = Object.hasOwn(SOCKETS, name) ? SOCKETS[name] : undefined;
      return path === undefined ? [] : [{ path, text, origin }];
    }),
    devices: groups.flatMap(({ name, text, origin }) =>
      name === 'disk' ? [{ device: '/dev/sda', access: { read: true, write: true }, text, origin }] : [],
    ),
  };
}

function isOpenRule({ value }: ShellWord, user: string): boolean {
  return value.includes('NOPASSWD') && /NOPASSWD:\s*ALL/.test(value) && value.includes(user);
}

type Reader = (
  words: readonly ShellWord[],
  user: string,
) => readonly Pick<ProcessOption, 'value' | 'text' | 'origin'>[];

/** `usermod -aG docker agent`: lists of groups behind an option, the user as operand. */
function listed(options: string): Reader {
  const table = optionTable(options);
  return (words, user) => {
    const reading = readMixedOptions(words, table);
    if (!reading.rest.some(({ value }) => value === user)) return [];
    return reading.options.filter(({ name }) => name === 'groups');
  };
}

/** `adduser agent docker`. */
function paired(options: string): Reader {
  const table = optionTable(options);
  return (words, user) => {
    const reading = readMixedOptions(words, table);
    const [name, ...groups] = reading.rest;
    if (name?.value !== user) return [];
    const named = groups.map(operand);
    return [...named, ...reading.options.filter(({ name: option }) => option === 'groups')];
  };
}

const GPASSWD = optionTable(
  'a:add= A:administrators= d:delete= h:help M:members= Q:root= r:remove-password R:restrict',
);

/** `gpasswd -a agent docker`. */
const added: Reader = (words, user) => {
  const { options, rest } = readMixedOptions(words, GPASSWD);
  const isAdded = options.some(({ name, value }) => name === 'add' && value === user);
  return isAdded ? rest.map(operand) : [];
};

function operand({ value, place }: ShellWord) {
  return { value, text: displayText(value), origin: explicit(place) };
}

const ADDUSER = `add-extra-groups add_extra_groups allow-all-names allow-bad-names allow-badname comment= conf= debug
  disabled-login disabled-password encrypt-home firstgid= firstuid= force-badname gecos= gid= group help home=
  ingroup= lastgid= lastuid= no-create-home quiet shell= system uid= verbose version D S H g= G:groups= h= k= s= u=`;

/** By the programs' own manuals; adduser and addgroup of Debian and of busybox. */
const READERS: Readonly<Record<string, Reader>> = {
  usermod:
    listed(`a:append b:badname c:comment= d:home= e:expiredate= f:inactive= g:gid= G:groups= h:help l:login=
    L:lock m:move-home o:non-unique p:password= P:prefix= r:remove R:root= s:shell= u:uid= U:unlock
    v:add-subuids= V:del-subuids= w:add-subgids= W:del-subgids= Z:selinux-user=`),
  useradd:
    listed(`b:base-dir= badname btrfs-subvolume-home c:comment= d:home-dir= D:defaults e:expiredate= f:inactive=
    F:add-subids-for-system g:gid= G:groups= h:help k:skel= K:key= l:no-log-init m:create-home
    M:no-create-home N:no-user-group o:non-unique p:password= P:prefix= r:system R:root= s:shell= u:uid=
    U:user-group Z:selinux-user=`),
  adduser: paired(ADDUSER),
  addgroup: paired(ADDUSER),
  gpasswd: added,
};

function groupsGiven({ words }: ShellCommand, user: string): readonly Group[] {
  const [word, ...others] = words;
  const program = programOf(word);
  const reader = Object.hasOwn(READERS, program) ? READERS[program] : undefined;
  return (reader?.(others, user) ?? []).flatMap(({ value, text, origin }) =>
    (value ?? '').split(',').map((name) => ({ name: displayText(name), text, origin })),
  );
}
