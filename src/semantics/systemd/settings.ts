/** Settings of a service, whether a unit file or systemd-run gives them. */
import { displayText } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import type { ProcessOption } from '../process/option-words.ts';

export interface ServiceSettings {
  /** By the names of systemd.exec(5) and systemd.resource-control(5), in order. */
  readonly properties: readonly ProcessOption[];
  /** Where it is said that a user's own manager runs it; null: the system's. */
  readonly userManager: Origin | null;
  /** Where it is said that it runs as a scope, which the caller starts itself; null: as a service. */
  readonly scope: Origin | null;
  /** Stands for what nobody wrote. */
  readonly place: Place;
}

const YES = /^(?:1|yes|y|true|t|on)$/i;
const NO = /^(?:0|no|n|false|f|off)$/i;

export function isYes(value: string | null): boolean {
  return value !== null && YES.test(value);
}

/** The last that is given in any case and not switched off; the last of a name counts (systemd.exec(5)). */
export function active(
  { properties }: Pick<ServiceSettings, 'properties'>,
  name: string,
): ProcessOption | null {
  const found = properties.findLast((one) => one.name === name && one.when.length === 0);
  return found === undefined || found.value === null || NO.test(found.value) || found.value === ''
    ? null
    : found;
}

export interface ListItem {
  readonly value: string;
  readonly text: string;
  readonly origin: Origin;
  readonly when: ProcessOption['when'];
}

/** Words of a setting that adds up; an empty value starts over. */
export function listOf(
  { properties }: Pick<ServiceSettings, 'properties'>,
  name: string,
): readonly ListItem[] {
  let items: ListItem[] = [];
  for (const { name: own, value, text, origin, when } of properties) {
    if (own !== name || value === null) continue;
    if (value === '' && when.length === 0) items = [];
    for (const word of value.split(/\s+/)) {
      if (word !== '')
        items.push({ value: word.replace(/^["']|["']$/g, ''), text: displayText(text), origin, when });
    }
  }
  return items;
}

/**
 * Settings that need rights which a user's manager has not, and that are passed over without them
 * (systemd.exec(5), at each of them; newer ones try a user namespace for it). For a scope none of
 * them exist, as the caller starts the process itself (systemd-run(1), --scope).
 */
const SANDBOXING =
  /^(?:Protect\w+|Private\w+|ReadWritePaths|ReadOnlyPaths|InaccessiblePaths|TemporaryFileSystem|Bind(?:ReadOnly)?Paths|RootDirectory|RootImage|IPAddress(?:Deny|Allow)|DynamicUser|NetworkNamespacePath|ExecPaths|NoExecPaths|CapabilityBoundingSet)$/;
/** What takes no rights, but is the manager's doing. */
const EXECUTION =
  /^(?:NoNewPrivileges|SystemCall\w+|Restrict\w+|LockPersonality|MemoryDenyWriteExecute|User|Group|UMask|LoadCredential\w*|EnvironmentFile|PassEnvironment|AmbientCapabilities)$/;

export function isSandboxing(name: string): boolean {
  return SANDBOXING.test(name);
}

export function isExecution(name: string): boolean {
  return EXECUTION.test(name);
}

/** The settings that have an effect, and those that have none. */
export function effective(settings: ServiceSettings): {
  readonly settings: ServiceSettings;
  readonly void: readonly ProcessOption[];
} {
  const { scope, userManager, properties } = settings;
  const isVoid = ({ name, value }: ProcessOption): boolean => {
    if (value !== null && (NO.test(value) || value === '')) return false;
    if (scope !== null) return isSandboxing(name) || (isExecution(name) && !/^(?:User|Group)$/.test(name));
    return userManager !== null && isSandboxing(name);
  };
  return {
    settings: { ...settings, properties: properties.filter((one) => !isVoid(one)) },
    void: properties.filter(isVoid),
  };
}
