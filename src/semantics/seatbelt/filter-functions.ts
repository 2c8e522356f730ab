/** The functions that make filters. Names: malus-security/sandblaster filters_ios14.json and Apple's profiles. */
import { displayText, isResolved } from '../../model/symbolic.ts';
import type { Place } from '../../source/source.ts';
import { argumentPlace, type Builtin, type Call } from './call.ts';
import { type EndpointFilter, type Filter, type PathTest, socketFilter, unknownFilter } from './filters.ts';
import { halt, joinFilters, LIMITS, type Machine, partial, reject, textOf, unknownNote } from './machine.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { describeValue, type Value } from './values.ts';

/** The filter that an argument stands for; unknown where it is no filter. */
export function filterOf(machine: Machine, value: Value, place: Place): Filter {
  if (value.kind === 'filter') return value.filter;
  if (value.kind === 'unknown') return unknownFilter(value.name, `${value.name} is not known`, place);
  if (value.kind === 'symbol' && !value.quoted) {
    reject(machine, 'unbound-variable', `\`${value.name.slice(0, 60)}\` is not defined`, value.place);
  } else if (value.kind === 'string' || value.kind === 'number') {
    reject(machine, 'type-error', `a filter is needed, not ${describeValue(value)}`, place);
  } else {
    partial(machine, 'not-understood', `a filter is needed, not ${describeValue(value)}`, place);
  }
  return unknownFilter('filter', 'it is not understood', place);
}

function anyOf(machine: Machine, call: Call, parts: readonly Filter[]): Value {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only !== undefined) return { kind: 'filter', filter: only };
  if (parts.length === 0) {
    partial(machine, 'not-understood', 'a filter without an argument', call.place);
    return { kind: 'filter', filter: unknownFilter('filter', 'it has no argument', call.place) };
  }
  return { kind: 'filter', filter: joinFilters(machine, 'any', parts, call.place) };
}

/** One filter a string argument, OR-ed; one string stands at the call, several each at its own place. */
function eachText(
  make: (machine: Machine, text: string, assumptions: readonly string[], place: Place) => Filter,
  wanted: string,
): Builtin {
  return (machine, call) => {
    const parts = call.values.map((value, index) => {
      const place = call.values.length === 1 ? call.place : argumentPlace(call, index);
      const text = textOf(machine, value, argumentPlace(call, index), `\`${wanted}\``);
      return make(machine, text.text, text.assumptions, place);
    });
    return anyOf(machine, call, parts);
  };
}

function pathFunction(name: string, test: PathTest): readonly [string, Builtin] {
  const make = (machine: Machine, text: string, assumptions: readonly string[], place: Place): Filter => {
    if (text !== '') return { kind: 'path', test, text, assumptions, place };
    partial(machine, 'not-understood', `\`${name}\` of an empty path`, place);
    return unknownFilter(name, 'the path is empty', place);
  };
  return [name, eachText(make, name)];
}

function patternFunction(name: string, of: string): readonly [string, Builtin] {
  const make = (machine: Machine, source: string, assumptions: readonly string[], place: Place): Filter => {
    const pattern = isResolved(source) ? compileBounded(machine, source, place) : null;
    if (pattern === null && isResolved(source)) {
      partial(
        machine,
        'unknown-pattern',
        `the expression ${displayText(source).slice(0, 80)} is not understood`,
        place,
      );
    } else if (pattern === null) partial(machine, 'unknown-pattern', unknownNote(source), place);
    return { kind: 'pattern', of, source, pattern, assumptions, place };
  };
  return [name, eachText(make, name)];
}

function compileBounded(machine: Machine, source: string, place: Place): Pattern | null {
  const pattern = compilePattern(source);
  machine.patternStates += pattern?.steps.length ?? 1;
  if (machine.patternStates <= LIMITS.patternStates) return pattern;
  halt(machine, 'the regular expressions are too large', place);
  return null;
}

