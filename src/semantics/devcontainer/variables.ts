/**
 * Variables of devcontainer.json. What each form stands for: devcontainers/cli
 * src/spec-common/variableSubstitution.ts; https://containers.dev/implementors/json_reference/#variables-in-devcontainerjson
 */
import { isSecretName } from '../../knowledge/secrets.ts';
import { PATH_VARIABLES } from '../../model/host-path.ts';
import { HOME_SYMBOL, unknownPart, WORKSPACE_SYMBOL } from '../../model/symbolic.ts';

/** Where a devcontainer's folders lie. */
export interface DevcontainerPlaces {
  /** Directory of the file itself, relative to the project's root. */
  readonly directory: string;
  /** The folder that is opened: the one that holds `.devcontainer/`; relative to the project's root. */
  readonly folder: string;
  /** The folder that is mounted by default: the root of the repository around `folder`. */
  readonly mounted: string;
  /** Last part of the opened folder's path. */
  readonly basename: string;
  /** Where the opened folder appears inside. */
  readonly inside: string;
}

/** Stands for the id in names: no other devcontainer has the same. */
export const DEVCONTAINER_ID = '{devcontainerId}';

/** Longer than any variable in use; what is longer stays as it is. */
const VARIABLE = /\$\{([^{}\n]{1,300})\}/g;

/** The text with its variables replaced: symbolic, with `unknownPart(NAME)` for the host's other variables. */
export function substitute(text: string, places: DevcontainerPlaces): string {
  const replaced = text.replace(VARIABLE, (whole, body: string) => {
    const [kind = '', name, fallback] = body.split(':');
    switch (kind) {
      case 'localEnv':
      case 'env':
        return name === undefined ? whole : hostVariable(name, fallback ?? '');
      case 'containerEnv':
        return name === undefined ? whole : unknownPart(`containerEnv:${name}`);
      case 'localHomeFolder':
        return HOME_SYMBOL;
      case 'localWorkspaceFolder':
        return places.folder === '' ? WORKSPACE_SYMBOL : `${WORKSPACE_SYMBOL}/${places.folder}`;
      case 'localWorkspaceFolderBasename':
        return places.basename;
      case 'containerWorkspaceFolder':
        return places.inside;
      case 'containerWorkspaceFolderBasename':
        return places.inside.slice(places.inside.lastIndexOf('/') + 1);
      case 'devcontainerId':
        return DEVCONTAINER_ID;
      default:
        return whole;
    }
  });
  // `${localEnv:HOME}${localEnv:USERPROFILE}`: of the two one is empty on every system.
  return replaced.replaceAll(HOME_SYMBOL + HOME_SYMBOL, HOME_SYMBOL);
}

/**
 * A variable of the host. One that holds a secret stays a variable whatever its default, since the default
 * says nothing of what comes in where it is set; of others the default is taken.
 */
function hostVariable(name: string, fallback: string): string {
  const place = PATH_VARIABLES.get(name);
  if (place !== undefined) return place;
  return fallback === '' || isSecretName(name) ? unknownPart(name) : fallback;
}
