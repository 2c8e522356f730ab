/** Flags of one line that exclude each other. */
import { isResolved } from '../../model/symbolic.ts';
import { splitCsv } from './csv.ts';
import { parseCpus, parseInteger } from './go-values.ts';
import { parseSize } from './limits.ts';
import type { RunError, RunSetting } from './run-flags.ts';
import { isNetworkCsv, networkMode } from './run-spec-network.ts';

/** What a line asks for, as far as its words are known. */
interface Line {
  readonly settings: readonly RunSetting[];
  /** The last value of a flag; an empty text where it is missing or not known. */
  readonly text: (flag: string) => string;
  readonly has: (flag: string) => boolean;
}

interface Conflict {
  /** The flag at fault: the message stands at its last use. */
  readonly flag: string;
  readonly message: string;
  readonly when: (line: Line) => boolean;
}

function lineOf(settings: readonly RunSetting[]): Line {
  const last = (flag: string): RunSetting | undefined =>
    settings.findLast((setting) => setting.flag === flag);
  return {
    settings,
    has: (flag) => last(flag) !== undefined,
    text: (flag) => {
      const value = last(flag)?.value ?? '';
      return isResolved(value) ? value : '';
    },
  };
}

function found(settings: readonly RunSetting[], conflicts: readonly Conflict[]): RunError[] {
  const line = lineOf(settings);
  return conflicts.flatMap(({ flag, message, when }) => {
    const setting = settings.findLast((one) => one.flag === flag);
    return setting !== undefined && when(line) ? [{ message, origin: setting.origin }] : [];
  });
}

const size = ({ text }: Line, flag: string): number => parseSize(text(flag)) ?? 0;

const COMMON: readonly Conflict[] = [
  {
    flag: 'restart',
    message: '--rm and a policy to restart exclude each other',
    when: ({ text }) => text('rm') === 'true' && !['', 'no'].includes(text('restart').split(':', 1)[0] ?? ''),
  },
  {
    flag: 'memory-swap',
    message: '--memory-swap needs --memory',
    when: (line) => size(line, 'memory-swap') > 0 && (!line.has('memory') || line.text('memory') === '0'),
  },
  {
    flag: 'memory-swap',
    message: '--memory-swap is memory and swap together, and cannot be less than --memory',
    when: (line) => size(line, 'memory-swap') > 0 && size(line, 'memory-swap') < size(line, 'memory'),
  },
  {
    flag: 'memory-reservation',
    message: '--memory-reservation cannot be more than --memory',
    when: (line) => size(line, 'memory') > 0 && size(line, 'memory-reservation') > size(line, 'memory'),
  },
];

const TIMES = ['cpu-period', 'cpu-quota'];

function timeConflicts(excludes: (line: Line, flag: string) => boolean): Conflict[] {
  return TIMES.map((flag) => ({
    flag,
    message: `--cpus and --${flag} exclude each other`,
    when: (line) => excludes(line, flag),
  }));
}

const BUILT_IN = /^(?:default|bridge|host|none)$|^container:/;

function modes({ settings }: Line): string[] {
  return settings
    .filter(({ flag, value }) => flag === 'network' && isResolved(value))
    .map(({ value }) => networkMode(value));
}

const joinsContainer = (line: Line): boolean => modes(line)[0]?.startsWith('container:') === true;

/** Fields of the first network, and the flags that say the same (docker/cli opts.go, applyContainerOptions). */
const FIELDS: readonly (readonly [field: string, flag: string])[] = [
  ['alias', 'network-alias'],
  ['ip', 'ip'],
  ['ip6', 'ip6'],
  ['mac-address', 'mac-address'],
  ['link-local-ip', 'link-local-ip'],
];

function hasField(settings: readonly RunSetting[], field: string): boolean {
  const first = settings.find(({ flag }) => flag === 'network')?.value ?? '';
  const names = isNetworkCsv(first) ? splitCsv(first).map((text) => text.split('=', 1)[0]) : [];
  return names.some((name) => name?.trim().toLowerCase() === field);
}

const NETWORKS: readonly Conflict[] = [
  {
    flag: 'network',
    message: 'a network is given twice',
    when: (line) => new Set(modes(line)).size < modes(line).length,
  },
  {
    flag: 'network',
    message: 'a container on one of the built-in networks can be on no other',
    when: (line) => new Set(modes(line)).size > 1 && modes(line).some((mode) => BUILT_IN.test(mode)),
  },
  {
    flag: 'network-alias',
    message: 'only networks that someone made take aliases',
    when: (line) =>
      line.settings.every(({ value }) => isResolved(value)) && BUILT_IN.test(modes(line)[0] ?? 'default'),
  },
  {
    flag: 'network',
    message: 'only networks that someone made take aliases',
    when: ({ text }) =>
      /(?:^|,)\s*alias\s*=/i.test(text('network')) && BUILT_IN.test(networkMode(text('network'))),
  },
  ...FIELDS.map(
    ([field, flag]): Conflict => ({
      flag,
      message: `the network's own ${field} and --${flag} exclude each other`,
      when: ({ settings, text }) => text(flag) !== '' && hasField(settings, field),
    }),
  ),
  {
    flag: 'link',
    message: 'on the network of the host there is nothing to link',
    when: (line) => modes(line)[0] === 'host',
  },
];

