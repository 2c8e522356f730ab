/** Addresses that are not hosts of the internet: the metadata services of clouds, and names of the host itself. */

export interface MetadataHost {
  readonly address: string;
  readonly cloud: string;
  readonly reason: string;
  readonly reference: string;
}

const LINK_LOCAL = '169.254.169.254';

export const METADATA_HOSTS: readonly MetadataHost[] = [
  {
    address: LINK_LOCAL,
    cloud: 'AWS, Azure, Google Cloud, Oracle, DigitalOcean, Hetzner, OpenStack',
    reason:
      'It hands out credentials of the machine; only AWS can ask for a token that dies on the first hop.',
    reference:
      'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html',
  },
  {
    address: 'metadata.google.internal',
    cloud: 'Google Cloud',
    reason: 'It hands out tokens of the service account of the machine to whoever sends one header.',
    reference: 'https://cloud.google.com/compute/docs/metadata/overview',
  },
  {
    address: 'metadata.azure.internal',
    cloud: 'Azure',
    reason: 'A name of the same link-local service.',
    reference: 'https://learn.microsoft.com/en-us/azure/virtual-machines/instance-metadata-service',
  },
  {
    address: 'fd00:ec2::254',
    cloud: 'AWS',
    reason: 'The metadata service over IPv6, which a filter of IPv4 alone forgets.',
    reference:
      'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html',
  },
  {
    address: '169.254.170.2',
    cloud: 'AWS',
    reason: 'Credentials of the task, for containers of ECS.',
    reference: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html',
  },
  {
    address: '169.254.170.23',
    cloud: 'AWS',
    reason: 'Credentials of the pod, for EKS Pod Identity.',
    reference: 'https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html',
  },
  {
    address: '100.100.100.200',
    cloud: 'Alibaba Cloud',
    reason: 'It hands out credentials of the role of the machine.',
    reference: 'https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata',
  },
  {
    address: '168.63.129.16',
    cloud: 'Azure',
    reason: 'The agent of the platform, which hands out extension settings.',
    reference: 'https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16',
  },
];

/** The addresses alone, the one that nearly all clouds answer on first. */
export const METADATA_ADDRESSES: readonly string[] = METADATA_HOSTS.map((host) => host.address);

export interface HostName {
  readonly name: string;
  readonly reason: string;
  readonly reference: string;
}

/** Names by which containers reach the machine that they run on. */
export const HOST_NAMES: readonly HostName[] = [
  {
    name: 'host.docker.internal',
    reason: 'Docker Desktop and `extra_hosts: host-gateway` resolve it to the host.',
    reference: 'https://docs.docker.com/desktop/features/networking/',
  },
  {
    name: 'gateway.docker.internal',
    reason: 'Docker Desktop resolves it to the gateway of the host.',
    reference: 'https://docs.docker.com/desktop/features/networking/',
  },
  {
    name: 'host.containers.internal',
    reason: 'Podman resolves it to the host.',
    reference: 'https://docs.podman.io/en/latest/markdown/podman-run.1.html#add-host-hostname-hostname-ip',
  },
  {
    name: 'host.lima.internal',
    reason: 'Lima, and Colima on it, resolve it to the host.',
    reference: 'https://lima-vm.io/docs/config/network/user/',
  },
  {
    name: 'host.orb.internal',
    reason: 'OrbStack resolves it to the host.',
    reference: 'https://docs.orbstack.dev/docker/host-networking',
  },
];

/** Is this the address or name of a metadata service? */
export function isMetadataAddress(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '');
  return METADATA_ADDRESSES.includes(bare);
}

/** Is this a name of the machine that the container runs on? */
export function isHostName(host: string): boolean {
  return HOST_NAMES.some(({ name }) => name === host.toLowerCase());
}
