import { deviceRow } from '../src/knowledge/devices.ts';
import { type OpenDevice, obstacleTo, openDevices } from '../src/model/devices.ts';
import type { Gain } from '../src/model/outcome.ts';
import { defineRule } from '../src/model/rule.ts';
import type { Sandbox } from '../src/model/sandbox.ts';
import { isResolved } from '../src/model/symbolic.ts';

/** A device is used below the file system, where no mount option and no owner of a file counts. */
export default defineRule({
  id: 'host-device',
  title: 'Device of the host inside',
  summary:
    'Code inside uses a device of the host: its disks, its memory, its keyboard, by what is handed in.',
  axis: 'host',
  severity: 'high',
  gives: ['host-root', 'disk-read', 'host-memory', 'host-input', 'sensors', 'kernel-surface', 'host-control'],
  references: {
    cis: ['5.18'],
    owasp: ['3'],
    attack: ['T1611', 'T1056.001'],
    cwe: [250],
    links: ['https://docs.docker.com/reference/cli/docker/container/run/#device'],
  },
  check(sandbox, report) {
    for (const device of openDevices(sandbox)) {
      const meaning = meaningOf(sandbox, device);
      if (meaning === null) continue;
      report({
        at: device.origin,
        evidence: `\`${device.text}\` ${device.path === 'gpu' ? 'hands in graphics cards' : 'opens a device'} of the host`,
        consequence: `Code inside can ${meaning.lets}.`,
        remedy: 'Remove it, or hand in the one device that the task needs, read-only where that is enough.',
        gains: [meaning.gain],
        assumes: meaning.assumes,
        subject: device.text,
      });
    }
  },
});

interface Meaning {
  readonly lets: string;
  readonly gain: Gain;
  readonly assumes: readonly string[];
}

function meaningOf(sandbox: Sandbox, device: OpenDevice): Meaning | null {
  const { path, write } = device;
  if (path !== null && !isResolved(path)) return null;
  const row = path === null ? null : deviceRow(path);
  if (row === null) {
    const gain: Gain = { outcome: 'kernel-surface', certainty: 'assumed' };
    return {
      lets: 'give orders to the driver behind it',
      gain,
      assumes: ['the driver can be attacked through it'],
    };
  }
  if (row.outcome === null) return null;
  const outcome = write ? row.outcome : (row.readOutcome ?? row.outcome);
  const obstacle = obstacleTo(sandbox, device, outcome);
  const lets = write || row.readOutcome === undefined ? row.lets : 'read the whole disk of the host';
  if (obstacle !== null) return { lets, gain: { outcome, certainty: 'assumed' }, assumes: [obstacle] };
  return { lets, gain: { outcome, certainty: row.certainty }, assumes: [] };
}
