/**
 * The short grammar of volumes, `[source:]target[:options]`: `docker run -v` and the strings of a compose
 * service's `volumes`. Both clients share one parser (docker/cli internal/volumespec/volumespec.go,
 * compose-spec/compose-go format/volume.go); they differ in what they make of `~` and of relative sources.
 */
import { type HostPath, hostPath } from '../../model/host-path.ts';
import {
  displayText,
  HOME_SYMBOL,
  isResolved,
  unknownNames,
  WORKSPACE_SYMBOL,
} from '../../model/symbolic.ts';
import { known, type Origin, unknown, type Value } from '../../model/value.ts';
import type { Engine, MountSpec } from './spec.ts';

export interface VolumeContext {
  /** Directory that a relative source starts from, relative to the project's root. */
  readonly base: string;
  readonly engine: Engine;
  /** `cli`: `-v` of a command line. `compose`: the short form in a compose file. */
  readonly dialect: 'cli' | 'compose';
}

/**
 * Reads one volume. The caller says what an unknown part may hide: a mount whose source holds one is a
 * `bind` of an unknown host path.
 * @param text symbolic text
 * @returns the mount, or why the engine refuses it
 */
export function parseVolume(
  text: string,
  origin: Origin,
  context: VolumeContext,
): MountSpec | { readonly error: string } {
  const fields = fieldsOf(text);
  // The client takes what is so short for a place inside, whatever it says.
  if (context.engine !== 'podman' && /^.{1,2}$/s.test(text)) return withoutSource(text, origin, context);
  if (text === '' || fields.some((field) => field === '')) return { error: 'a volume has an empty section' };
  if (fields.length > 3) return { error: 'a volume has too many colons' };
  const [first = '', target, options] = fields;
  if (target === undefined) return withoutSource(first, origin, context);
  const source = sourceOf(first, context);
  if ('error' in source) return source;
  return {
    ...source,
    target,
    ...optionsOf(options, origin, context.engine),
    size: null,
    text: displayText(text),
    origin,
  };
}

/** A volume of one field is a place inside, with an anonymous volume: nothing of the host's. */
function withoutSource(target: string, origin: Origin, context: VolumeContext): MountSpec {
  const opaque = !isResolved(target) && !target.startsWith('/');
  return {
    type: opaque ? 'bind' : 'volume',
    host: opaque ? sourcePath(target, context.base) : null,
    volume: null,
    target: opaque ? null : target,
    ...optionsOf(undefined, origin, context.engine),
    size: null,
    text: displayText(target),
    origin,
  };
}

type VolumeSource = Pick<MountSpec, 'type' | 'host' | 'volume'>;

function sourceOf(source: string, context: VolumeContext): VolumeSource | { readonly error: string } {
  if (context.dialect === 'cli' && source.startsWith('~')) {
    return { error: 'a quoted "~" is not expanded, and the engine refuses the path' };
  }
  if (isHostSource(source)) {
    return { type: 'bind', host: sourcePath(source, context.base), volume: null };
  }
  // docker's client makes absolute only what begins with a dot (docker/cli cli/command/container/opts.go);
  // the daemon refuses a slash in a volume's name.
  if (context.dialect === 'cli' && source.includes('/')) {
    return { error: 'a relative source must begin with "./"; the engine refuses it as the name of a volume' };
  }
  return { type: 'volume', host: null, volume: source };
}

/** An unknown head can be a path as well as a name: the worse is taken. */
function isHostSource(source: string): boolean {
  const first = source[0] ?? '';
  if (first === HOME_SYMBOL || first === WORKSPACE_SYMBOL || !isResolved(first)) return true;
  return './~'.includes(first) || source.startsWith('\\\\') || /^[A-Za-z]:/.test(source);
}

/** The marks around an unknown part (`model/symbolic.ts`). */
const UNKNOWN_OPEN = '\uFDD2';
const UNKNOWN_CLOSE = '\uFDD3';

/** Splits at colons; a drive letter's colon and whatever stands in an unknown part do not count. */
function splitFields(text: string, takesDrive: (start: number, colon: number) => boolean): string[] {
  const fields: string[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === UNKNOWN_OPEN) at = Math.max(at, text.indexOf(UNKNOWN_CLOSE, at));
    if (at < text.length && (text[at] !== ':' || takesDrive(start, at))) continue;
    fields.push(text.slice(start, at));
    start = at + 1;
  }
  return fields;
}

/**
 * A drive's colon parts nothing. Docker's client takes any letter for a drive, and then refuses most of what
 * follows; podman takes `d:/x` for the volume `d`, and so is it read here: `C:\\x` and `C:/x:/y` name drives.
 */
function fieldsOf(text: string): string[] {
  return splitFields(
    text,
    (start, colon) =>
      colon === start + 1 &&
      /^[A-Za-z]$/.test(text.slice(start, colon)) &&
      (text[colon + 1] === '\\' || text.indexOf(':/', colon + 1) > 0),
  );
}

const USER_HOME = /^\/(?:home|Users)\/\uFDD2(?:USER|LOGNAME|USERNAME|user|whoami)\uFDD3(?=\/|$)/;
const USER_RUNTIME = /^(?:\/var)?\/run\/user\/\uFDD2[^\uFDD3]*\uFDD3(?=\/|$)/;

/**
 * A host path with the idioms for one's own directories: `/home/$USER` is the home, `/run/user/$UID` the
 * runtime directory, whoever the user is.
 * @param text symbolic text
 * @param base directory that a relative path starts from, relative to the project's root
 */
export function sourcePath(text: string, base: string): HostPath {
  return hostPath(text.replace(USER_HOME, HOME_SYMBOL).replace(USER_RUNTIME, '/run/user/1000'), base);
}

type VolumeOptions = Pick<MountSpec, 'readOnly' | 'propagation' | 'recursiveReadOnly'>;

/**
 * Reads `ro,z,rslave` and the like. Options without a bearing on reach (`z`, `cached`, `nocopy`, `U`) and
 * unknown ones are passed over, as the clients do. podman's `O` mounts an overlay: writes stay in it
 * (containers/podman docs/source/markdown/options/volume.md).
 */
export function optionsOf(text: string | undefined, origin: Origin, engine: Engine): VolumeOptions {
  let readOnly: Value<boolean> = known(false, origin);
  let propagation: MountSpec['propagation'] = 'private';
  let overlaid = false;
  for (const option of (text ?? '').split(',')) {
    if (option === 'ro' || option === 'readonly') readOnly = known(true, origin);
    else if (option === 'rw') readOnly = known(false, origin);
    else if (option === 'O' && engine === 'podman') {
      readOnly = known(true, origin);
      overlaid = true;
    } else if (!isResolved(option)) {
      const names = unknownNames(option);
      readOnly = unknown(displayText(option), `${displayText(option)} is not set here`, names, origin);
    } else propagation = propagationOf(option) ?? propagation;
  }
  // Docker 25 made read-only mounts recursive (docker/cli opts/mount.go, bind-recursive); podman did not.
  return { readOnly, propagation, recursiveReadOnly: overlaid || engine !== 'podman' };
}

/** `shared`, `rslave` and their like; null for other words. */
export function propagationOf(text: string): MountSpec['propagation'] | null {
  const match = /^r?(private|shared|slave)$/.exec(text);
  const mode = match?.[1];
  return mode === 'private' || mode === 'shared' || mode === 'slave' ? mode : null;
}
