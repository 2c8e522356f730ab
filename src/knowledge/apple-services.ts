/**
 * Programs of macOS that act for a sandboxed process: what a Seatbelt profile has to allow so that code inside
 * can use them. `rule` is the one that reports the grant.
 */
import type { Certainty } from '../model/outcome.ts';

export interface AppleServiceRow {
  /** `launch-services`, as in `ServiceGrant.service`. */
  readonly id: string;
  readonly title: string;
  readonly rule: 'apple-services' | 'keychain-access' | 'agent-socket' | 'session-socket';
  /** All of these have to be allowed. An empty list: `machServices` alone. */
  readonly operations: readonly string[];
  /** One of these has to be reachable by `mach-lookup`; `*` at the end stands for anything. Empty: none is needed. */
  readonly machServices: readonly string[];
  readonly outcome: string;
  readonly certainty: Certainty;
  /** Clause that follows "code inside can". */
  readonly lets: string;
  readonly reason: string;
  readonly reference: string;
}

const SECURITY = 'https://support.apple.com/guide/security/welcome/web';
const RULES = 'https://reverse.put.as/wp-content/uploads/2011/09/Apple-Sandbox-Guide-v1.0.pdf';

export const APPLE_SERVICES: readonly AppleServiceRow[] = [
  {
    id: 'launch-services',
    title: 'Launch Services',
    rule: 'apple-services',
    operations: ['lsopen'],
    machServices: ['com.apple.coreservices.launchservicesd', 'com.apple.lsd.*'],
    outcome: 'host-user',
    certainty: 'direct',
    lets: 'open programs that run outside the sandbox',
    reason: 'What `open` starts is a child of launchd and inherits no profile.',
    reference: 'https://developer.apple.com/documentation/coreservices/launch_services',
  },
  {
    id: 'apple-events',
    title: 'Apple events',
    rule: 'apple-services',
    operations: ['appleevent-send'],
    machServices: ['com.apple.coreservices.appleevents'],
    outcome: 'host-user',
    certainty: 'direct',
    lets: 'have Terminal, Finder or your editor run commands',
    reason: 'Scriptable programs carry out what an event says, outside the sandbox.',
    reference:
      'https://developer.apple.com/library/archive/documentation/AppleScript/Conceptual/AppleScriptX/',
  },
  {
    id: 'job-creation',
    title: 'jobs of launchd',
    rule: 'apple-services',
    operations: ['job-creation'],
    machServices: [],
    outcome: 'host-user',
    certainty: 'assumed',
    lets: 'register jobs with launchd, if that takes them',
    reason: 'launchd starts its jobs without a profile, but refuses most requests of sandboxed processes.',
    reference:
      'https://developer.apple.com/library/archive/documentation/MacOSX/Conceptual/BPSystemStartup/Chapters/CreatingLaunchdJobs.html',
  },
  {
    id: 'task-ports',
    title: 'control of other processes',
    rule: 'apple-services',
    operations: ['mach-priv-task-port'],
    machServices: [],
    outcome: 'host-user',
    certainty: 'direct',
    lets: 'take over other processes of yours',
    reason: 'The task port of a process is control of its memory and threads.',
    reference: 'https://developer.apple.com/documentation/kernel/1537751-task_for_pid',
  },
  {
    id: 'keychain',
    title: 'the keychain',
    rule: 'keychain-access',
    operations: [],
    machServices: [
      'com.apple.SecurityServer',
      'com.apple.securityd',
      'com.apple.securityd.xpc',
      'com.apple.securityd.*',
      'com.apple.secd',
    ],
    outcome: 'credential:keychain',
    certainty: 'direct',
    lets: 'ask for items of your keychain',
    reason:
      '/usr/bin/security runs inside and asks the daemon, which answers for programs that an item trusts.',
    reference: 'https://support.apple.com/guide/security/keychain-data-protection-secb0694df1a/web',
  },
  {
    id: 'pasteboard',
    title: 'the pasteboard',
    rule: 'apple-services',
    operations: [],
    machServices: ['com.apple.pasteboard.1', 'com.apple.pasteboard.*', 'com.apple.pboard'],
    outcome: 'host-data:pasteboard',
    certainty: 'direct',
    lets: 'read what you copied, and replace what you paste',
    reason: 'Passwords pass through it, and commands that are pasted into terminals.',
    reference: 'https://developer.apple.com/documentation/appkit/nspasteboard',
  },
  {
    id: 'window-server',
    title: 'the window server',
    rule: 'apple-services',
    operations: [],
    machServices: ['com.apple.windowserver.active', 'com.apple.windowserver.*', 'com.apple.CARenderServer'],
    outcome: 'session:window-server',
    certainty: 'assumed',
    lets: 'open windows and, where you once permitted it, read the screen',
    reason: 'The server separates programs by permissions that the responsible program was given.',
    reference: SECURITY,
  },
  {
    id: 'input-devices',
    title: 'input devices',
    rule: 'apple-services',
    operations: ['iokit-open'],
    machServices: ['com.apple.hidd', 'com.apple.iohideventsystem'],
    outcome: 'host-input',
    certainty: 'assumed',
    lets: 'read keystrokes where input monitoring was permitted',
    reason: 'Human interface devices report every key.',
    reference: 'https://developer.apple.com/documentation/iokit',
  },
  {
    id: 'accessibility',
    title: 'the accessibility interface',
    rule: 'apple-services',
    operations: [],
    machServices: ['com.apple.axserver', 'com.apple.accessibility.*', 'com.apple.universalaccessd'],
    outcome: 'session:accessibility',
    certainty: 'assumed',
    lets: 'press buttons and type in other programs, where that was permitted',
    reason: 'The interface drives other programs for those that have its permission.',
    reference: 'https://developer.apple.com/documentation/applicationservices/axuielement_h',
  },
  {
    id: 'screen-and-sensors',
    title: 'microphone, camera and screen recording',
    rule: 'apple-services',
    operations: [],
    machServices: [
      'com.apple.audio.audiohald',
      'com.apple.audio.coreaudiod',
      'com.apple.cmio.*',
      'com.apple.replayd',
      'com.apple.screencapture*',
    ],
    outcome: 'sensors',
    certainty: 'assumed',
    lets: 'record sound, pictures or the screen, where that was permitted',
    reason: 'The permission was given to the program that started the sandbox, and counts inside.',
    reference: SECURITY,
  },
  {
    id: 'preferences',
    title: 'preferences of other programs',
    rule: 'apple-services',
    operations: ['user-preference-write'],
    machServices: [],
    outcome: 'host-control',
    certainty: 'direct',
    lets: 'change settings of other programs',
    reason: 'Settings name programs to start and files to load.',
    reference: RULES,
  },
  {
    id: 'mounting',
    title: 'mounting file systems',
    rule: 'apple-services',
    operations: ['file-mount'],
    machServices: [],
    outcome: 'host-control',
    certainty: 'direct',
    lets: 'mount file systems over paths that the profile names',
    reason: 'A profile decides by path, which a mount changes.',
    reference: RULES,
  },
  {
    id: 'firmware-variables',
    title: 'firmware variables',
    rule: 'apple-services',
    operations: ['nvram-set'],
    machServices: [],
    outcome: 'host-control',
    certainty: 'direct',
    lets: 'change how the machine starts',
    reason: 'Variables of the firmware outlive everything.',
    reference: RULES,
  },
  {
    id: 'kernel-extensions',
    title: 'kernel extensions',
    rule: 'apple-services',
    operations: ['system-kext-load'],
    machServices: [],
    outcome: 'host-root',
    certainty: 'assumed',
    lets: 'ask for code to be loaded into the kernel',
    reason: 'It needs root and an approved extension besides.',
    reference: RULES,
  },
  {
    id: 'process-information',
    title: 'information about all processes',
    rule: 'apple-services',
    operations: ['process-info*'],
    machServices: [],
    outcome: 'host-data:processes',
    certainty: 'direct',
    lets: 'read command lines and environments of your other processes',
    reason: 'Without a target filter it is about every process.',
    reference: RULES,
  },
  {
    id: 'signals',
    title: 'signals to all processes',
    rule: 'apple-services',
    operations: ['signal'],
    machServices: [],
    outcome: 'denial-of-service',
    certainty: 'direct',
    lets: 'end your other processes',
    reason: 'Without a target filter it is about every process.',
    reference: RULES,
  },
];

/** Names by which data leaves through name resolution although the network is closed. */
export const DNS_SERVICES: readonly string[] = ['com.apple.mDNSResponder', 'com.apple.dnssd.service'];

const BY_ID = new Map(APPLE_SERVICES.map((service) => [service.id, service]));

/** The row of a service by its id, or null. */
export function appleService(id: string): AppleServiceRow | null {
  return BY_ID.get(id) ?? null;
}

/** Rows that name a mach service, or a family that it belongs to. */
export function appleServicesByMachName(name: string): readonly AppleServiceRow[] {
  return APPLE_SERVICES.filter((service) => service.machServices.some((pattern) => matches(pattern, name)));
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