/** What belongs to the other container (moby daemon/internal/runconfig/hostconfig.go, validateNetContainerMode). */
const JOINED: readonly Conflict[] = [
  'hostname',
  'link',
  'dns',
  'add-host',
  'mac-address',
  'publish',
  'expose',
].map((flag) => ({
  flag,
  message: `--${flag} is for the container whose network is joined`,
  when: (line) => joinsContainer(line) && line.text(flag) !== '',
}));

const DOCKER: readonly Conflict[] = [
  ...COMMON,
  ...timeConflicts(
    ({ text }, flag) => (parseCpus(text('cpus')) ?? 0) > 0 && (parseInteger(text(flag)) ?? 0) > 0,
  ),
  ...NETWORKS,
  ...JOINED,
  {
    flag: 'hostname',
    message: '--uts=host and a name of its own exclude each other',
    when: ({ text }) => text('uts') === 'host' && text('hostname') !== '',
  },
  {
    flag: 'no-healthcheck',
    message: '--no-healthcheck and --health-… exclude each other',
    when: ({ text, settings }) =>
      text('no-healthcheck') === 'true' &&
      settings.some(({ flag, value }) => flag.startsWith('health-') && !/^(?:|0s?)$/.test(value)),
  },
  {
    flag: 'log-opt',
    message: 'without a log there are no options for one',
    when: ({ text }) => text('log-driver') === 'none',
  },
];

function capabilities({ settings }: Line, flag: string): ReadonlySet<string> {
  const names = settings.filter((setting) => setting.flag === flag).map(({ value }) => value.toUpperCase());
  return new Set(names.map((name) => name.replace(/^CAP_/, '')));
}

/** containers/podman pkg/specgen/namespaces.go, ParseNetworkFlag. */
const ALONE = /^(?:|default|private|host|none|container|ns|pod|pasta|slirp4netns)$/;
const BESIDE_NONE = /^(?:|bridge|default|private|host|none|container|ns|pod|pasta|slirp4netns)$/;

const BRIDGED = ['ip', 'ip6', 'mac-address', 'network-alias'];
const RESOLVER = ['dns', 'dns-option', 'dns-search'];

/** cmd/podman/common/netflags.go, NetFlagsToNetOptions, and cmd/podman/containers/create.go, CreateInit. */
const PODMAN_NETWORKS: readonly Conflict[] = [
  {
    flag: 'add-host',
    message: '--add-host is for the container whose network is joined',
    when: joinsContainer,
  },
  ...BRIDGED.map(
    (flag): Conflict => ({
      flag,
      message: `--${flag} is for a network of its own`,
      when: (line) =>
        line.text(flag) !== '' && ALONE.test((modes(line)[0] ?? 'bridge').split(':', 1)[0] ?? ''),
    }),
  ),
  ...RESOLVER.map(
    (flag): Conflict => ({
      flag,
      message: `--${flag} and the network exclude each other`,
      when: (line) => /^(?:none$|container:)/.test(modes(line)[0] ?? ''),
    }),
  ),
];

const PODMAN: readonly Conflict[] = [
  ...COMMON,
  ...PODMAN_NETWORKS,
  ...timeConflicts(({ has }, flag) => has('cpus') && has(flag)),
  {
    flag: 'network',
    message: 'a container on one of the built-in networks can be on no other',
    when: (line) => {
      const [first = '', ...others] = modes(line).map((mode) => mode.split(':', 1)[0] ?? '');
      return others.length > 0 && (ALONE.test(first) || others.some((name) => BESIDE_NONE.test(name)));
    },
  },
  {
    flag: 'cap-drop',
    message: 'a capability is added and dropped',
    when: (line) => {
      const [added, dropped] = [capabilities(line, 'cap-add'), capabilities(line, 'cap-drop')];
      // All of them dropped, or added, leave the names without a say (containers/common pkg/capabilities).
      const names = added.has('ALL') || dropped.has('ALL') ? ['ALL'] : [...dropped];
      const isBoth = names.some((name) => added.has(name) && dropped.has(name));
      return line.text('privileged') !== 'true' && isBoth;
    },
  },
  {
    flag: 'group-add',
    message: 'keep-groups takes no other groups',
    when: ({ settings }) => {
      const groups = settings.filter(({ flag }) => flag === 'group-add').map(({ value }) => value);
      return groups.includes('keep-groups') && groups.length > 1;
    },
  },
  {
    flag: 'no-healthcheck',
    message: '--no-healthcheck and --health-cmd exclude each other',
    when: ({ text }) => text('no-healthcheck') === 'true' && text('health-cmd') !== '',
  },
  {
    flag: 'dns',
    message: 'none takes no other servers',
    when: ({ settings }) => {
      const servers = settings.filter(({ flag }) => flag === 'dns').map(({ value }) => value);
      return servers.includes('none') && servers.length > 1;
    },
  },
  {
    flag: 'userns',
    message: '--userns and mapped ids exclude each other',
    when: ({ has }) => ['uidmap', 'gidmap', 'subuidname', 'subgidname'].some(has),
  },
  {
    flag: 'add-host',
    message: '--no-hosts and --add-host exclude each other',
    when: ({ text }) => text('no-hosts') === 'true',
  },
  {
    flag: 'replace',
    message: '--replace needs --name',
    when: ({ text, has }) => text('replace') === 'true' && !has('name'),
  },
];

export function dockerConflicts(settings: readonly RunSetting[]): RunError[] {
  return found(settings, DOCKER);
}

export function podmanConflicts(settings: readonly RunSetting[]): RunError[] {
  return found(settings, PODMAN);
}
