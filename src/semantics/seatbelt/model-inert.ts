/** Denials that never match: what they name stays open although the profile seems to forbid it. */
import type { InertSetting } from '../../model/sandbox.ts';
import { type Place, samePlace } from '../../source/source.ts';
import { decide } from './decide.ts';
import { leavesOf } from './filters.ts';
import { type DeadPart, deadParts } from './grants.ts';
import { originOf, quoted } from './model-origins.ts';
import { UNNAMED } from './model-paths.ts';
import { isLeftOpen, leafOperations, operationLevels } from './operations.ts';
import type { AssumedPlaces } from './parameters.ts';
import { canonicalPath } from './paths.ts';
import type { SeatbeltRule } from './profile.ts';

/** More than anyone wrote by hand; each of them is asked about against all rules. */
const MOST_PARTS = 100;
const MOST_RULES = 1_000;

/** Parts of `deny` rules; those whose object is denied all the same are left out. */
export function inertDenials(rules: readonly SeatbeltRule[], places: AssumedPlaces): InertSetting[] {
  const sockets = socketDenials(rules);
  const dead = deadParts(rules)
    .slice(0, MOST_PARTS)
    .flatMap((part): InertSetting[] => {
      if (part.rule.action === 'allow' || isDeniedAnyway(rules, part, places)) return [];
      if (isSocketIn(sockets, part)) return [];
      return [
        {
          setting: `\`${quoted(part.rule, part.place)}\``,
          why: part.reason,
          instead: insteadOf(part, places),
          origin: originOf(part.rule, part.place),
        },
      ];
    });
  return [...sockets, ...dead];
}

/**
 * Connecting to a socket asks for network-outbound and for no operation on files (XNU, bsd/kern/uipc_usrreq.c:
 * unp_connect calls the check of connections, not the one of writes).
 */
function socketDenials(rules: readonly SeatbeltRule[]): InertSetting[] {
  return rules.slice(0, MOST_RULES).flatMap((rule): InertSetting[] => {
    const paths = socketsDenied(rule).filter(
      ({ path }) => decide(rules, 'network-outbound', { kind: 'unix-socket', path }).verdict === 'allow',
    );
    const [first] = paths;
    if (first === undefined) return [];
    const others = paths.length > 1 ? `, with ${paths.length - 1} more like it,` : '';
    return [
      {
        setting: `\`${quoted(rule, first.place)}\`${others}`,
        why: 'connecting to a socket is no file operation, and the profile allows the connection',
        instead: `write \`(deny network-outbound (remote unix-socket (path-literal "${first.path}")))\``,
        origin: originOf(rule, first.place),
      },
    ];
  });
}

/** Its rule is reported already, for a reason that another spelling would not change. */
function isSocketIn(sockets: readonly InertSetting[], { rule, place }: DeadPart): boolean {
  return (
    socketsDenied(rule).some((socket) => samePlace(socket.place, place)) &&
    sockets.some(({ origin }) => socketsDenied(rule).some((socket) => samePlace(socket.place, origin.place)))
  );
}

interface DeniedSocket {
  /** As rules see it. */
  readonly path: string;
  readonly place: Place;
}

/** What looks like a socket in a rule that denies operations on files alone. */
function socketsDenied({ action, filter, operations, origin }: SeatbeltRule): DeniedSocket[] {
  if (action === 'allow' || filter === null || origin === 'implied') return [];
  if (!operations.every((name) => name.startsWith('file'))) return [];
  return leavesOf(filter).flatMap(({ leaf, negated }): DeniedSocket[] =>
    leaf.kind === 'path' && !negated && /^\/.*\.sock(?:et|\.raw)?$/.test(leaf.text)
      ? [{ path: canonicalPath(leaf.text), place: leaf.place }]
      : [],
  );
}

export interface DeadAllowance {
  readonly part: DeadPart;
  readonly message: string;
}

/** Parts of `allow` rules that open nothing: their author meant something else, and no harm is done. */
export function deadAllowances(rules: readonly SeatbeltRule[], places: AssumedPlaces): DeadAllowance[] {
  return deadParts(rules)
    .slice(0, MOST_PARTS)
    .flatMap((part) => {
      if (part.rule.action === 'deny' || isAllowedAnyway(rules, part, places)) return [];
      return [{ part, message: `\`${quoted(part.rule, part.place)}\` allows nothing: ${part.reason}` }];
    });
}

/** The path that was meant, as rules see it; null where that cannot be told. */
function meant({ text }: DeadPart, { home }: AssumedPlaces): string | null {
  const plain = text.replace(/^\^/, '');
  const spelled = plain.replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/, home);
  const beginning = plain === text ? spelled : (/^(?:\/[\w.-]+)+/.exec(spelled)?.[0] ?? '');
  return beginning.startsWith('/') && !/[$*]/.test(beginning) ? canonicalPath(beginning) : null;
}

/** Operations on files that a rule decides, and that something is lost by. */
function fileOperations(rule: SeatbeltRule): string[] {
  const named = new Set(rule.operations);
  return leafOperations().filter(
    (name) =>
      /^file-(?:read-data|write-data|write-create)$/.test(name) &&
      !isLeftOpen(name) &&
      operationLevels(name).some((level) => level !== 'default' && named.has(level)),
  );
}

function verdicts(rules: readonly SeatbeltRule[], part: DeadPart, places: AssumedPlaces): string[] | null {
  const path = meant(part, places);
  if (path === null) return null;
  return fileOperations(part.rule).flatMap((operation) =>
    [path, `${path}/${UNNAMED}`].map(
      (probe) => decide(rules, operation, { kind: 'path', path: probe, vnode: 'REGULAR-FILE' }).verdict,
    ),
  );
}

function isDeniedAnyway(rules: readonly SeatbeltRule[], part: DeadPart, places: AssumedPlaces): boolean {
  if (part.text.startsWith('^') && hasTwin(rules, part)) return true;
  const found = verdicts(rules, part, places);
  return found?.every((verdict) => verdict === 'deny') ?? false;
}

/** `^/tmp/x` beside `^/private/tmp/x`: whoever writes both names has thought of the link. */
function hasTwin(rules: readonly SeatbeltRule[], { text, rule: { action } }: DeadPart): boolean {
  const twin = text.replace(/^\^\/(?=(?:tmp|var|etc)(?:\/|$))/, '^/private/');
  return rules.some(
    ({ action: other, filter }) =>
      other === action &&
      filter !== null &&
      leavesOf(filter).some(({ leaf }) => leaf.kind === 'pattern' && leaf.source === twin),
  );
}

function isAllowedAnyway(rules: readonly SeatbeltRule[], part: DeadPart, places: AssumedPlaces): boolean {
  if (part.text.startsWith('^') && hasTwin(rules, part)) return true;
  return verdicts(rules, part, places)?.includes('allow') ?? false;
}

function insteadOf(part: DeadPart, places: AssumedPlaces): string {
  const path = meant(part, places);
  if (path === null) return 'write the absolute path, with all links resolved';
  if (/^\^?(?:~|\$)/.test(part.text))
    return 'have the launcher pass the directory with `-D`, and use `param`';
  return `write \`${path}\`, which is the name that the kernel compares`;
}
