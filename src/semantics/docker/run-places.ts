/** Values of run lines as whoever starts the script would give them: paths of the session, and its own user. */
import { PATH_VARIABLES } from '../../model/host-path.ts';
import { settledText } from '../process/script-path.ts';
import type { RunSetting } from './run-flags.ts';
import type { ConditionalOrigin } from './run-worlds.ts';

/** Relative paths of a command that runs outside the project begin there. */
export function fromElsewhere(setting: RunSetting, directory: string | null): RunSetting {
  if (directory === null) return setting;
  const { flag, value } = setting;
  if (flag === 'volume' && /^\.\.?(?:\/|:)/.test(value))
    return { ...setting, value: `${directory}/${value}` };
  if (flag === 'mount') {
    return { ...setting, value: value.replace(/(^|,)(src|source)=(?=\.)/i, `$1$2=${directory}/`) };
  }
  if (flag !== 'env-file' || /^[/\uFDD0-\uFDD2]/.test(value)) return setting;
  return { ...setting, value: `${directory}/${value}` };
}

/** `$(docker volume ls …)` and `$(docker network create …)` print a name of the engine's own, and no path. */
export const ENGINE_VOLUME = 'volume';
const ENGINE_OUTPUT = /^\uFDD2\$\((?:sudo )?(?:docker|podman|nerdctl) (volume|network) [^\uFDD3]*\uFDD3/;

/** A path at the start of the value, or behind `source=`. */
const PATHS = /(^|(?:^|,)(?:src|source)=)([^,:]*)/gi;

/** `-v "$SSH_AUTH_SOCK":/agent`, `-v /home/$(whoami):/h`: what every session sets to a well-known place. */
export function wellKnownPaths(setting: RunSetting): RunSetting {
  if (!/^(?:volume|mount|device|env-file|network)$/.test(setting.flag)) return setting;
  const value = setting.value
    .replace(ENGINE_OUTPUT, '$1')
    .replace(PATHS, (_, before: string, path: string) => before + settledText(path))
    .replace(/\uFDD2(\w{1,40})\uFDD3/g, (whole, name: string) => PATH_VARIABLES.get(name) ?? whole);
  return { ...setting, value };
}

/** Spellings of the id of whoever starts the script. */
const OWN_ID =
  /^\uFDD2(?:\$\(id -u(?: [^\uFDD3]{0,40})?\)|(?:HOST_|LOCAL_|CURRENT_|MY_|E)?UID|(?:HOST_|LOCAL_)?USER_?ID|UID_GID|USER_UID)\uFDD3/;

/** `--user "$(id -u):$(id -g)"` is there to be no root: an ordinary user starts the script. */
export function ownUser(setting: RunSetting): RunSetting {
  if (setting.flag !== 'user' || !OWN_ID.test(setting.value)) return setting;
  const before: ConditionalOrigin = setting.origin;
  const assumes = [...(before.assumes ?? []), 'an ordinary user starts the script'];
  const origin: ConditionalOrigin = { ...setting.origin, assumes };
  return { ...setting, value: '1000', origin };
}
