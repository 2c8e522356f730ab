/**
 * The tree of Seatbelt operations: what a rule on one operation also covers. Operations differ from one
 * macOS version to the next, so an unknown name is placed by its prefix instead of being refused.
 * Source: dionthegod/XNUSandbox sbdis/ops.txt; operation names of Apple's own profiles
 * (knightsc/sandbox_profiles); chromium sandbox/policy/mac/common.sb.
 */

/** Operation families, parent first; a child that ends in `*` has a row of its own where it has children. */
const FAMILIES: readonly (readonly [string, readonly string[]])[] = [
  [
    'file*',
    [
      'file-read*',
      'file-write*',
      'file-link',
      'file-clone',
      'file-ioctl',
      'file-issue-extension',
      'file-map-executable',
      'file-mknod',
      'file-chroot',
      'file-mount*',
      'file-mount',
      'file-mount-update',
      'file-unmount',
      'file-revoke',
      'file-search',
      'file-test-existence',
      'file-fsctl',
    ],
  ],
  ['file-read*', ['file-read-data', 'file-read-metadata', 'file-read-xattr']],
  [
    'file-write*',
    [
      'file-write-data',
      'file-write-create',
      'file-write-unlink',
      'file-write-mode',
      'file-write-owner',
      'file-write-flags',
      'file-write-times',
      'file-write-xattr',
      'file-write-setugid',
      'file-write-mount',
      'file-write-unmount',
      'file-write-acl',
      'file-write-finderinfo',
    ],
  ],
  ['process*', ['process-exec*', 'process-fork', 'process-info*', 'process-codesigning-status*']],
  ['process-exec*', ['process-exec', 'process-exec-interpreter', 'process-exec-update-label']],
  [
    'process-info*',
    [
      'process-info-pidinfo',
      'process-info-listpids',
      'process-info-setcontrol',
      'process-info-codesignature',
      'process-info-rusage',
      'process-info-pidfdinfo',
      'process-info-pidfileportinfo',
      'process-info-dirtycontrol',
      'process-info-ledger',
    ],
  ],
  ['process-codesigning-status*', ['process-codesigning-status-get', 'process-codesigning-status-set']],
  ['network*', ['network-outbound', 'network-inbound', 'network-bind']],
  [
    'mach*',
    [
      'mach-lookup',
      'mach-register',
      'mach-priv*',
      'mach-task-name',
      'mach-per-user-lookup',
      'mach-bootstrap',
      'mach-host*',
      'mach-cross-domain-lookup',
      'mach-derive-port',
      'mach-issue-extension',
      'mach-task-special-port*',
    ],
  ],
  ['mach-priv*', ['mach-priv-task-port', 'mach-priv-host-port']],
  ['mach-host*', ['mach-host-special-port-set', 'mach-host-exception-port-set']],
  ['ipc*', ['ipc-posix*', 'ipc-sysv*']],
  ['ipc-posix*', ['ipc-posix-sem', 'ipc-posix-shm', 'ipc-posix-issue-extension']],
  // The name without the star is the older one for the whole family, and Apple's bsd.sb still uses it.
  ['ipc-posix-shm', ['ipc-posix-shm*']],
  ['ipc-posix-shm*', ['ipc-posix-shm-read*', 'ipc-posix-shm-write*']],
  ['ipc-posix-shm-read*', ['ipc-posix-shm-read-data', 'ipc-posix-shm-read-metadata']],
  [
    'ipc-posix-shm-write*',
    ['ipc-posix-shm-write-data', 'ipc-posix-shm-write-create', 'ipc-posix-shm-write-unlink'],
  ],
  ['ipc-sysv*', ['ipc-sysv-msg', 'ipc-sysv-sem', 'ipc-sysv-shm']],
  [
    'system*',
    [
      'system-socket',
      'system-privilege',
      'system-fsctl',
      'system-kext*',
      'system-audit',
      'system-sched',
      'system-info',
      'system-mac-syscall',
      'system-mac-label',
      'system-reboot',
      'system-acct',
      'system-chud',
      'system-debug',
      'system-lcid',
      'system-necp-client-action',
      'system-nfssvc',
      'system-pacct',
      'system-set-time',
      'system-suspend-resume',
      'system-swap',
      'system-automount',
      'system-write-bootstrap',
      'system-package-check',
    ],
  ],
  ['system-kext*', ['system-kext-load', 'system-kext-unload', 'system-kext-query']],
  ['sysctl*', ['sysctl-read', 'sysctl-write']],
  ['iokit*', ['iokit-open', 'iokit-set-properties', 'iokit-get-properties', 'iokit-issue-extension']],
  ['iokit-open', ['iokit-open*']],
  ['iokit-open*', ['iokit-open-service', 'iokit-open-user-client']],
  ['user-preference*', ['user-preference-read', 'user-preference-write']],
  ['device*', ['device-camera', 'device-microphone']],
  ['nvram*', ['nvram-get', 'nvram-set', 'nvram-delete']],
  [
    'default',
    [
      'signal',
      'lsopen',
      'job-creation',
      'appleevent-send',
      'distributed-notification-post',
      'pseudo-tty',
      'authorization-right-obtain',
      'dynamic-code-generation',
      'generic-issue-extension',
      'qtn-user',
      'qtn-download',
      'qtn-sandbox',
      'hid-control',
      'socket-ioctl',
      'syscall-unix',
      'syscall-mach',
      'syscall-mig',
      'syscall*',
      'managed-preference-read',
      'boot-arg-set',
      'darwin-notification-post',
      'fs-quota*',
      'fs-snapshot*',
      'load-unsigned-code',
      'necp-client-open',
      'opendirectory-user-modify',
      'storage-class-map',
      'user-preference*',
      'file*',
      'process*',
      'network*',
      'mach*',
      'ipc*',
      'system*',
      'sysctl*',
      'iokit*',
      'device*',
      'nvram*',
    ],
  ],
];

