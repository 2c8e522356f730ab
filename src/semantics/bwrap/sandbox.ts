/** From one bwrap command line to the model. */
import { agentsIn } from '../../knowledge/agents.ts';
import type {
  Bypass,
  DefinitionFile,
  InertSetting,
  Limit,
  Limits,
  Sandbox,
  Unresolved,
} from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { byDefault, explicit, known, type Value } from '../../model/value.ts';
import type { CallerLimit } from '../process/caller.ts';
import { processNetwork } from '../process/network.ts';
import { scriptPath } from '../process/script-path.ts';
import type { BwrapCall } from './call.ts';
import { bwrapEnvironment, inertVariables } from './environment.ts';
import { bwrapFiles, inertOperations } from './files.ts';
import { bwrapNamespaces } from './namespaces.ts';
import { boundedOperations, type Operation } from './operations.ts';
import { takesDescriptor } from './options.ts';
import { bwrapPrivilege } from './privilege.ts';
import { reviseCall } from './revise.ts';
import { viewsOf } from './visibility.ts';

export interface BwrapIdentity {
  readonly id: string;
  readonly name: string;
  readonly definition: readonly DefinitionFile[];
}

export function bwrapSandbox(call: BwrapCall, identity: BwrapIdentity): Sandbox {
  const { list: operations, cut } = boundedOperations(call);
  const namespaces = bwrapNamespaces(call);
  const files = bwrapFiles(operations);
  const environment = bwrapEnvironment(call, { files, operations });
  return {
    id: identity.id,
    name: identity.name,
    format: 'bwrap',
    boundary: 'namespaces',
    role: { kind: 'sandbox', reason: 'bwrap is there to hold what it runs' },
    place: call.place,
    definition: identity.definition,
    files,
    network: processNetwork(namespaces.network, environment),
    privilege: bwrapPrivilege(call, namespaces),
    environment,
    limits: limitsOf(call, operations),
    lifetime: {
      kept: known(false, byDefault(call.place, 'its file system is gone with its last process')),
      readOnlyRoot: null,
      shared: [],
    },
    build: null,
    image: null,
    additions: [],
    hostCommands: [],
    services: null,
    agents: agentsIn(call.command),
    inert: [...inertOperations(operations), ...inertVariables(call), ...inertNetwork(call)],
    bypasses: [...notABoundary(call), ...inheritedDescriptors(call, operations)],
    editor: null,
    unresolved: cut ? [...call.unresolved, leftOut(call)] : call.unresolved,
    revise: (change) => {
      const revised = reviseCall(call, change);
      return revised === null ? null : bwrapSandbox(revised, identity);
    },
  };
}

/** Shown as unknown, so that nobody takes what was left out for safe. */
function leftOut({ place }: BwrapCall): Unresolved {
  const why = 'there are more of them than are read';
  return {
    what: 'the mounts',
    why,
    names: [],
    mayHide: 'any-setting',
    origin: explicit(place),
    kind: 'text',
  };
}

/** bwrap has no words for them; what starts it may. */
function limitsOf({ caller, place }: BwrapCall, operations: readonly Operation[]): Limits {
  const none: Value<Limit> = known({ amount: null }, byDefault(place, 'bwrap sets none'));
  const limit = (found: CallerLimit | null): Value<Limit> =>
    found === null ? none : known({ amount: found.amount }, found.origin);
  const unsized = operations.find(({ name, size }) => name === 'tmpfs' && size === null);
  return {
    expressible: false,
    memory: limit(caller.memory),
    cpu: limit(caller.cpu),
    processes: limit(caller.processes),
    disk: unsized === undefined ? none : known({ amount: null }, unsized.origin),
  };
}

/** `--share-net` before the option that it was meant to take back: the network is closed all the same. */
function inertNetwork({ settings }: BwrapCall): InertSetting[] {
  const last = settings.findLastIndex(({ name }) => name === 'unshare-all' || name === 'unshare-net');
  return settings.slice(0, Math.max(0, last)).flatMap(({ name, text, origin, when }, index) => {
    if (name !== 'share-net' || when.length > 0 || settings[last]?.when.length !== 0) return [];
    if (settings.slice(0, index).some((one) => /^unshare-(?:all|net)$/.test(one.name))) return [];
    const closing = settings[last]?.text ?? '';
    return [
      { setting: text, why: `\`${closing}\` comes later`, instead: `Move it behind \`${closing}\``, origin },
    ];
  });
}

function notABoundary({ settings }: BwrapCall): Bypass[] {
  return settings.flatMap(({ name, text, origin }) =>
    name !== 'not-a-security-boundary'
      ? []
      : [
          {
            kind: 'not-a-boundary',
            text,
            consequence:
              'Where a part of the sandbox cannot be set up, a mount that stays writable for one, bwrap goes on without it.',
            origin,
          },
        ],
  );
}

/**
 * Every open file is handed on, and a directory among them leads anywhere below it by
 * `/proc/self/fd/N` (bubblewrap.c closes none). A file's name with an extension is taken for no directory.
 */
function inheritedDescriptors(call: BwrapCall, operations: readonly Operation[]): Bypass[] {
  const used = new Set(
    call.settings.filter(({ name }) => takesDescriptor(name)).map(({ words }) => words[0] ?? ''),
  );
  return call.descriptors.flatMap(({ number, path, readable, origin }): Bypass[] => {
    if (path === null || !readable || used.has(String(number)) || /[^/]\.\w{1,8}$/.test(path)) return [];
    const host = scriptPath(path);
    if (/^\/dev\/(?:null|zero|tty|fd|std)/.test(path)) return [];
    if (viewsOf(operations, 'write', host).some(({ verdict }) => verdict === 'yes')) return [];
    return [
      {
        kind: 'inherited-descriptor',
        text: `${number}<${displayText(path)}`,
        consequence: `Code inside reaches all of \`${displayText(path)}\` by \`/proc/self/fd/${number}\`, whatever is mounted.`,
        origin,
      },
    ];
  });
}
