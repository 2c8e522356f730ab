/** What the flags that mount add to a container: `--volume`, `--mount`, `--tmpfs`. */
import { enclosureAssumptions, hiddenBy } from '../../model/enclosure.ts';
import type { Unresolved } from '../../model/sandbox.ts';
import { displayText, isResolved, unknownNames } from '../../model/symbolic.ts';
import { implied, known, type Origin } from '../../model/value.ts';
import { cleanTarget } from './container-path.ts';
import { parseSize } from './limits.ts';
import { parseMount } from './mount.ts';
import type { RunSetting } from './run-flags.ts';
import type { Apply, Applying, Draft } from './run-spec-flags.ts';
import type { MountSpec } from './spec.ts';
import { parseVolume } from './volume.ts';

export const mountFlag: Apply = (setting, applying) => {
  const context = { base: applying.context.base, engine: applying.draft.engine };
  addMount(parseMount(setting.value, setting.origin, context), setting, applying);
};

export const volumeFlag: Apply = (setting, applying) => {
  const context = { base: applying.context.base, engine: applying.draft.engine, dialect: 'cli' } as const;
  addMount(parseVolume(setting.value, setting.origin, context), setting, applying);
};

function addMount(
  parsed: MountSpec | { readonly error: string },
  setting: RunSetting,
  { draft, errors }: Applying,
): void {
  if ('error' in parsed) {
    errors.push({ message: parsed.error, origin: setting.origin });
    if (!isResolved(setting.value)) draft.unresolved.push(unresolvedMount(setting));
  } else {
    draft.mounts.push({ ...parsed, ...conditionalOf(setting) });
    if (parsed.host?.root === 'unknown') draft.unresolved.push(unresolvedMount(setting, parsed));
  }
}

function unresolvedMount({ value, origin }: RunSetting, mount: MountSpec | null = null): Unresolved {
  const host = mount?.host ?? null;
  return {
    what: displayText(value),
    why: ['it is set outside the files', ...(host === null ? [] : enclosureAssumptions(host))].join('; '),
    names: unknownNames(value),
    mayHide: host === null ? 'mount' : hiddenBy(host, isWritable(mount)),
    origin,
    kind: 'text',
  };
}

function isWritable(mount: MountSpec | null): boolean {
  return mount?.readOnly.known !== true || !mount.readOnly.value;
}

/** What only some ways of a line have. */
export function conditionalOf({ conditional }: RunSetting): Pick<RunSetting, 'conditional'> {
  return conditional === true ? { conditional } : {};
}

/** The client keeps one set of options for each target: the last that is given. */
export const tmpfsFlag: Apply = (setting, { draft }) => {
  const { value, origin } = setting;
  const colon = value.indexOf(':');
  const target = colon < 0 ? value : value.slice(0, colon);
  const options = colon < 0 ? [] : value.slice(colon + 1).split(',');
  const size = options.find((option) => option.startsWith('size='))?.slice('size='.length);
  const access = options.findLast((option) => option === 'ro' || option === 'rw');
  draft.mounts = [
    ...draft.mounts.filter((mount) => mount.type !== 'tmpfs' || !sameFlag(mount, target)),
    {
      ...tmpfsAt(target, origin),
      readOnly: known(access === 'ro', origin),
      // A percentage is one of the host's memory (tmpfs(5)): a ceiling, but of unknown size.
      size: size === undefined ? null : parseSize(size),
      text: displayText(value),
      ...conditionalOf(setting),
    },
  ];
};

/** The text of `--tmpfs` begins with its target, that of `--mount` with a key. */
function sameFlag({ target, text }: MountSpec, other: string): boolean {
  return target === other && text.startsWith(displayText(other));
}

/**
 * A place that `-v` names alone gets a volume only where nothing else is mounted, whichever stands first
 * (moby daemon/create_unix.go, createContainerOSSpecificSettings).
 */
export function withoutCoveredVolumes(draft: Draft): void {
  const isAnonymous = ({ type, volume }: MountSpec): boolean => type === 'volume' && volume === null;
  const taken = new Set(
    draft.mounts.filter((mount) => !isAnonymous(mount)).map(({ target }) => cleanTarget(target ?? '')),
  );
  draft.mounts = draft.mounts.filter(
    (mount) => !isAnonymous(mount) || !taken.has(cleanTarget(mount.target ?? '')),
  );
}

function tmpfsAt(target: string, origin: Origin): MountSpec {
  return {
    type: 'tmpfs',
    host: null,
    volume: null,
    target,
    readOnly: known(false, origin),
    propagation: 'private',
    recursiveReadOnly: true,
    size: null,
    text: target,
    origin,
  };
}

/** Where podman puts temporary file systems into a read-only container unasked (podman-run(1), `--read-only-tmpfs`). */
const WRITABLE = ['/run', '/tmp', '/var/tmp'];

/** podman's `--read-only` leaves these to be filled, unless `--read-only-tmpfs=false` or a mount stands there. */
export function withWritableDirectories(draft: Draft, settings: readonly RunSetting[]): void {
  const { engine, readOnlyRoot } = draft;
  const switched = settings.findLast(({ flag }) => flag === 'read-only-tmpfs');
  if (engine !== 'podman' || !readOnlyRoot.known || !readOnlyRoot.value || switched?.value === 'false')
    return;
  const taken = new Set(draft.mounts.map(({ target }) => target));
  const origin = implied(readOnlyRoot.origin.place, 'podman mounts a temporary file system there');
  draft.mounts.push(
    ...WRITABLE.filter((target) => !taken.has(target)).map((target) => tmpfsAt(target, origin)),
  );
}
