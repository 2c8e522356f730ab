/**
 * A second, simple-minded evaluator of Seatbelt rules to hold the real one against. It shares no code with
 * it: every question of a small universe has one cell, wildcards are spelled out by hand, and rules paint
 * over the cells from the weakest to the strongest, so that the last coat is the answer.
 */

export type NaiveFilter =
  | { readonly form: 'literal' | 'subpath' | 'prefix' | 'regex'; readonly text: string }
  | { readonly form: 'global-name' | 'global-name-prefix'; readonly text: string }
  | { readonly form: 'remote'; readonly protocol: 'ip' | 'tcp' | 'udp'; readonly address: string }
  | { readonly form: 'socket'; readonly inner: NaiveFilter | null }
  | { readonly form: 'and' | 'or'; readonly parts: readonly NaiveFilter[] }
  | { readonly form: 'not'; readonly part: NaiveFilter };

export interface NaiveRule {
  readonly action: 'allow' | 'deny';
  readonly operations: readonly string[];
  /** OR-ed; none for an unfiltered rule. */
  readonly filters: readonly NaiveFilter[];
}

export type NaiveObject =
  | { readonly is: 'file'; readonly name: string }
  | { readonly is: 'socket'; readonly name: string }
  | { readonly is: 'service'; readonly name: string }
  | { readonly is: 'host'; readonly local: boolean; readonly protocol: 'tcp' | 'udp'; readonly port: number };

/** Coats from the weakest to the strongest, for every concrete operation of the universe. */
export const NAIVE_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  'file-read-data': ['default', 'file*', 'file-read*', 'file-read-data'],
  'file-read-metadata': ['default', 'file*', 'file-read*', 'file-read-metadata'],
  'file-write-data': ['default', 'file*', 'file-write*', 'file-write-data'],
  'file-write-create': ['default', 'file*', 'file-write*', 'file-write-create'],
  'file-map-executable': ['default', 'file*', 'file-map-executable'],
  'process-exec': ['default', 'process*', 'process-exec*', 'process-exec'],
  'network-outbound': ['default', 'network*', 'network-outbound'],
  'mach-lookup': ['default', 'mach*', 'mach-lookup'],
};

const PATHS = [
  '/',
  '/a',
  '/a/b',
  '/a/b/c',
  '/ab',
  '/ab/c',
  '/Users/u/.zshrc',
  '/Users/u/.ssh/id_rsa',
  '/Users/u/w/src',
  '/Users/u/w/.git/config',
  '/private/tmp/x',
  '/usr/bin/env',
];
const SOCKETS = ['/private/var/run/docker.sock', '/private/tmp/x', '/a/b'];
const SERVICES = ['com.apple.SecurityServer', 'com.apple.trustd', 'org.x'];

export function naiveObjects(operation: string): readonly NaiveObject[] {
  if (operation === 'mach-lookup') return SERVICES.map((name) => ({ is: 'service', name }));
  if (operation !== 'network-outbound') return PATHS.map((name) => ({ is: 'file', name }));
  const hosts = [true, false].flatMap((local) =>
    (['tcp', 'udp'] as const).flatMap((protocol) =>
      [443, 8080].map((port): NaiveObject => ({ is: 'host', local, protocol, port })),
    ),
  );
  return [...SOCKETS.map((name): NaiveObject => ({ is: 'socket', name })), ...hosts];
}

/** Whether each object of the operation's universe is allowed. */
export function naiveAnswers(rules: readonly NaiveRule[], operation: string): boolean[] {
  const objects = naiveObjects(operation);
  const cells = objects.map(() => operation === 'file-map-executable');
  for (const level of NAIVE_OPERATIONS[operation] ?? []) {
    const coat = rules.filter((rule) => rule.operations.includes(level));
    const unreached = level === 'default' && operation === 'file-map-executable';
    const plain = coat.filter((rule) => rule.filters.length === 0);
    const choosy = coat.filter((rule) => rule.filters.length > 0);
    for (const rule of [...plain, ...choosy]) {
      if (unreached && rule.action === 'deny') paint(cells, objects, rule, true);
      else paint(cells, objects, rule, rule.action === 'allow');
    }
  }
  return cells;
}

function paint(cells: boolean[], objects: readonly NaiveObject[], rule: NaiveRule, colour: boolean): void {
  objects.forEach((object, index) => {
    if (rule.filters.length === 0 || rule.filters.some((filter) => naiveHolds(filter, object)))
      cells[index] = colour;
  });
}

function naiveHolds(filter: NaiveFilter, object: NaiveObject): boolean {
  switch (filter.form) {
    case 'and':
      return !filter.parts.some((part) => !naiveHolds(part, object));
    case 'or':
      return filter.parts.filter((part) => naiveHolds(part, object)).length > 0;
    case 'not':
      return naiveHolds(filter.part, object) === false;
    case 'socket':
      return object.is === 'socket' && (filter.inner === null || naiveHolds(filter.inner, object));
    case 'remote':
      return object.is === 'host' && naiveAddress(filter, object);
    case 'global-name':
      return object.is === 'service' && object.name === filter.text;
    case 'global-name-prefix':
      return object.is === 'service' && object.name.indexOf(filter.text) === 0;
    default:
      return (
        (object.is === 'file' || object.is === 'socket') && naivePath(filter.form, filter.text, object.name)
      );
  }
}

function naiveAddress(
  filter: { readonly protocol: string; readonly address: string },
  object: { readonly local: boolean; readonly protocol: string; readonly port: number },
): boolean {
  const [host, port] = filter.address.split(':');
  const protocol = filter.protocol === 'ip' || filter.protocol === object.protocol;
  return protocol && (host === '*' || object.local) && (port === '*' || port === String(object.port));
}

function naivePath(form: string, text: string, name: string): boolean {
  if (form === 'regex') return new RegExp(text).test(name);
  if (form === 'prefix') return name.slice(0, text.length) === text;
  const wanted = text.split('/').filter((part) => part !== '');
  const given = name.split('/').filter((part) => part !== '');
  const covered = wanted.every((part, index) => given[index] === part);
  return covered && (form === 'subpath' || wanted.length === given.length);
}
