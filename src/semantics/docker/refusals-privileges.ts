/** Capabilities, security options, namespaces, devices and the container's own settings: what the engines take. */
import { ALL_CAPABILITIES } from '../../knowledge/capabilities.ts';
import { isCsv, splitCsv } from './csv.ts';
import type { Check, Checks } from './refusals.ts';

const CAPABILITIES = new Set(ALL_CAPABILITIES);

/** `ALL`, or a name with or without `CAP_`, in any case; `CAP_ALL` is none (moby daemon/pkg/oci/caps/utils.go). */
const capability: Check = (value) => {
  const name = value.toUpperCase();
  return name === 'ALL' || CAPABILITIES.has(name.replace(/^CAP_/, '')) || 'there is no such capability';
};

const BOOL = /^(?:1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/;

/** The name of a security option and its value; null: it has none. */
function splitOption(value: string): readonly [name: string, value: string | null] {
  const at = value.includes('=') ? value.indexOf('=') : value.indexOf(':');
  return at < 0 ? [value, null] : [value.slice(0, at), value.slice(at + 1)];
}

const DOCKER_OPTIONS = new Set(['label', 'apparmor', 'seccomp', 'no-new-privileges', 'writable-cgroups']);

/** The client asks for a value, the daemon for a name that it knows. */
const dockerOption: Check = (text) => {
  const [name, value] = splitOption(text);
  if (name === 'no-new-privileges')
    return value === null || BOOL.test(value) || 'it is neither true nor false';
  if (value === null || value === '') return 'it has no value';
  if (text === 'systempaths=unconfined') return true;
  if (name === 'writable-cgroups') return BOOL.test(value) || 'it is neither true nor false';
  // Windows engines take a file of credentials.
  return DOCKER_OPTIONS.has(name) || name === 'credentialspec' || 'there is no such option';
};

const PODMAN_OPTIONS = new Set(['apparmor', 'label', 'mask', 'proc-opts', 'seccomp', 'unmask']);

const podmanOption: Check = (text) => {
  const [name, value] = splitOption(text);
  if (name === 'no-new-privileges')
    return value === null || BOOL.test(value) || 'it is neither true nor false';
  if (value === null) return 'it has no value';
  if (name === 'systempaths') return value === 'unconfined' || 'it can only be unconfined';
  return PODMAN_OPTIONS.has(name) || 'there is no such option';
};

function oneOf(...words: readonly string[]): Check {
  return (value) =>
    words.includes(value) || `it is none of ${words.filter((word) => word !== '').join(', ')}`;
}

function orContainer(...words: readonly string[]): Check {
  return (value, settings) => /^container:./.test(value) || oneOf(...words)(value, settings);
}

function podmanNamespace(...words: readonly string[]): Check {
  return (value, settings) =>
    /^(?:container|ns):/.test(value) || oneOf('', 'host', 'private', 'pod', ...words)(value, settings);
}

const userNamespace: Check = (value, settings) =>
  /^(?:auto|keep-id):/.test(value) || podmanNamespace('auto', 'keep-id', 'nomap')(value, settings);

const MODE = /^(?=[rwm]{1,3}$)(?!.*(.).*\1)/;
/** `vendor.com/class=name` (container-device-interface, ParseQualifiedName). */
const CDI = /^[A-Za-z][\w.-]*[A-Za-z\d]\/[A-Za-z][\w.-]*[A-Za-z\d]=[A-Za-z\d](?:[\w.:-]*[A-Za-z\d])?$/;

/** `path[:path][:mode]`, with paths inside that are absolute. */
const device: Check = (value) => {
  if (CDI.test(value)) return true;
  const [path = '', second, mode, ...rest] = value.split(':');
  if (path === '' || rest.length > 0) return 'it is no device';
  const inside = second === undefined || (mode === undefined && MODE.test(second)) ? path : second;
  if (!inside.startsWith('/') && !/^[\uFDD0\uFDD1]/.test(inside)) return 'the path is not absolute';
  return mode === undefined || MODE.test(mode) || 'it is no mode of r, w and m';
};

const podmanDevice: Check = (value) => {
  if (CDI.test(value)) return true;
  const [path = '', second, mode, ...rest] = value.split(':');
  if (path === '' || rest.length > 0) return 'it is no device';
  if (second !== undefined && !MODE.test(second) && !second.startsWith('/'))
    return 'it is no mode of r, w and m';
  return mode === undefined || MODE.test(mode) || 'it is no mode of r, w and m';
};

const deviceRule: Check = (value) =>
  /^[acb] (?:\d+|\*):(?:\d+|\*) [rwm]{1,3}$/.test(value) || 'it is no type, number and access';

const GPU_KEYS = new Set(['driver', 'count', 'device', 'capabilities', 'options']);
const COUNT = /^(?:all|[+-]?\d+)$/;

/** docker/cli opts/gpus.go: `all`, a number, or fields; none of them twice. */
const gpus: Check = (value) => {
  if (!isCsv(value)) return 'it is no list of fields';
  const fields = splitCsv(value).map((field) => {
    const equals = field.indexOf('=');
    const key = equals < 0 ? field : field.slice(0, equals);
    const count = equals < 0 || key === 'count' ? field.slice(equals + 1) : 'all';
    return { key, isTaken: COUNT.test(count) && (equals < 0 || GPU_KEYS.has(key)) };
  });
  if (fields.some(({ isTaken }) => !isTaken)) return 'it has a field that is none';
  return new Set(fields.map(({ key }) => key)).size === fields.length || 'it has a field twice';
};

const SYSCTLS = new Set(
  (
    'kernel.msgmax kernel.msgmnb kernel.msgmni kernel.sem kernel.shmall kernel.shmmax kernel.shmmni ' +
    'kernel.shm_rmid_forced'
  ).split(' '),
);

/** Only what belongs to a namespace of the container's own (docker/cli opts/opts.go, ValidateSysctl). */
const sysctl: Check = (value) => {
  const [, name = ''] = /^([^=]+)=/.exec(value) ?? [];
  return SYSCTLS.has(name) || /^(?:net|fs\.mqueue)\./.test(name) || 'it is no setting of one container';
};

const NAMED = /^\/?[A-Za-z\d][\w.-]+$/;
const SIGNALS = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM ' +
    'TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
  ).split(' '),
);

