/** `--use-api-socket` and compose's `use_api_socket`. */
import { hostPath } from '../../model/host-path.ts';
import { known } from '../../model/value.ts';
import type { ContainerSpec, MountSpec } from './spec.ts';

/** Binds the engine's socket writable and hands in the registry credentials (docker/cli create.go). */
export function apiSocketMount(spec: ContainerSpec): MountSpec[] {
  const { apiSocket } = spec;
  if (!apiSocket.known || !apiSocket.value) return [];
  return [
    {
      type: 'bind',
      host: hostPath('/var/run/docker.sock', ''),
      volume: null,
      target: '/var/run/docker.sock',
      readOnly: known(false, apiSocket.origin),
      propagation: 'private',
      recursiveReadOnly: true,
      size: null,
      text: 'use_api_socket',
      origin: apiSocket.origin,
    },
  ];
}
