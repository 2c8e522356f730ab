/** As whom the code inside counts outside: for the host's files, and for the host's kernel. */
import type { Sandbox } from './sandbox.ts';
import { type Answer, answer, type Verdict } from './value.ts';

/**
 * Is root inside root for the host's files? A user namespace maps it to somebody else. A virtual machine or a
 * kernel in user space does not help: whoever serves the shared directory there writes as root
 * (gVisor's gofer, kata's virtiofsd).
 */
export function rootForFiles(sandbox: Sandbox): Answer {
  const { effectiveRoot, namespaces, runtime } = sandbox.privilege;
  if (effectiveRoot.verdict === 'no') return effectiveRoot;
  if (runtime.known && runtime.value === 'user-namespace') {
    return answer('no', [runtime.origin], 'the runtime maps root inside to another user outside');
  }
  const user = namespaces?.user;
  if (user?.known && user.value !== 'host') {
    const mapped = answer('no', [user.origin], 'root inside is an ordinary user outside');
    return user.assumes === undefined ? mapped : { ...mapped, assumes: user.assumes };
  }
  return effectiveRoot;
}

/** Is root inside root for the host's kernel: capabilities, devices, and what root may do there? */
export function rootForKernel(sandbox: Sandbox): Answer {
  const { effectiveRoot, rootIsHostRoot } = sandbox.privilege;
  if (effectiveRoot.verdict === 'no') return effectiveRoot;
  if (rootIsHostRoot.verdict === 'no') return rootIsHostRoot;
  return effectiveRoot;
}

/** Capabilities count in the host's own kernel alone: no user namespace, no kernel in between. */
export function capabilitiesReachHost(sandbox: Sandbox): Verdict {
  return sandbox.privilege.rootIsHostRoot.verdict;
}
