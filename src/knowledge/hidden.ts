/** What a part of a definition that cannot be read may hide, in words and at its worst. */

export interface HiddenRow {
  /** Completes "it may hide …". */
  readonly text: string;
  /** Outcomes at the worst; none where only the boundary's own strength is open. */
  readonly worst: readonly string[];
}

const HIDDEN = {
  'any-setting': { text: 'any setting of the sandbox', worst: ['host-root'] },
  privileges: { text: 'full privileges on the host', worst: ['host-root'] },
  capability: { text: 'a capability that reaches the host', worst: ['host-root'] },
  mount: { text: 'a mount of any directory of the host', worst: ['host-root'] },
  'directory-of-the-host': {
    text: 'a directory below the one that is written, which holds what the host obeys',
    worst: ['host-root'],
  },
  directory: { text: 'another directory below the one that is written', worst: [] },
  device: { text: 'a device of the host', worst: ['host-root'] },
  namespace: { text: 'a namespace of the host', worst: ['host-processes'] },
  network: { text: 'an open network', worst: ['internet'] },
  neighbours: { text: 'other services beside it', worst: ['neighbours'] },
  ports: { text: 'a port that is open to everyone', worst: [] },
  credential: { text: 'a credential', worst: ['credential'] },
  identity: { text: 'root inside, or sudo', worst: [] },
  confinement: { text: 'a switched-off protection of the kernel', worst: ['kernel-surface'] },
  limits: { text: 'no limit on a resource', worst: ['exhaustion'] },
  persistence: { text: 'state that is kept', worst: ['shared-state'] },
  image: { text: 'what the image sets: its user, sudo, secrets', worst: [] },
  services: { text: 'programs outside that it may talk to', worst: ['host-user'] },
} as const satisfies Record<string, HiddenRow>;

export type HiddenId = keyof typeof HIDDEN;

export function hiddenRow(id: HiddenId): HiddenRow {
  return HIDDEN[id];
}
