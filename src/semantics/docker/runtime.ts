/** The OCI runtime below a container, and what it keeps from the host's kernel. */
import type { Runtime } from '../../model/privilege.ts';
import { byDefault, known, type Value } from '../../model/value.ts';
import type { ContainerSpec } from './spec.ts';

interface RuntimeRow {
  readonly pattern: RegExp;
  readonly runtime: Runtime;
  readonly reference: string;
}

const RUNTIMES: readonly RuntimeRow[] = [
  {
    pattern: /^(?:runsc|gvisor|io\.containerd\.runsc\.v\d+)/,
    runtime: 'user-space-kernel',
    reference: 'https://gvisor.dev/docs/architecture_guide/security/',
  },
  {
    pattern: /^(?:kata|io\.containerd\.kata|krun|crun-krun|crun-vm|firecracker|aws\.firecracker)/,
    runtime: 'vm',
    reference: 'https://github.com/kata-containers/kata-containers/blob/main/docs/Limitations.md',
  },
  {
    pattern: /^sysbox(?:-runc)?$/,
    runtime: 'user-namespace',
    reference: 'https://github.com/nestybox/sysbox/blob/master/docs/user-guide/security.md',
  },
];

export function containerRuntime(spec: ContainerSpec): Value<Runtime> {
  const { runtime } = spec;
  if (runtime === null) return known('shared-kernel', byDefault(spec.anchor, "the engine's default runtime"));
  if (!runtime.known) return runtime;
  const row = RUNTIMES.find((candidate) => candidate.pattern.test(runtime.value));
  return known(row?.runtime ?? 'shared-kernel', runtime.origin, runtime.assumes);
}