/** Filters on a name; each also exists with `-prefix` and `-regex`. */
const NAMES: readonly string[] = [
  'global-name',
  'local-name',
  'xpc-service-name',
  'sysctl-name',
  'ipc-posix-name',
  'preference-domain',
  'right-name',
  'info-type',
  'appleevent-destination',
  'notification-name',
  'control-name',
  'iokit-registry-entry-class',
  'iokit-user-client-class',
  'iokit-connection',
  'iokit-property',
  'iokit-usb-interface-class',
  'kext-bundle-id',
  'nvram-variable',
  'notification-payload',
];

function nameFunctions(of: string): (readonly [string, Builtin])[] {
  const make = (test: 'exact' | 'prefix') =>
    eachText((_, text, assumptions, place) => ({ kind: 'name', of, test, text, assumptions, place }), of);
  return [[of, make('exact')], [`${of}-prefix`, make('prefix')], patternFunction(`${of}-regex`, of)];
}

/** Filters whose answer depends on the process, the file's attributes or the kernel. */
const OPAQUE: readonly string[] = [
  'extension',
  'extension-class',
  'extension-class-regex',
  'extension-class-prefix',
  'file-mode',
  'file-attribute',
  'process-attribute',
  'process-path',
  'process-path-literal',
  'process-path-regex',
  'system-attribute',
  'socket-domain',
  'socket-type',
  'socket-protocol',
  'socket-option-level',
  'socket-option-name',
  'debug-mode',
  'uid',
  'gid',
  'syscall-number',
  'syscall-mask',
  'machtrap-number',
  'kernel-mig-routine',
  'mac-policy-name',
  'fsctl-command',
  'ioctl-command',
  'signing-identifier',
  'require-entitlement',
  'entitlement-is-present',
  'entitlement-is-bool-true',
  'entitlement-value',
  'entitlement-value-regex',
  'entitlement-boolean-value',
  'csr',
  'device-major',
  'device-minor',
  'device-conforms-to',
  'privilege-id',
  'host-special-port',
  'task-special-port',
  'storage-class',
  'storage-class-extension',
  'rootless-boot-device-filter',
  'mount-relative-literal',
  'mount-relative-regex',
  'mount-relative-path',
  'mount-relative-subpath',
  'reboot-flags',
  'hid-control-filter',
  'message-filter',
  'apply-message-filter',
  'sysctl-oid',
  'semaphore-owner',
  'necp-object',
  'darwin-notification-name',
  'xattr',
  'xattr-prefix',
  'xattr-regex',
  'container-literal',
  'container-subpath',
  'container-regex',
];

function opaqueFunction(name: string): readonly [string, Builtin] {
  const reason = `\`${name}\` depends on the running process or the file itself`;
  return [name, (_, call) => ({ kind: 'filter', filter: unknownFilter(name, reason, call.place) })];
}

function wordFunction(of: 'target' | 'vnode-type'): readonly [string, Builtin] {
  return [
    of,
    (machine, call) => {
      const words = call.values.map((value) => (value.kind === 'symbol' ? value.name : null));
      const known = words.filter((word) => word !== null);
      if (known.length > 0 && known.length === words.length) {
        return { kind: 'filter', filter: { kind: 'word', of, words: known, place: call.place } };
      }
      partial(machine, 'not-understood', `\`${of}\` is not understood`, call.place);
      return { kind: 'filter', filter: unknownFilter(of, 'its words are not known', call.place) };
    },
  ];
}

function compoundFunction(name: string, kind: 'all' | 'any' | 'not'): readonly [string, Builtin] {
  return [
    name,
    (machine, call) => {
      const parts = call.values.map((value, index) => filterOf(machine, value, argumentPlace(call, index)));
      if (parts.length === 0) return anyOf(machine, call, parts);
      if (kind !== 'not') return { kind: 'filter', filter: joinFilters(machine, kind, parts, call.place) };
      const inner = parts.length === 1 ? parts : [joinFilters(machine, 'any', parts, call.place)];
      return { kind: 'filter', filter: joinFilters(machine, 'not', inner, call.place) };
    },
  ];
}

const PROTOCOL = /^(ip|tcp|udp)[46]?$/;

