/** Command lines that bwrap refuses, so that nothing runs (bubblewrap.c, parse_args_recurse and main). */
import type { Place } from '../../source/source.ts';
import type { Refusal, Setting } from './call.ts';
import { MAY_FOLLOW } from './options.ts';

export interface LineContext {
  /** The command word. */
  readonly place: Place;
  /** Something is there to be run. */
  readonly commanded: boolean;
  /** Options may be there that are not known. */
  readonly open: boolean;
  /** Root gets no user namespace unasked. */
  readonly root: boolean;
}

export function refusalsOf(settings: readonly Setting[], context: LineContext): readonly Refusal[] {
  return [
    ...wrongFollowers(settings),
    ...wrongOverlays(settings, context),
    ...missingCompanions(settings, context),
    ...nothingInside(settings, context),
  ].map((refusal) => ({ ...refusal, message: `${refusal.message}: the sandbox never starts` }));
}

/** What puts a file of the host, or of the script, into the new root. */
const BRINGS_FILES = /^(?:(?:dev-|ro-)?bind(?:-try|-fd|-data)?|overlay-src|file)$/;

/**
 * The root is an empty tmpfs (bwrap(1)), so that execvp(3) finds no program in it; /proc/self/exe aside, which is
 * bwrap itself. `"$TOOL" image inspect x` of a variable that may hold bwrap looks like this.
 */
function nothingInside(
  settings: readonly Setting[],
  { open, commanded, place }: LineContext,
): readonly Refusal[] {
  const isQuery = settings.some(({ name }) => name === 'help' || name === 'version');
  if (open || !commanded || isQuery || settings.some(({ name }) => BRINGS_FILES.test(name))) return [];
  if (settings.some(({ name }) => name === 'proc')) return [];
  return [{ message: 'nothing is mounted, and with that no program', place, doubtful: true }];
}

/** `--perms` and `--size` speak about the option behind them, and not about every one. */
function wrongFollowers(settings: readonly Setting[]): readonly Refusal[] {
  return settings.flatMap((setting, index) => {
    const { name, when, origin } = setting;
    if ((name !== 'perms' && name !== 'size') || when.length > 0) return [];
    const rest = settings.slice(index + 1);
    const next = rest.find((one) => one.name !== 'perms' && one.name !== 'size');
    if (next === undefined || next.when.length > 0 || MAY_FOLLOW[name].has(next.name)) return [];
    const allowed = [...MAY_FOLLOW[name]].map((one) => `--${one}`).join(', ');
    return [{ message: `\`--${name}\` may only stand before ${allowed}`, place: origin.place }];
  });
}

const LAYERS_NEEDED: ReadonlyMap<string, number> = new Map([
  ['overlay', 1],
  ['tmp-overlay', 1],
  ['ro-overlay', 2],
]);

/** The lower layers stand directly before the overlay that they belong to. */
function wrongOverlays(settings: readonly Setting[], { open }: LineContext): readonly Refusal[] {
  if (open || settings.some(({ name, when }) => /overlay/.test(name) && when.length > 0)) return [];
  const found: Refusal[] = [];
  let layers = 0;
  for (const [index, { name, origin }] of settings.entries()) {
    const needed = LAYERS_NEEDED.get(name);
    if (needed !== undefined && layers < needed) {
      const message = `\`--${name}\` asks for ${needed === 1 ? 'an' : 'two'} \`--overlay-src\` before it`;
      found.push({ message, place: origin.place });
    }
    layers = name === 'overlay-src' ? layers + 1 : 0;
    const next = settings[index + 1]?.name ?? '';
    if (name !== 'overlay-src' || next === 'overlay-src' || LAYERS_NEEDED.has(next)) continue;
    found.push({ message: '`--overlay-src` may only stand before an overlay', place: origin.place });
  }
  return found;
}

/** What asks for another option. The order does not matter. */
function missingCompanions(settings: readonly Setting[], context: LineContext): readonly Refusal[] {
  if (context.open) return [];
  const given = (...names: readonly string[]): boolean => settings.some(({ name }) => names.includes(name));
  const certain = (name: string): boolean =>
    settings.some((one) => one.name === name && one.when.length === 0);
  const rows: readonly (readonly [name: string, isMet: boolean, message: string])[] = [
    ['hostname', given('unshare-uts', 'unshare-all'), '`--hostname` asks for `--unshare-uts`'],
    ['as-pid-1', given('unshare-pid', 'unshare-all'), '`--as-pid-1` asks for `--unshare-pid`'],
    ['as-pid-1', !certain('lock-file'), '`--as-pid-1` and `--lock-file` exclude each other'],
    ['disable-userns', given('unshare-user'), '`--disable-userns` asks for `--unshare-user`'],
    ['userns', !certain('unshare-user'), '`--userns` and `--unshare-user` exclude each other'],
    ['add-seccomp-fd', !certain('seccomp'), '`--seccomp` and `--add-seccomp-fd` exclude each other'],
    ...(['uid', 'gid'] as const).map(
      (name) =>
        [
          name,
          !context.root || given('unshare-user', 'unshare-user-try', 'unshare-all', 'userns'),
          `\`--${name}\` asks for \`--unshare-user\` when root starts it`,
        ] as const,
    ),
  ];
  const found = rows.flatMap(([name, isMet, message]) => {
    const setting = settings.find((one) => one.name === name && one.when.length === 0);
    return setting === undefined || isMet ? [] : [{ message, place: setting.origin.place }];
  });
  const isQuery = given('help', 'version');
  if (!context.commanded && !isQuery)
    found.push({ message: 'there is no command to run', place: context.place });
  return found;
}
