/**
 * What a process sees of the host's files when it starts from all of them: layers over the host's own tree,
 * of which the last over a place counts (mount_namespaces(7)).
 */
import type { FileAnswer, FileMode, HostFiles, HostGrant } from '../../model/files.ts';
import { covers, type HostPath, homePath, hostPath, samePath, workspacePath } from '../../model/host-path.ts';
import { displayText } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import { bwrapFiles } from '../bwrap/files.ts';
import type { Operation } from '../bwrap/operations.ts';
import type { Condition } from '../shell/reading.ts';
import { assumption } from './conditions.ts';
import { scriptPath, settledText, sourcePath } from './script-path.ts';

export interface Layer {
  /** Where it lies inside; symbolic. */
  readonly target: string;
  /** What of the host shows there; null: nothing of it. */
  readonly source: string | null;
  readonly writable: boolean;
  /** Writes stay inside, and sockets are other files. */
  readonly copied?: boolean;
  /** Shown to another kernel, for which a socket there is nobody's. */
  readonly remote?: boolean;
  readonly devices?: boolean;
  readonly text: string;
  readonly origin: Origin;
  readonly when?: readonly Condition[];
}

/** The tree that every process starts from. */
export function hostTree(text: string, origin: Origin): Layer {
  return { target: '/', source: '/', writable: true, devices: true, text, origin };
}

/** A place that is kept from the process. */
export function hidden(target: string, text: string, origin: Origin, when: Layer['when'] = []): Layer {
  return { target, source: null, writable: false, text, origin, when };
}

/** A tree that may be written or not, wherever it comes from; of several the last counts. */
export interface Protection {
  /** Symbolic. */
  readonly path: string;
  readonly writable: boolean;
  readonly text: string;
  readonly origin: Origin;
  readonly when: readonly Condition[];
}

/**
 * @param layers in the order in which they are laid over each other
 * @param protections what is made read-only of them, and writable again; neither shows what is hidden
 */
export function layeredFiles(layers: readonly Layer[], protections: readonly Protection[] = []): HostFiles {
  const files = bwrapFiles(layers.map(operationOf));
  const rows = protections.flatMap((one): Row[] => {
    // What may not be there protects nothing.
    if (!one.writable && one.when.length > 0) return [];
    const path = scriptPath(one.path);
    return [{ ...one, host: path, grant: one.writable ? writableGrant(one, path) : null }];
  });
  return rows.length === 0 ? files : protectedFiles(files, rows);
}

interface Row extends Protection {
  readonly host: HostPath;
  readonly grant: HostGrant | null;
}

function writableGrant({ text, origin, when }: Protection, path: HostPath): HostGrant {
  return {
    path,
    tree: true,
    read: 'yes',
    write: 'yes',
    connect: 'yes',
    devices: 'no',
    text,
    target: null,
    propagation: 'slave',
    kind: 'mount',
    origin,
    assumes: assumption(when, true),
  };
}

function protectedFiles(files: HostFiles, rows: readonly Row[]): HostFiles {
  /** The last that says something of the path, within the grant that shows it. */
  const rowOf = (path: HostPath, grant: HostGrant): Row | undefined =>
    rows.findLast(({ host }) => covers(grant.path, host) === 'yes' && covers(host, path) === 'yes');
  const shown = new Map(
    files.grants.map((grant) => [
      grant,
      rowOf(grant.path, grant)?.writable === false ? { ...grant, write: 'no' as const } : grant,
    ]),
  );
  const replaced = (found: FileAnswer): FileAnswer =>
    found.grant === null ? found : { ...found, grant: shown.get(found.grant) ?? found.grant };
  const can = (mode: FileMode, path: HostPath): FileAnswer => {
    const found = files.can(mode, path);
    if (mode !== 'write' || found.verdict !== 'yes' || found.grant === null) return replaced(found);
    const row = rowOf(path, found.grant);
    if (row === undefined) return replaced(found);
    if (row.grant === null) return { verdict: 'no', because: [row.origin], grant: null };
    if (samePath(found.grant.path, row.host)) return replaced(found);
    return { verdict: 'yes', because: [row.origin], grant: row.grant };
  };
  const islands = rows.flatMap(({ grant, host }) =>
    grant !== null && can('write', host).grant === grant ? [grant] : [],
  );
  const whole = can('write', hostPath('/', '')).verdict === 'yes';
  return {
    ...files,
    grants: [...shown.values(), ...islands],
    can,
    openByDefault: whole ? files.openByDefault : null,
  };
}