const signal: Check = (value) => {
  const name = value.toUpperCase().replace(/^SIG/, '');
  if (value === '' || SIGNALS.has(name) || /^RTMIN\+(?:[1-9]|1[0-5])$|^RTMAX-(?:[1-9]|1[0-4])$/.test(name)) {
    return true;
  }
  return (/^\d+$/.test(value) && Number(value) !== 0) || 'there is no such signal';
};

/** docker/cli opts/parse.go, ParseRestartPolicy; moby api/types/container, ValidateRestartPolicy. */
const restart: Check = (value) => {
  const [, name = '', retries] = /^([^:]*)(?::(.*))?$/s.exec(value) ?? [];
  if (value === '') return true;
  if (!['no', 'always', 'unless-stopped', 'on-failure'].includes(name)) return 'there is no such policy';
  if (retries === undefined || retries === '') return true;
  if (!/^[+-]?\d+$/.test(retries) || Number(retries) < 0) return 'the number of tries is none';
  return name === 'on-failure' || Number(retries) === 0 || 'only on-failure takes a number of tries';
};

const label: Check = (value) => {
  const name = (value.split('=', 1)[0] ?? '').replace(/^[ \t]+/, '');
  return (name !== '' && !/[ \t]/.test(name)) || 'it has no name, or white space in it';
};

const workdir: Check = (value) =>
  // A drive is a directory of a Windows container.
  value === '' || value.startsWith('/') || /^[A-Za-z]:/.test(value) || 'it is not absolute';

export const DOCKER_PRIVILEGES: Checks = {
  'cap-add': capability,
  'cap-drop': capability,
  'security-opt': dockerOption,
  pid: { last: orContainer('', 'host') },
  ipc: {
    last: (value, settings) =>
      value.startsWith('container:') || oneOf('', 'host', 'none', 'private', 'shareable')(value, settings),
  },
  uts: { last: oneOf('', 'host') },
  userns: { last: oneOf('', 'host') },
  cgroupns: { last: oneOf('', 'host', 'private') },
  device,
  'device-cgroup-rule': deviceRule,
  gpus,
  sysctl,
  name: { last: (value) => value === '' || NAMED.test(value) || 'it is no name' },
  'stop-signal': { last: signal },
  restart: { last: restart },
  label,
  workdir: { last: workdir },
  attach: (value) => /^(?:stdin|stdout|stderr)$/i.test(value) || 'it is no stream',
  pull: { last: oneOf('always', 'missing', 'never') },
  'storage-opt': (value) => value.includes('=') || 'it has no value',
  annotation: (value) => !value.startsWith('=') && value !== '',
};

export const PODMAN_PRIVILEGES: Checks = {
  'cap-add': capability,
  'cap-drop': capability,
  'security-opt': podmanOption,
  pid: { last: podmanNamespace() },
  ipc: { last: podmanNamespace('none', 'shareable') },
  uts: { last: podmanNamespace() },
  userns: { last: userNamespace },
  cgroupns: { last: podmanNamespace() },
  cgroups: { last: oneOf('', 'enabled', 'disabled', 'no-conmon', 'split') },
  device: podmanDevice,
  'device-cgroup-rule': deviceRule,
  sysctl,
  name: { last: (value) => value === '' || /^[A-Za-z\d][\w.-]*$/.test(value) || 'it is no name' },
  'stop-signal': { last: signal },
  restart: {
    last: (value) =>
      /^(?:|no|always|unless-stopped|on-failure(?::\d+)?)$/.test(value) || 'there is no such policy',
  },
  annotation: (value) => value.includes('=') || 'it has no value',
  sdnotify: { last: oneOf('', 'container', 'conmon', 'healthy', 'ignore') },
  'seccomp-policy': { last: oneOf('', 'default', 'image') },
  systemd: {
    last: (value) => /^(?:|always|true|false)$/i.test(value) || 'it is none of always, true, false',
  },
  umask: { last: (value) => value === '' || /^[0-7]{1,4}$/.test(value) || 'it is no mode' },
};
