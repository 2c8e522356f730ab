/** Volumes that a script makes, and what of the host they hide. */
import { displayText } from '../../model/symbolic.ts';
import type { Origin } from '../../model/value.ts';
import type { EngineCall } from './run-command.ts';
import { currentDirectory, type ScriptContext, workingDirectory } from './run-container.ts';
import { plainWords, type RunWord } from './run-worlds.ts';
import type { ContainerSpec, LocatedText, MountSpec } from './spec.ts';
import { optionsOf, sourcePath } from './volume.ts';

/** The driver options of one volume. */
export interface VolumeRow {
  readonly options: ReadonlyMap<string, LocatedText>;
}

export type Volumes = ReadonlyMap<string, VolumeRow>;

/** `docker volume create -o type=none -o o=bind -o device=/srv NAME` hides a bind mount behind a name. */
export function volumeOf(call: EngineCall, context: ScriptContext): (readonly [string, VolumeRow])[] {
  if (call.verb !== 'volume create') return [];
  const { name, options } = readVolumeWords(plainWords(call));
  const device = options.get('device');
  if (name === null || device === undefined) return [];
  if (device.text.startsWith('.')) {
    const directory = currentDirectory(workingDirectory(call, context));
    options.set('device', { ...device, text: `${directory}/${device.text}` });
  }
  return [[name, { options }]];
}

interface VolumeWords {
  readonly name: string | null;
  readonly options: Map<string, LocatedText>;
}

function readVolumeWords(words: readonly RunWord[]): VolumeWords {
  const options = new Map<string, LocatedText>();
  let name: string | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    if (!word.text.startsWith('-')) {
      name = word.text;
      continue;
    }
    const joined = /^(--(?:opt|name|driver|label))=([\s\S]*)$/.exec(word.text);
    const flag = joined?.[1] ?? word.text;
    const value = joined?.[2] ?? words[at + 1]?.text ?? '';
    if (joined === null) at += 1;
    if (flag === '--name') name = value;
    if (flag !== '-o' && flag !== '--opt') continue;
    const equals = value.indexOf('=');
    const { origin } = words[at] ?? word;
    options.set(value.slice(0, equals), { text: value.slice(equals + 1), origin });
  }
  return { name, options };
}

export function withVolumes(spec: ContainerSpec, volumes: Volumes): ContainerSpec {
  return { ...spec, mounts: spec.mounts.map((mount) => hiddenBind(mount, volumes)) };
}

/** The local driver mounts what it is told (moby daemon/volume/local/local_unix.go). */
function hiddenBind(mount: MountSpec, volumes: Volumes): MountSpec {
  const row = mount.type === 'volume' && mount.volume !== null ? volumes.get(mount.volume) : undefined;
  const device = row?.options.get('device');
  if (row === undefined || device === undefined) return mount;
  const binds = /(?:^|,)r?bind(?:,|$)/.test(row.options.get('o')?.text ?? '');
  const kind = row.options.get('type')?.text ?? '';
  if (!binds && !/^\/dev\//.test(device.text)) return mount;
  const origin: Origin = { ...mount.origin, via: [...(mount.origin.via ?? []), device.origin.place] };
  const options = optionsOf(row.options.get('o')?.text, origin, 'docker');
  return {
    ...mount,
    type: 'bind',
    host: sourcePath(device.text, ''),
    volume: null,
    readOnly: options.readOnly.known && options.readOnly.value ? options.readOnly : mount.readOnly,
    text: `${mount.text} (the volume is ${displayText(device.text)}${kind === '' || kind === 'none' ? '' : `, ${kind}`})`,
    origin,
  };
}
