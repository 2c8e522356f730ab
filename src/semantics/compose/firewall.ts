/** Services that narrow their network from inside before they start what they are for. */
import { below, type HostPath, hostPath } from '../../model/host-path.ts';
import type { Source } from '../../source/source.ts';
import { type DockerfileCopy, imageFromDockerfile } from '../docker/dockerfile.ts';
import type { ContainerSpec, LocatedText, MountSpec } from '../docker/spec.ts';
import { behindFirewall, type StartContext, sharedControl } from '../firewall/control.ts';
import { startBudget, startedBy } from '../firewall/started.ts';
import { directoryOf } from './files.ts';
import { attachmentsBeside } from './networks.ts';
import { definitionEntry } from './project.ts';
import { field, type Reading, readField, readList } from './reading.ts';

export interface FirewallContext {
  readonly dockerfile: Source | null;
  /** The service whose network this one shares; asked only where it does. */
  readonly owner: (name: string) => ContainerSpec | null;
}

/** What a packet filter needs to be mentioned by: its program, or a script that is named after one. */
const MENTION =
  /\b(?:ip6?tables|nft|ipset|ufw)\b|firewall|lockdown|egress|(?:^|[\s;&|"'/(])[\w./-]{1,200}\.sh\b|entrypoint|\/[\w.-]*(?:start|init|run)[\w.-]*(?=\s|$)/i;
/** Longer commands are not looked through to their end. */
const MAX_COMMAND = 20_000;

/** With a firewall in the start command, what is let through is the script's to say. */
export function withFirewall(spec: ContainerSpec, reading: Reading, context: FirewallContext): ContainerSpec {
  const { egress } = spec.network;
  if (!egress.known || egress.value.kind !== 'open') return spec;
  const shared = ownersControl(spec, reading, context);
  if (shared !== null) return shared;
  const command = startCommand(reading);
  if (command === null || !MENTION.test(command.text.slice(0, MAX_COMMAND))) return spec;
  const find = finder(spec.mounts, reading, context.dockerfile);
  const started = startedBy(command.text, command.origin.place, find, startBudget());
  const start: StartContext = {
    inside: (file) => insidePath(file, reading),
    find,
    late: null,
    once: false,
    asRoot: false,
    ipv6: hasIpv6(reading),
  };
  return behindFirewall(spec, [{ ...command, started }], start);
}

/** `network_mode: service:gateway`: the rules of the one bind both (network_namespaces(7)). */
function ownersControl(
  spec: ContainerSpec,
  reading: Reading,
  { owner }: FirewallContext,
): ContainerSpec | null {
  const mode = readField(reading, field(reading.entry.value, 'network_mode'))?.text ?? '';
  const name = /^service:(.+)$/.exec(mode)?.[1];
  const theirs = name === undefined ? null : (owner(name)?.network.egress ?? null);
  if (theirs === null) return null;
  if (!theirs.known) return { ...spec, network: { ...spec.network, egress: theirs } };
  if (theirs.value.kind !== 'limited') return null;
  const control = sharedControl(spec, theirs.value.control);
  return {
    ...spec,
    network: { ...spec.network, egress: { ...theirs, value: { kind: 'limited', control } } },
  };
}

/** `entrypoint` with `command` as its arguments; words of a list are quoted, a text is split as it stands. */
function startCommand(reading: Reading): LocatedText | null {
  const parts = ['entrypoint', 'command'].flatMap((key) => {
    const entry = field(reading.entry.value, key);
    const texts = readList(reading, entry);
    const quoted =
      entry?.value.kind === 'sequence' ? texts.map(({ text }) => quote(text)) : texts.map(({ text }) => text);
    const [first] = texts;
    return first === undefined ? [] : [{ text: quoted.join(' '), origin: first.origin }];
  });
  const [first] = parts;
  return first === undefined ? null : { text: parts.map(({ text }) => text).join(' '), origin: first.origin };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function insidePath(file: string, reading: Reading): string {
  if (file.startsWith('/')) return file;
  const directory = readField(reading, field(reading.entry.value, 'working_dir'))?.text ?? '';
  return `${directory.replace(/\/$/, '')}/${file.replace(/^\.\//, '')}`;
}

/** Files inside are those of a bind mount, or of the build context that the Dockerfile copies. */
function finder(
  mounts: readonly MountSpec[],
  reading: Reading,
  dockerfile: Source | null,
): (file: string) => Source | null {
  const { project } = reading.compose.loading;
  const copies =
    dockerfile === null ? [] : imageFromDockerfile(dockerfile, { target: null, args: new Map() }).copies;
  const roots =
    dockerfile === null ? [] : [reading.compose.directory, directoryOf(project.relative(dockerfile))];
  return (file) => {
    const path = insidePath(file, reading);
    const paths = [mounted(path, mounts), ...roots.flatMap((root) => copied(file, copies, root))];
    for (const candidate of paths) {
      if (candidate?.root !== 'workspace') continue;
      const lookup = project.read(candidate.path);
      if (lookup.status !== 'read') continue;
      reading.compose.loading.consulted.add(lookup.source.path);
      return lookup.source;
    }
    return null;
  };
}

function mounted(path: string, mounts: readonly MountSpec[]): HostPath | null {
  for (const { target, host } of mounts) {
    if (target === null || host === null) continue;
    if (path === target) return host;
    const prefix = `${target.replace(/\/$/, '')}/`;
    if (path.startsWith(prefix)) return below(host, path.slice(prefix.length));
  }
  return null;
}

function copied(file: string, copies: readonly DockerfileCopy[], root: string): HostPath[] {
  return copies.flatMap(({ source, target }) => {
    const name = source.slice(source.lastIndexOf('/') + 1);
    const full = target.endsWith('/') ? target + name : target;
    const found = full === file || (!file.includes('/') && full.endsWith(`/${file}`));
    return found ? [hostPath(source, root)] : [];
  });
}

/** Off unless a network asks for it (https://docs.docker.com/reference/compose-file/networks/#enable_ipv6). */
function hasIpv6(reading: Reading): boolean {
  return attachmentsBeside(reading.compose, reading.entry).some(({ name }) => {
    const entry = definitionEntry(reading.compose, 'networks', name);
    return entry !== null && readField(reading, field(entry.value, 'enable_ipv6'))?.text === 'true';
  });
}