function operationOf(layer: Layer, index: number): Operation {
  const { target, source, writable, copied = false, remote = false } = layer;
  const { devices = false, text, origin, when = [] } = layer;
  const settled = settledText(target);
  return {
    index,
    position: index,
    kind: 'mount',
    name: copied ? 'tmp-overlay' : 'bind',
    destination: scriptPath(target),
    shows: source === null ? [] : [{ source: sourcePath(source), writable, overlaid: copied || remote }],
    devices,
    size: null,
    when,
    needs: null,
    text,
    target: displayText(settled),
    origin,
  };
}

/** What another user meets is decided by owners and modes alone. */
export interface OtherUser {
  /** `sudo -u agent`, for messages. */
  readonly text: string;
  readonly origin: Origin;
  /** Sockets that a group of the user opens. */
  readonly sockets: readonly { readonly path: string; readonly text: string; readonly origin: Origin }[];
}

const READABLE_HOME = 'your home directory lets other users in, as many distributions make it (mode 0755)';
const WRITABLE_PROJECT = 'the user may write to the project, as it is there to work on it';

/**
 * The host as another user without privileges sees it: files that everyone may read, the shared temporary
 * directory, and the project. What tools keep secret in a home has mode 0600 or 0700 (ssh(1), gpg(1),
 * git-credential-store(1)), so that of a home only what is not hidden counts.
 */
export function otherUserFiles(user: OtherUser): HostFiles {
  const { text, origin } = user;
  const grant = (path: HostPath, more: Partial<HostGrant>): HostGrant => ({
    path,
    tree: true,
    read: 'yes',
    write: 'no',
    connect: 'no',
    devices: 'no',
    text,
    target: null,
    propagation: 'private',
    kind: 'mount',
    origin,
    ...more,
  });
  const home = grant(homePath(), { assumes: [READABLE_HOME] });
  const project = grant(workspacePath(), { write: 'yes', assumes: [WRITABLE_PROJECT] });
  const temporary = grant(hostPath('/tmp', ''), { write: 'yes' });
  const sockets = user.sockets.map(({ path, text: named, origin: where }) =>
    grant(hostPath(path, ''), {
      read: 'no',
      connect: 'yes',
      text: named,
      origin: where,
      opened: where,
    }),
  );
  const yes = (found: HostGrant): FileAnswer => {
    const answer = { verdict: 'yes' as const, because: [found.origin], grant: found };
    return found.assumes === undefined ? answer : { ...answer, assumes: found.assumes };
  };
  const can = (mode: FileMode, path: HostPath): FileAnswer => {
    const no: FileAnswer = { verdict: 'no', because: [origin], grant: null };
    if (mode === 'connect') {
      const socket = sockets.find((one) => covers(one.path, path) === 'yes');
      return socket === undefined ? no : yes(socket);
    }
    if (covers(project.path, path) === 'yes') return yes(project);
    if (covers(temporary.path, path) === 'yes') return isOfOthers(path) ? no : yes(temporary);
    if (mode === 'read' && path.root === 'home' && !isHiddenFile(path.path)) return yes(home);
    return no;
  };
  return { grants: [home, project, temporary, ...sockets], can, defeated: [], openByDefault: null };
}

/** Also where other systems and snapd keep what is a tool's own. */
function isHiddenFile(path: string): boolean {
  return path.split('/').some((part) => /^(?:[._]|(?:Library|AppData|snap)$)/.test(part));
}

/** What others put into the temporary directory is theirs. */
function isOfOthers(path: HostPath): boolean {
  return path.root === 'absolute' && path.path !== '/tmp';
}
