/** `--device`, `--device-cgroup-rule` and `--gpus`. */
import { hostPath } from '../../model/host-path.ts';
import type { DeviceGrant, DeviceRule } from '../../model/privilege.ts';
import { displayText } from '../../model/symbolic.ts';
import type { LocatedText } from './spec.ts';

/**
 * `src[:dst][:perm]`, default `rwm`; a second field of only r, w and m is the permission
 * (docker/cli opts.go, parseLinuxDevice). A directory exposes every device below it. However the path is
 * spelled, it names one node: `//dev/sda` is `/dev/sda`.
 */
export function deviceFromSpec({ text, origin }: LocatedText): DeviceGrant {
  const fields = text.split(':');
  const lastField = fields.at(-1) ?? '';
  const mode = fields.length > 1 && /^[rwm]{1,3}$/.test(lastField) ? lastField : 'rwm';
  return {
    device: nodePath(fields[0] ?? text),
    access: { read: mode.includes('r'), write: mode.includes('w') },
    text: displayText(text),
    origin,
  };
}

function nodePath(text: string): string {
  const path = text.startsWith('/') ? hostPath(text, '') : null;
  return path?.root === 'absolute' ? path.path : text;
}

export function gpuDevice({ text, origin }: LocatedText): DeviceGrant {
  return { device: 'gpu', access: { read: true, write: true }, text: displayText(text), origin };
}

/** `type major:minor access`, as the kernel's device cgroup takes it; anything else the engine refuses. */
export function deviceRuleFromSpec({ text, origin }: LocatedText): DeviceRule[] {
  const match = /^([acb])\s+(\d+|\*):(\d+|\*)\s+([rwm]{1,3})$/.exec(text.trim());
  if (match === null) return [];
  const [, type = '', major = '', minor = '', access = ''] = match;
  return [{ type, major, minor, access, text, origin }];
}
