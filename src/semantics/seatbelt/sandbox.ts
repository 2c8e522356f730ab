/** From an evaluated profile to the model. */
import type { Environment } from '../../model/environment.ts';
import type { Privilege } from '../../model/privilege.ts';
import type { DefinitionFile, Limits, Sandbox, Unresolved } from '../../model/sandbox.ts';
import { answer, byDefault, known, type Origin } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { seatbeltFiles } from './model-files.ts';
import { inertDenials } from './model-inert.ts';
import { seatbeltNetwork } from './model-network.ts';
import { withoutPlace } from './model-revise.ts';
import { seatbeltBypasses, seatbeltServices } from './model-services.ts';
import { seatbeltUnknowns } from './model-unknowns.ts';
import type { AssumedPlaces } from './parameters.ts';
import type { SeatbeltProfile, SeatbeltRule } from './profile.ts';

export interface SeatbeltIdentity {
  readonly id: string;
  readonly name: string;
  /** Where the sandbox begins: the profile's `(version 1)`, or the command that starts it. */
  readonly place: Place;
  readonly definition: readonly DefinitionFile[];
  /** What stood for home and project when the profile was evaluated. */
  readonly places: AssumedPlaces;
  /** What the launcher hands in; left out where none was read. */
  readonly environment?: Environment;
  /** What is not known beside what the profile itself leaves open. */
  readonly unresolved?: readonly Unresolved[];
}

const NO_ENVIRONMENT: Environment = { variables: [], files: [], inheritsAll: null };

/**
 * A policy has no namespaces, capabilities or limits of its own: such facts are null, or the launching
 * user's. A profile that macOS refuses is no sandbox: the caller has to look at `profile.rejected` first.
 */
export function seatbeltSandbox(profile: SeatbeltProfile, identity: SeatbeltIdentity): Sandbox {
  return build(profile, identity, null);
}

/** A sandbox whose answers were asked for, and the rules that changed since. */
interface Before {
  readonly sandbox: Sandbox;
  readonly changed: readonly SeatbeltRule[];
}

/** Families of operations that the network's answers do not depend on, and those of the services. */
const APART_FROM_NETWORK = /^(?:file|process|signal|iokit|sysctl|ipc)/;
const APART_FROM_SERVICES = /^(?:network|file-read|sysctl|ipc)/;

/**
 * Changes are tried by the hundred, one after the other: answers are worked out when someone asks, and what the
 * changed rules do not touch is taken over.
 */
function build(profile: SeatbeltProfile, identity: SeatbeltIdentity, before: Before | null): Sandbox {
  const { place, places } = identity;
  const { rules } = profile;
  const fallback = byDefault(place, 'a profile says nothing of it');
  const keeps = (apart: RegExp): Sandbox | null =>
    before?.changed.every((rule) => rule.operations.every((name) => apart.test(name)))
      ? before.sandbox
      : null;
  const files = once(() =>
    seatbeltFiles(rules, places, before && { files: before.sandbox.files, changed: before.changed }),
  );
  const network = once(() => keeps(APART_FROM_NETWORK)?.network ?? seatbeltNetwork(rules, place));
  const services = once(() => keeps(APART_FROM_SERVICES)?.services ?? seatbeltServices(rules, place));
  const bypasses = once(() => keeps(APART_FROM_SERVICES)?.bypasses ?? seatbeltBypasses(rules));
  const inert = once(() => inertDenials(rules, places));
  const unresolved = once(() => [...(identity.unresolved ?? []), ...seatbeltUnknowns(profile, places)]);
  const sandbox: Sandbox = {
    id: identity.id,
    name: identity.name,
    format: 'seatbelt',
    boundary: 'policy',
    role: { kind: 'sandbox', reason: 'a profile is made to hold what runs under it' },
    place,
    definition: identity.definition,
    get files() {
      return files.value();
    },
    get network() {
      return network.value();
    },
    privilege: ordinaryProcess(fallback),
    environment: identity.environment ?? NO_ENVIRONMENT,
    limits: noLimits(fallback),
    lifetime: { kept: known(false, fallback), readOnlyRoot: null, shared: [] },
    build: null,
    image: null,
    additions: [],
    hostCommands: [],
    get services() {
      return services.value();
    },
    agents: [],
    get inert() {
      return inert.value();
    },
    get bypasses() {
      return bypasses.value();
    },
    editor: null,
    get unresolved() {
      return unresolved.value();
    },
    revise(change) {
      const revised = change.kind === 'remove' ? withoutPlace(profile, change.place) : null;
      if (revised === null) return null;
      const { changed } = revised;
      const asked = before === null || files.isKnown();
      const basis = asked
        ? { sandbox, changed }
        : { sandbox: before.sandbox, changed: [...before.changed, ...changed] };
      return build(revised.profile, identity, basis);
    },
  };
  return sandbox;
}

function once<T>(work: () => T): { value: () => T; isKnown: () => boolean } {
  let found: { readonly value: T } | null = null;
  return {
    value() {
      found ??= { value: work() };
      return found.value;
    },
    isKnown: () => found !== null,
  };
}

/** Setuid programs do not start under a profile (`forbidden-exec-sugid`), so nobody becomes root there. */
function ordinaryProcess(fallback: Origin): Privilege {
  const no = (reason: string) => answer('no', [fallback], reason);
  return {
    user: known({ name: 'the user who starts it', root: false }, fallback),
    effectiveRoot: no('it runs as the user who starts it, and setuid programs do not start inside'),
    sudo: no('setuid programs do not start inside'),
    privileged: null,
    capabilities: null,
    noNewPrivileges: null,
    confinement: null,
    namespaces: null,
    devices: [],
    deviceRules: [],
    groups: [],
    runtime: known('shared-kernel', fallback),
    rootIsHostRoot: no('nothing becomes root inside'),
    terminal: null,
    escalations: [],
  };
}

function noLimits(fallback: Origin): Limits {
  const none = known({ amount: null }, fallback);
  return { expressible: false, memory: none, cpu: none, processes: none, disk: none };
}