const PARENTS: ReadonlyMap<string, string> = new Map(
  FAMILIES.flatMap(([parent, children]) => children.map((child) => [child, parent] as const)),
);

const WILDCARDS: readonly string[] = [
  ...new Set([...PARENTS.keys()].filter((name) => name.endsWith('*'))),
].sort((a, b) => b.length - a.length);

/** The operation that a rule has to name to cover `operation` one level up; null for `default`. */
export function parentOperation(operation: string): string | null {
  if (operation === 'default') return null;
  const known = PARENTS.get(operation);
  if (known !== undefined) return known;
  const family = WILDCARDS.find((name) => name !== operation && operation.startsWith(name.slice(0, -1)));
  return family ?? 'default';
}

/** From the operation itself up to `default`: the order in which rules are asked. */
export function operationLevels(operation: string): readonly string[] {
  const levels: string[] = [];
  let at: string | null = operation;
  while (at !== null) {
    levels.push(at);
    at = parentOperation(at);
  }
  return levels;
}

/** True for an operation of the table, or a name that can only be a newer member of a known family. */
export function isOperationName(name: string): boolean {
  if (name === 'default' || PARENTS.has(name)) return true;
  if (!/^[a-z]+(-[a-z0-9]+)*\*?$/.test(name)) return false;
  return parentOperation(name) !== 'default';
}

export function isKnownOperation(name: string): boolean {
  return name === 'default' || PARENTS.has(name);
}

/** Operations that cover no other one. */
export function leafOperations(): readonly string[] {
  const parents = new Set(PARENTS.values());
  return [...PARENTS.keys()].filter((name) => !name.endsWith('*') && !parents.has(name));
}

/**
 * `(deny default)` does not reach these: they stay allowed until a rule names them or their family
 * (mozilla/gecko-dev security/sandbox/mac/SandboxPolicyContent.h denies each by hand for that reason).
 */
const LEFT_OPEN: readonly string[] = ['process-info', 'nvram', 'iokit-get-properties', 'file-map-executable'];

export function isLeftOpen(operation: string): boolean {
  return LEFT_OPEN.some(
    (name) => operation === name || operation === `${name}*` || operation.startsWith(`${name}-`),
  );
}
