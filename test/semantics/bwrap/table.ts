/** Command lines of bwrap with what they were measured to let through (bubblewrap 0.8.0 and 0.11.1). */

export interface Row {
  readonly what: string;
  /** `~` is the home of whoever starts it. */
  readonly options: string;
  /** Write a start-up file of the home. `yes?`: it rests on an assumption. */
  readonly home: string;
  /** Read a private key. */
  readonly key: string;
  readonly net: 'host' | 'none';
  /** Connect to a socket in the home. */
  readonly socket: string;
}

export const PLACES = '--proc /proc --dev /dev';

function row(what: string, options: string, home: string, key: string, net: Row['net'], socket: string): Row {
  return { what, options, home, key, net, socket };
}

export const TABLE: readonly Row[] = [
  row('a read-only disk', `--ro-bind / / ${PLACES}`, 'no', 'yes', 'host', 'yes'),
  row('a writable disk', `--bind / / ${PLACES}`, 'yes', 'yes', 'host', 'yes'),
  row('without a network', `--bind / / --unshare-net ${PLACES}`, 'yes', 'yes', 'none', 'yes'),
  row(
    'the network behind all namespaces',
    `--ro-bind / / --unshare-all --share-net ${PLACES}`,
    'no',
    'yes',
    'host',
    'yes',
  ),
  row(
    'the network before all namespaces',
    `--ro-bind / / --share-net --unshare-all ${PLACES}`,
    'no',
    'yes',
    'none',
    'yes',
  ),
  row('a work tree', `--ro-bind / / --bind ~/w ~/w ${PLACES}`, 'no', 'yes', 'host', 'yes'),
  row('a protected home', `--bind / / --ro-bind ~ ~ ${PLACES}`, 'no', 'yes', 'host', 'yes'),
  row('hidden keys', `--ro-bind / / --tmpfs ~/.ssh ${PLACES}`, 'no', 'no', 'host', 'yes'),
  row('hidden keys that show again', `--tmpfs ~/.ssh --ro-bind / / ${PLACES}`, 'no', 'yes', 'host', 'yes'),
  row(
    'a home of its own with a work tree',
    `--ro-bind / / --tmpfs ~ --bind ~/w ~/w ${PLACES}`,
    'no',
    'no',
    'host',
    'no',
  ),
  row('a masked key', `--ro-bind / / --ro-bind /dev/null ~/.ssh/id_rsa ${PLACES}`, 'no', 'no', 'host', 'yes'),
  row(
    'a key masked by a device',
    `--ro-bind / / --dev-bind /dev/null ~/.ssh/id_rsa ${PLACES}`,
    'no',
    'no',
    'host',
    'yes',
  ),
  row('a disk made read-only', `--bind / / --remount-ro / ${PLACES}`, 'no', 'yes', 'host', 'yes'),
  row(
    'programs alone',
    `--ro-bind /usr /usr --symlink usr/bin /bin --unshare-all ${PLACES}`,
    'no',
    'no',
    'none',
    'no',
  ),
  row(
    'a start-up file that is missing',
    '--bind ~ ~ --ro-bind-try ~/.zshrc ~/.zshrc',
    'yes?',
    'yes',
    'host',
    'yes',
  ),
  row('a bind that the disk covers', `--bind ~/w ~/w --ro-bind / / ${PLACES}`, 'no', 'yes', 'host', 'yes'),
  row('a bind that an empty home covers', `--bind ~/w ~/w --tmpfs ~ ${PLACES}`, 'no', 'no', 'host', 'no'),
  row(
    'no further user namespaces',
    `--ro-bind / / --unshare-user --disable-userns ${PLACES}`,
    'no',
    'yes',
    'host',
    'yes',
  ),
  row('the disk a second time', '--ro-bind / / --bind / /mnt', 'yes', 'yes', 'host', 'yes'),
  row(
    'sources of the host alone',
    `--ro-bind / / --tmpfs ~ --ro-bind ~/.ssh /mnt`,
    'no',
    'yes',
    'host',
    'no',
  ),
  row('nothing below /home', '--ro-bind / / --tmpfs /home', 'no', 'no', 'host', 'no'),
  row('a copy of the home', '--overlay-src ~ --tmp-overlay ~', 'no', 'yes', 'host', 'no'),
  row('a home over a layer', '--overlay-src ~ --overlay ~/upper ~/work ~', 'no', 'yes', 'host', 'no'),
  row(
    'a home at another place',
    '--ro-bind ~ /home/sandbox --tmpfs /home/sandbox/.ssh',
    'no',
    'no',
    'host',
    'yes',
  ),
  row(
    'a home of the sandbox alone',
    '--ro-bind / / --tmpfs /home/sandbox --bind ~/w /home/sandbox/w',
    'no',
    'yes',
    'host',
    'yes',
  ),
  row('a home written out', '--ro-bind /home/u /home/u --tmpfs /home/u/.ssh', 'no', 'no', 'host', 'yes'),
  row('hidden keys, written out', `--ro-bind / / --tmpfs /home/u/.ssh ${PLACES}`, 'no', 'no', 'host', 'yes'),
];
