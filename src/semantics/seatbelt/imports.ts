/**
 * What the profiles of macOS that others import come to, in our own words. From Apple's system.sb and bsd.sb
 * as published in knightsc/sandbox_profiles (System/Library/Sandbox/Profiles, macOS 10.15). They differ a
 * little between versions; filters on file modes, which only keep private system files out, are left away.
 */
import type { Place } from '../../source/source.ts';
import { compound, type Filter, type PathTest } from './filters.ts';
import { compilePattern } from './pattern.ts';

export interface ImpliedRule {
  readonly operations: readonly string[];
  readonly filter: Filter | null;
}

interface Grant {
  readonly operations: readonly string[];
  /** A path test, or a name filter with `=` for the whole name and `^` for its beginning. */
  readonly paths?: readonly (readonly [PathTest | 'regex', string])[];
  readonly names?: readonly (readonly [string, '=' | '^', string])[];
  readonly target?: string;
}

const MACH_SERVICES: readonly string[] = [
  'com.apple.appsleep',
  'com.apple.bsd.dirhelper',
  'com.apple.cfprefsd.agent',
  'com.apple.cfprefsd.daemon',
  'com.apple.diagnosticd',
  'com.apple.dyld.closured',
  'com.apple.espd',
  'com.apple.logd',
  'com.apple.logd.events',
  'com.apple.secinitd',
  'com.apple.system.DirectoryService.libinfo_v1',
  'com.apple.system.logger',
  'com.apple.system.notification_center',
  'com.apple.system.opendirectoryd.libinfo',
  'com.apple.system.opendirectoryd.membership',
  'com.apple.trustd',
  'com.apple.trustd.agent',
  'com.apple.xpc.activity.unmanaged',
  'com.apple.xpcd',
];

const SYSTEM: readonly Grant[] = [
  { operations: ['mach-register'], names: [['local-name', '^', '']] },
  {
    operations: ['mach-lookup'],
    names: [
      ['xpc-service-name', '^', ''],
      ['local-name', '=', 'com.apple.cfprefsd.agent'],
      ...MACH_SERVICES.map((name) => ['global-name', '=', name] as const),
    ],
  },
  {
    operations: ['file-map-executable'],
    paths: [
      ['subpath', '/System/Library/Frameworks'],
      ['subpath', '/System/Library/PrivateFrameworks'],
      ['subpath', '/usr/lib'],
    ],
  },
  {
    operations: ['file-read*'],
    paths: [
      ['literal', '/'],
      ['subpath', '/System'],
      ['subpath', '/usr/lib'],
      ['subpath', '/usr/share'],
      ['subpath', '/private/var/db/dyld'],
      ['subpath', '/private/var/db/timezone'],
      ['subpath', '/Library/Filesystems/NetFSPlugins'],
      ['subpath', '/Library/Preferences/Logging'],
      ['literal', '/private/etc/passwd'],
      ['literal', '/private/etc/master.passwd'],
      ['literal', '/dev/autofs_nowait'],
      ['literal', '/dev/random'],
      ['literal', '/dev/urandom'],
    ],
  },
  {
    operations: ['file-read-metadata'],
    paths: [
      ['literal', '/etc'],
      ['literal', '/tmp'],
      ['literal', '/var'],
      ['literal', '/private/etc/localtime'],
    ],
  },
  {
    operations: ['file-read*', 'file-write-data'],
    paths: [
      ['literal', '/dev/null'],
      ['literal', '/dev/zero'],
    ],
  },
  { operations: ['file-read*', 'file-write-data', 'file-ioctl'], paths: [['literal', '/dev/dtracehelper']] },
  {
    operations: ['network-outbound'],
    paths: [
      ['literal', '/private/var/run/asl_input'],
      ['literal', '/private/var/run/syslog'],
    ],
  },
  { operations: ['file-write-create'], paths: [['prefix', '/cores/']] },
  {
    operations: ['ipc-posix-shm-read*'],
    names: [
      ['ipc-posix-name', '=', 'apple.shm.notification_center'],
      ['ipc-posix-name', '^', 'apple.cfprefs.'],
    ],
  },
  { operations: ['sysctl-read'] },
];

