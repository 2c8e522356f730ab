/**
 * The options of bubblewrap and how many words each one takes
 * (containers/bubblewrap bubblewrap.c, parse_args_recurse; bwrap(1)).
 */

const BY_ARITY: readonly (readonly [words: number, names: string])[] = [
  [
    0,
    `help version level-prefix unshare-all unshare-user unshare-user-try unshare-ipc unshare-pid unshare-net
     unshare-uts unshare-cgroup unshare-cgroup-try share-net disable-userns assert-userns-disabled clearenv
     new-session die-with-parent as-pid-1 not-a-security-boundary`,
  ],
  [
    1,
    `args argv0 userns userns2 pidns uid gid hostname chdir unsetenv lock-file sync-fd remount-ro proc dev
     tmpfs mqueue dir overlay-src tmp-overlay ro-overlay seccomp add-seccomp-fd exec-label file-label block-fd
     userns-block-fd info-fd json-status-fd cap-add cap-drop perms size`,
  ],
  [
    2,
    `setenv bind bind-try dev-bind dev-bind-try ro-bind ro-bind-try bind-fd ro-bind-fd file bind-data
     ro-bind-data symlink chmod`,
  ],
  [3, 'overlay'],
];

const ARITY: ReadonlyMap<string, number> = new Map(
  BY_ARITY.flatMap(([words, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, words] as const),
  ),
);

/** How many words follow the option (given with its dashes); null: bwrap knows no such option and stops. */
export function arityOf(word: string): number | null {
  return word.startsWith('--') ? (ARITY.get(word.slice(2)) ?? null) : null;
}

/** Options whose first word is the number of an open file. */
const DESCRIPTOR_OPTIONS: ReadonlySet<string> = new Set(
  `args userns userns2 pidns sync-fd seccomp add-seccomp-fd block-fd userns-block-fd info-fd json-status-fd
   bind-fd ro-bind-fd file bind-data ro-bind-data`.split(/\s+/),
);

export function takesDescriptor(name: string): boolean {
  return DESCRIPTOR_OPTIONS.has(name);
}

/** What `--perms` and `--size` may stand before (bubblewrap.c: "must be followed by"). */
export const MAY_FOLLOW: Readonly<Record<'perms' | 'size', ReadonlySet<string>>> = {
  perms: new Set(['bind-data', 'dir', 'file', 'ro-bind-data', 'tmpfs']),
  size: new Set(['tmpfs']),
};