function endpointFunction(side: 'remote' | 'local'): readonly [string, Builtin] {
  return [
    side,
    (machine, call) => {
      const head = call.values[0];
      const protocol = head?.kind === 'symbol' ? head.name : '';
      if (protocol === 'unix-socket' || protocol === 'unix') return socketPart(machine, call, side);
      if (!PROTOCOL.test(protocol)) {
        partial(machine, 'not-understood', `\`${side}\` with an unknown protocol`, call.place);
        return { kind: 'filter', filter: unknownFilter(side, 'its protocol is not known', call.place) };
      }
      const addresses = call.values.slice(1);
      if (addresses.length === 0)
        return anyOf(machine, call, [endpoint(side, protocol, '*', '*', call.place)]);
      const parts = addresses.map((value, index) => {
        const place = argumentPlace(call, index + 1);
        const text = textOf(machine, value, place, `\`${side}\``).text;
        return readAddress(machine, {
          side,
          protocol,
          text,
          place: addresses.length === 1 ? call.place : place,
        });
      });
      return anyOf(machine, call, parts);
    },
  ];
}

function endpoint(
  side: 'remote' | 'local',
  protocol: string,
  host: EndpointFilter['host'],
  port: EndpointFilter['port'],
  place: Place,
): EndpointFilter {
  return { kind: 'endpoint', side, protocol, host, port, place };
}

/**
 * `host:port`. The host is `*` or `localhost`; anything else makes macOS refuse the profile
 * (zeroclaw#4764, mxc#946; malus-security/sandblaster sandbox_filter.py).
 */
function readAddress(
  machine: Machine,
  given: { side: 'remote' | 'local'; protocol: string; text: string; place: Place },
): Filter {
  const { side, protocol, text, place } = given;
  const colon = text.lastIndexOf(':');
  const host = colon < 0 ? text : text.slice(0, colon);
  const port = colon < 0 ? '*' : text.slice(colon + 1);
  const number = /^\d{1,5}$/.test(port) && Number(port) <= 65_535 ? Number(port) : null;
  if (port !== '*' && number === null && isResolved(port)) {
    partial(
      machine,
      'not-understood',
      `the port of "${displayText(text).slice(0, 60)}" is not a number`,
      place,
    );
  }
  if (host === '*' || host === 'localhost')
    return endpoint(side, protocol, host, port === '*' ? '*' : number, place);
  if (isResolved(host)) {
    const shown = displayText(text).slice(0, 60);
    reject(machine, 'host-name', `the host of "${shown}" can only be \`*\` or \`localhost\``, place);
  }
  return endpoint(side, protocol, 'unknown', port === '*' ? '*' : number, place);
}

function socketPart(machine: Machine, call: Call, side: 'remote' | 'local'): Value {
  const rest = call.values.slice(1);
  const parts = rest.map((value, index) => filterOf(machine, value, argumentPlace(call, index + 1)));
  const only = parts.length === 1 ? parts[0] : undefined;
  const inner = parts.length === 0 ? null : (only ?? joinFilters(machine, 'any', parts, call.place));
  const filter = socketFilter(side, inner, call.place);
  if (filter !== null) return { kind: 'filter', filter };
  halt(machine, 'a filter grew too large', call.place);
  return { kind: 'filter', filter: unknownFilter(side, 'it is too large', call.place) };
}

export const FILTER_FUNCTIONS: readonly (readonly [string, Builtin])[] = [
  pathFunction('literal', 'literal'),
  pathFunction('path-literal', 'literal'),
  pathFunction('path', 'literal'),
  pathFunction('subpath', 'subpath'),
  pathFunction('path-subpath', 'subpath'),
  pathFunction('prefix', 'prefix'),
  pathFunction('path-prefix', 'prefix'),
  pathFunction('path-ancestors', 'ancestors'),
  pathFunction('path-ancestor', 'ancestors'),
  patternFunction('regex', 'path'),
  patternFunction('path-regex', 'path'),
  ...NAMES.flatMap(nameFunctions),
  ...OPAQUE.map(opaqueFunction),
  wordFunction('target'),
  wordFunction('vnode-type'),
  compoundFunction('require-all', 'all'),
  compoundFunction('require-any', 'any'),
  compoundFunction('require-not', 'not'),
  endpointFunction('remote'),
  endpointFunction('local'),
];
