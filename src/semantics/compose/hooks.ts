/** What a service makes others run: providers and hooks; and what of the host is copied in while it runs. */
import { type HostPath, hostPath } from '../../model/host-path.ts';
import type { HostCommand } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { known } from '../../model/value.ts';
import { entryPlace, type Node, placeOf } from '../../syntax/node.ts';
import type { ContainerSpec, MountSpec } from '../docker/spec.ts';
import { sourcePath } from '../docker/volume.ts';
import { baseOf } from './mounts.ts';
import {
  field,
  fieldAt,
  listItems,
  originAt,
  type Reading,
  readBoolean,
  readField,
  readList,
} from './reading.ts';

/**
 * `provider.type` names a program that Compose runs on the host, `docker-<type>` or one on the PATH, and a
 * path will do (docker/compose pkg/compose/plugins.go).
 */
export function readHostCommands(reading: Reading, service: Node): HostCommand[] {
  const entry = field(service, 'provider');
  const type = readField(reading, field(entry?.value, 'type'));
  if (entry === undefined || type === null) return [];
  const isPath = type.text.includes('/');
  const executes: HostPath[] = isPath ? [hostPath(type.text, baseOf(reading, entry.value))] : [];
  return [
    {
      kind: 'provider',
      command: displayText(type.text),
      when: 'when the project is brought up or down',
      executes,
      unasked: true,
      origin: originAt(reading, entryPlace(entry)),
    },
  ];
}

const HOOKS = ['pre_start', 'post_start', 'pre_stop'] as const;

/** Hooks run in the container, and with `privileged` beyond what the container itself may. */
export function readEscalations(reading: Reading, service: Node): ContainerSpec['escalations'][number][] {
  return HOOKS.flatMap((name) =>
    listItems(reading, field(service, name)?.value).flatMap((hook) => {
      const privileged = readBoolean(reading, field(hook, 'privileged'), 'privileges');
      if (privileged === null || !privileged.known || !privileged.value) return [];
      const command = readList(reading, field(hook, 'command')).map(({ text }) => displayText(text));
      return [{ text: `${name}: ${command.join(' ')}`, origin: originAt(reading, placeOf(hook)) }];
    }),
  );
}

/** `develop.watch` copies files in as they change; they are read, and writes inside do not come back. */
export function readWatched(reading: Reading, service: Node): MountSpec[] {
  const watch = listItems(reading, fieldAt(service, 'develop', 'watch')?.value);
  return watch.flatMap((rule): MountSpec[] => {
    const path = readField(reading, field(rule, 'path'));
    const action = readField(reading, field(rule, 'action'))?.text ?? '';
    if (path === null || !action.startsWith('sync')) return [];
    const { origin } = path;
    return [
      {
        type: 'other',
        host: sourcePath(path.text, baseOf(reading, rule)),
        volume: null,
        target: readField(reading, field(rule, 'target'))?.text ?? null,
        readOnly: known(true, origin),
        propagation: 'private',
        recursiveReadOnly: true,
        size: null,
        text: displayText(path.text),
        origin,
      },
    ];
  });
}
