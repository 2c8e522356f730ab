/** From what is asked of a container engine to the model: the boundary's arithmetic in one place. */

import { socketProxyPower } from '../../knowledge/socket-proxy.ts';
import type { Privilege, Runtime } from '../../model/privilege.ts';
import type { Role, Sandbox, SandboxFormat } from '../../model/sandbox.ts';
import { displayText } from '../../model/symbolic.ts';
import { type Answer, answer, byDefault, type Value, type Verdict } from '../../model/value.ts';
import type { Place } from '../../source/source.ts';
import { apiSocketMount } from './api-socket.ts';
import { containerCapabilities } from './capabilities.ts';
import { containerNamespaces, securityOptions } from './confinement.ts';
import { deviceFromSpec, deviceRuleFromSpec, gpuDevice } from './devices.ts';
import { containerFiles } from './files.ts';
import { containerSudo, containerUser, effectiveRoot } from './identity.ts';
import { imageOf } from './image.ts';
import { containerLimits } from './limits.ts';
import { channelNeighbours, containerNetwork } from './network.ts';
import { reviseSpec } from './revise.ts';
import { agentsOfSpec } from './role.ts';
import { containerRuntime } from './runtime.ts';
import type { ContainerSpec } from './spec.ts';

export interface SandboxIdentity {
  readonly id: string;
  readonly name: string;
  readonly format: SandboxFormat;
  readonly role: Role;
  readonly place: Place;
  /** True for what an editor attaches to. */
  readonly editor?: Value<boolean>;
}

export function containerSandbox(spec: ContainerSpec, identity: SandboxIdentity): Sandbox {
  const privilege = containerPrivilege(spec);
  const socket = apiSocketMount(spec);
  const mounts = socket.length === 0 ? spec.mounts : [...spec.mounts, ...socket];
  const runtime = privilege.runtime.known ? privilege.runtime.value : 'shared-kernel';
  const files = containerFiles(mounts, {
    socketsClosed: runtime === 'user-space-kernel' || runtime === 'vm',
    devices: spec.privileged.known && spec.privileged.value,
  });
  return {
    id: identity.id,
    name: identity.name,
    format: identity.format,
    boundary: runtime === 'vm' ? 'vm' : 'container',
    role: identity.role,
    place: identity.place,
    definition: spec.definition,
    files,
    network: containerNetwork(spec, channelNeighbours(spec)),
    privilege,
    environment: {
      variables: [...spec.variables, ...spec.image.variables],
      files: spec.environmentFiles,
      inheritsAll: spec.inheritsEnvironment,
    },
    limits: containerLimits(spec, mounts),
    lifetime: { kept: spec.kept, readOnlyRoot: spec.readOnlyRoot, shared: spec.shared },
    build: spec.buildPrivileges.length === 0 ? null : { privileges: spec.buildPrivileges },
    image: imageOf(spec),
    additions: spec.additions,
    hostCommands: spec.hostCommands,
    services: null,
    ...relayOf(spec),
    agents: agentsOfSpec(spec),
    inert: spec.inert,
    bypasses: [],
    editor: identity.editor ?? null,
    unresolved: spec.unresolved,
    revise: (change) => containerSandbox(reviseSpec(spec, change), identity),
  };
}

function relayOf({ image, variables, command }: ContainerSpec): Pick<Sandbox, 'relay'> {
  const { reference } = image;
  const environment = new Map(
    [...variables, ...image.variables].map(({ name, value }) => [
      name,
      value.known ? value.value : value.raw,
    ]),
  );
  const power = socketProxyPower(reference?.known ? reference.value : '', environment, displayText(command));
  return power === null ? {} : { relay: power };
}

function containerPrivilege(spec: ContainerSpec): Privilege {
  const { confinement, noNewPrivileges } = securityOptions(spec);
  const user = containerUser(spec);
  const sudo = containerSudo(spec, noNewPrivileges);
  const root = effectiveRoot(user, sudo);
  return {
    user,
    sudo,
    effectiveRoot: root,
    privileged: spec.privileged,
    capabilities: containerCapabilities(spec, root),
    noNewPrivileges,
    confinement,
    namespaces: containerNamespaces(spec),
    devices: [...spec.devices.map(deviceFromSpec), ...spec.gpus.map(gpuDevice)],
    deviceRules: spec.deviceRules.flatMap(deviceRuleFromSpec),
    groups: spec.groups.map((group) => ({ name: group.text, origin: group.origin })),
    runtime: containerRuntime(spec),
    rootIsHostRoot: rootIsHostRoot(spec, containerRuntime(spec)),
    terminal: null,
    escalations: spec.escalations,
  };
}

/** Without a user namespace uid 0 inside is uid 0 outside, for files, sockets and devices alike. */
function rootIsHostRoot(spec: ContainerSpec, runtime: Value<Runtime>): Answer {
  const namespaces = containerNamespaces(spec);
  if (runtime.known && runtime.value !== 'shared-kernel') {
    return answer('no', [runtime.origin], `the runtime keeps root inside apart from the host's`);
  }
  if (!namespaces.user.known) return answer('unknown', [namespaces.user.origin]);
  const mapped = namespaces.user.value === 'own';
  const verdict: Verdict = mapped ? 'no' : 'yes';
  const reason = mapped ? 'root inside is an ordinary user outside' : 'no user namespace maps its ids';
  const result = answer(verdict, [namespaces.user.origin ?? byDefault(spec.anchor, 'the engine')], reason);
  return namespaces.user.assumes === undefined ? result : { ...result, assumes: namespaces.user.assumes };
}
