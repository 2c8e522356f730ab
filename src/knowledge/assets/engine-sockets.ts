/** Control sockets of container engines and virtual machine managers. Read-only mounts do not stop a connect. */
import { gain, ownedBy } from './row.ts';

const ROOT = gain(
  'host-root',
  'direct',
  'start a container with the whole host mounted, and become root there',
);
const USER = gain('host-user', 'direct', 'start a container with your home mounted, and run commands as you');

const DOCKER = 'https://docs.docker.com/engine/security/#docker-daemon-attack-surface';
const CDK = 'https://github.com/cdk-team/CDK/blob/main/conf/evaluate_conf.go';

export const ENGINE_SOCKETS = ownedBy('engine-socket', [
  {
    id: 'docker-socket',
    title: "Docker's control socket",
    paths: ['/run/docker.sock', '/run/docker/', '/run/docker-host.sock'],
    connect: ROOT,
    reason: 'Whoever talks to the daemon is root on its host, because it mounts what it is told to.',
    reference: DOCKER,
  },
  {
    id: 'docker-pipe',
    title: "Docker's control pipe on Windows",
    paths: ['/pipe/docker_engine'],
    alone: true,
    connect: ROOT,
    reason: 'The pipe is the same API as the socket.',
    reference: 'https://docs.docker.com/reference/cli/dockerd/#daemon-socket-option',
  },
  {
    id: 'docker-socket-rootless',
    title: 'the control socket of a rootless Docker',
    paths: ['/run/user/UID/docker.sock'],
    connect: USER,
    reason: 'The daemon has the rights of the user who started it: all of the home directory.',
    reference: 'https://docs.docker.com/engine/security/rootless/',
  },
  {
    id: 'docker-socket-desktop',
    title: 'the control socket of Docker Desktop, Colima, OrbStack or Rancher Desktop',
    paths: [
      '~/.docker/run/docker.sock',
      '~/.docker/desktop/docker.sock',
      '~/.docker/run/',
      '~/.colima/docker.sock',
      '~/.colima/default/docker.sock',
      '~/.colima/',
      '~/.config/colima/default/docker.sock',
      '~/.orbstack/run/docker.sock',
      '~/.orbstack/run/',
      '~/.rd/docker.sock',
      '~/.lima/docker/sock/docker.sock',
    ],
    connect: USER,
    reason: 'The virtual machine behind it has your home directory mounted, and gives it to any container.',
    reference: 'https://docs.docker.com/desktop/features/vmm/',
  },
  {
    id: 'podman-socket',
    title: "Podman's control socket",
    paths: ['/run/podman/podman.sock', '/run/podman/'],
    connect: ROOT,
    reason: 'The system service of Podman runs as root, and mounts what it is told to.',
    reference: 'https://docs.podman.io/en/latest/markdown/podman-system-service.1.html',
  },
  {
    id: 'podman-socket-rootless',
    title: 'the control socket of a rootless Podman',
    paths: [
      '/run/user/UID/podman/podman.sock',
      '/run/user/UID/podman/',
      '~/.local/share/containers/podman/machine/podman.sock',
      '~/.local/share/containers/podman/machine/qemu/podman.sock',
    ],
    connect: USER,
    reason: 'The service has the rights of the user who started it: all of the home directory.',
    reference: 'https://docs.podman.io/en/latest/markdown/podman-system-service.1.html',
  },
  {
    id: 'containerd-socket',
    title: "containerd's control socket",
    paths: [
      '/run/containerd/containerd.sock',
      '/run/containerd/',
      '/run/docker/containerd/containerd.sock',
      '/run/k3s/containerd/containerd.sock',
      '/run/k3s/containerd/',
    ],
    connect: ROOT,
    reason: 'Its API starts containers with any mount and privilege.',
    reference: CDK,
  },
  {
    id: 'crio-socket',
    title: 'the control socket of CRI-O or cri-dockerd',
    paths: ['/run/crio/crio.sock', '/run/crio/', '/run/cri-dockerd.sock', '/run/dockershim.sock'],
    connect: ROOT,
    reason: 'The container runtime interface starts pods with any mount and privilege.',
    reference: CDK,
  },
  {
    id: 'buildkit-socket',
    title: "BuildKit's control socket",
    paths: ['/run/buildkit/buildkitd.sock', '/run/buildkit/'],
    connect: ROOT,
    reason: 'A build with the entitlement security.insecure runs privileged where the daemon allows it.',
    reference: 'https://docs.docker.com/reference/cli/docker/buildx/build/#allow',
  },
  {
    id: 'virtual-machine-socket',
    title: 'the control socket of a manager of machines or system containers',
    paths: [
      '/run/libvirt/libvirt-sock',
      '/run/libvirt/',
      '/var/lib/lxd/unix.socket',
      '/var/snap/lxd/common/lxd/unix.socket',
      '/var/lib/incus/unix.socket',
      '/run/lxd.socket',
      '/run/lxd/',
      '/run/incus/',
      '/run/multipass_socket',
      '/var/snap/multipass/common/multipass_socket',
    ],
    connect: ROOT,
    reason: 'It starts machines and containers with the disk of the host attached.',
    reference: 'https://documentation.ubuntu.com/lxd/latest/explanation/security/',
  },
  {
    id: 'kubelet-socket',
    title: "the kubelet's device plugin sockets",
    paths: ['/var/lib/kubelet/device-plugins/kubelet.sock', '/var/lib/kubelet/pod-resources/kubelet.sock'],
    connect: gain('host-data', 'direct', 'register devices and list what the pods of the node use'),
    reason: 'The kubelet trusts whoever reaches these sockets.',
    reference: 'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/',
  },
]);