const BSD: readonly Grant[] = [
  { operations: ['file-read-metadata'] },
  {
    operations: ['file-read-data', 'file-write-data'],
    paths: [
      ['regex', '/\\.CFUserTextEncoding$'],
      ['regex', '^/usr/share/nls/'],
    ],
  },
  { operations: ['ipc-posix-shm'], names: [['ipc-posix-name', '=', 'apple.shm.notification_center']] },
  { operations: ['signal'], target: 'self' },
];

const NETWORK: readonly Grant[] = [
  { operations: ['file-read*'], paths: [['literal', '/Library/Preferences/com.apple.networkd.plist']] },
  {
    operations: ['mach-lookup'],
    names: [
      'com.apple.SystemConfiguration.PPPController',
      'com.apple.SystemConfiguration.SCNetworkReachability',
      'com.apple.nehelper',
      'com.apple.networkd',
      'com.apple.nsurlstorage-cache',
      'com.apple.symptomsd',
      'com.apple.usymptomsd',
    ].map((name) => ['global-name', '=', name] as const),
  },
  {
    operations: ['network-outbound'],
    names: [
      ['control-name', '=', 'com.apple.netsrc'],
      ['control-name', '=', 'com.apple.network.statistics'],
    ],
  },
];

const GRAPHICS: readonly Grant[] = [
  {
    operations: ['user-preference-read'],
    names: [
      ['preference-domain', '=', 'com.apple.gpu'],
      ['preference-domain', '=', 'com.apple.opengl'],
    ],
  },
  {
    operations: ['mach-lookup'],
    names: [
      ['global-name', '=', 'com.apple.cvmsServ'],
      ['global-name', '=', 'com.apple.gpumemd.source'],
    ],
  },
  {
    operations: ['iokit-open'],
    names: [
      ['iokit-connection', '=', 'IOAccelerator'],
      ['iokit-registry-entry-class', '=', 'IOAccelerationUserClient'],
      ['iokit-registry-entry-class', '=', 'IOSurfaceRootUserClient'],
      ['iokit-registry-entry-class', '=', 'IOFramebufferSharedUserClient'],
      ['iokit-registry-entry-class', '=', 'AppleGraphicsControlClient'],
    ],
  },
  { operations: ['file-read*'], paths: [['subpath', '/Library/GPUBundles']] },
];

function impliedRule(grant: Grant, place: Place): ImpliedRule {
  const parts: Filter[] = [];
  for (const [test, text] of grant.paths ?? []) {
    if (test !== 'regex') parts.push({ kind: 'path', test, text, assumptions: [], place });
    else
      parts.push({
        kind: 'pattern',
        of: 'path',
        source: text,
        pattern: compilePattern(text),
        assumptions: [],
        place,
      });
  }
  for (const [of, test, text] of grant.names ?? []) {
    parts.push({ kind: 'name', of, test: test === '=' ? 'exact' : 'prefix', text, assumptions: [], place });
  }
  if (grant.target !== undefined) parts.push({ kind: 'word', of: 'target', words: [grant.target], place });
  return { operations: grant.operations, filter: parts.length === 0 ? null : compound('any', parts, place) };
}

function grants(table: readonly Grant[]): (place: Place) => readonly ImpliedRule[] {
  return (place) => table.map((grant) => impliedRule(grant, place));
}

/** The profiles that are summarised, with the functions that they define. */
export const IMPORTS: ReadonlyMap<
  string,
  { readonly rules: (place: Place) => readonly ImpliedRule[]; readonly defines: readonly string[] }
> = new Map([
  ['system.sb', { rules: grants(SYSTEM), defines: ['system-network', 'system-graphics'] }],
  ['bsd.sb', { rules: grants([...SYSTEM, ...BSD]), defines: ['system-network', 'system-graphics'] }],
]);

/** What the functions of system.sb allow when they are called. */
export const SYSTEM_FUNCTIONS: ReadonlyMap<string, (place: Place) => readonly ImpliedRule[]> = new Map([
  ['system-network', grants(NETWORK)],
  ['system-graphics', grants(GRAPHICS)],
]);
