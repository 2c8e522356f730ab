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
  /** The command that is started with full privileges (systemd.service(5), `+` and `!`); null: none. */
  readonly elevated: Elevated | null;
  /** Stands for what nobody wrote. */
  readonly place: Place;
  /** As people would write what stands there: `systemd-run`. */
  readonly named: string;
}

export interface Elevated {
  readonly origin: Origin;
  /** `+` passes over file systems too, `!` over users alone. */
  readonly prefix: '+' | '!';
}

type Properties = Pick<ServiceSettings, 'properties'>;

const YES = /^(?:1|yes|y|true|t|on)$/i;
const NO = /^(?:0|no|n|false|f|off)$/i;

export function isYes(value: string | null): boolean {
  return value !== null && YES.test(value);
}

/** The last that is given in any case and not switched off; the last of a name counts (systemd.exec(5)). */
export function active({ properties }: Properties, name: string): ProcessOption | null {
  const found = properties.findLast((one) => one.name === name && one.when.length === 0);
  return found === undefined || found.value === null || NO.test(found.value) || found.value === ''
    ? null
    : found;
}

/** It implies a read-only system, read-only homes and a temporary directory of its own. */
export function dynamicUser(settings: Properties): ProcessOption | null {
  const found = active(settings, 'DynamicUser');
  return found === null || !isYes(found.value) ? null : found;
}

export interface ListItem {
  readonly value: string;
  readonly text: string;
  readonly origin: Origin;
  readonly when: ProcessOption['when'];
}

/** Words of a setting that adds up; an empty value starts over. */
export function listOf({ properties }: Properties, name: string): readonly ListItem[] {
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

export interface NameSet {
  has(name: string): boolean;
  readonly origin: Origin;
}

/**
 * A set that lines add to, or take from where the line begins with `~`; if the first line does, all others are
 * in it, and an empty one starts over with none (systemd.exec(5), CapabilityBoundingSet=). Null: no line is there.
 */
export function nameSet({ properties }: Properties, name: string): NameSet | null {
  const lines = properties.filter((one) => one.name === name && one.value !== null && one.when.length === 0);
  const last = lines.at(-1);
  if (last === undefined) return null;
  const changes = lines.map(({ value }) => ({
    starts: value === '',
    takes: value?.startsWith('~') === true,
    words: new Set((value ?? '').replace(/^~/, '').toUpperCase().split(/\s+/)),
  }));
  return {
    origin: last.origin,
    has(wanted) {
      let held = changes[0]?.takes === true;
      for (const { starts, takes, words } of changes) {
        if (starts) held = false;
        else if (words.has(wanted.toUpperCase())) held = !takes;
      }
      return held;
    },
  };
}

/** Settings that mount or make namespaces (systemd.exec(5), at each of them). */
const MOUNTING =
  /^(?:Protect\w+|Private\w+|ReadWritePaths|ReadOnlyPaths|InaccessiblePaths|TemporaryFileSystem|Bind(?:ReadOnly)?Paths|RootDirectory|ExecPaths|NoExecPaths)$/;
/** Settings that ask for rights of the system's manager besides. */
const PRIVILEGED =
  /^(?:RootImage|IPAddress(?:Deny|Allow)|RestrictNetworkInterfaces|DynamicUser|NetworkNamespacePath|CapabilityBoundingSet)$/;
/** What takes no rights, but is the manager's doing. */
const EXECUTION =
  /^(?:NoNewPrivileges|SystemCall\w+|Restrict(?!NetworkInterfaces)\w+|LockPersonality|MemoryDenyWriteExecute|User|Group|SupplementaryGroups|UMask|LoadCredential\w*|EnvironmentFile|PassEnvironment|AmbientCapabilities)$/;
const USERS = /^(?:User|Group|SupplementaryGroups)$/;

export function isSandboxing(name: string): boolean {
  return MOUNTING.test(name) || PRIVILEGED.test(name);
}

export function isExecution(name: string): boolean {
  return EXECUTION.test(name);
}

/** What is there to open something: without effect it leaves nobody less safe. */
const OPENING =
  /^(?:ReadWritePaths|Bind(?:ReadOnly)?Paths|ExecPaths|IPAddressAllow|EnvironmentFile|PassEnvironment|AmbientCapabilities)$/;

export interface Effective {
  readonly settings: ServiceSettings;
  /** Protections that have no effect. */
  readonly void: readonly ProcessOption[];
  /** What a newer systemd makes of it, where that is another thing; null: the same. */
  readonly newer: ServiceSettings | null;
}

export function effective(settings: ServiceSettings): Effective {
  const { properties, userManager, scope } = settings;
  const within = active(settings, 'PrivateUsers') !== null;
  const isVoid = ({ name, value }: ProcessOption, isMounting: boolean): boolean => {
    if (value !== null && (NO.test(value) || value === '')) return false;
    return isPassedOver(settings, name, isMounting);
  };
  const held = (isMounting: boolean): ServiceSettings => ({
    ...settings,
    properties: properties.filter((one) => !isVoid(one, isMounting)),
  });
  const without = properties.filter((one) => isVoid(one, within));
  const differs = scope === null && userManager !== null && without.some(({ name }) => MOUNTING.test(name));
  return {
    settings: held(within),
    void: without.filter(({ name }) => !OPENING.test(name)),
    newer: differs ? held(true) : null,
  };
}

/** What takes rights that no user namespace gives. */
export function isPrivileged(name: string): boolean {
  return PRIVILEGED.test(name);
}

/**
 * For a scope there are none, as the caller starts the process itself (systemd-run(1), --scope). A user's manager
 * has not the rights to mount; in a user namespace it has (systemd.exec(5), SANDBOXING).
 */
function isPassedOver(settings: ServiceSettings, name: string, isMounting: boolean): boolean {
  const { scope, userManager, elevated } = settings;
  if (scope !== null) return isSandboxing(name) || (isExecution(name) && !/^(?:User|Group)$/.test(name));
  if (elevated !== null && USERS.test(name)) return true;
  if (elevated?.prefix === '+') return isSandboxing(name);
  if (userManager === null) return false;
  return PRIVILEGED.test(name) || (MOUNTING.test(name) && !isMounting);
}
