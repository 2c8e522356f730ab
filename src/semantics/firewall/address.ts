/** IPv4 addresses and networks as rules write them. */

interface Network {
  readonly first: number;
  /** Leading bits that count. */
  readonly bits: number;
}

function parseNetwork(text: string): Network | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (match === null) return null;
  const parts = match.slice(1, 5).map(Number);
  const bits = match[5] === undefined ? 32 : Number(match[5]);
  if (bits > 32 || parts.some((part) => part > 255)) return null;
  return { first: parts.reduce((sum, part) => sum * 256 + part, 0), bits };
}

function holds(outer: Network, inner: Network): boolean {
  const size = 2 ** (32 - outer.bits);
  return inner.bits >= outer.bits && Math.floor(inner.first / size) === Math.floor(outer.first / size);
}

/** RFC 1918, section 3, and RFC 6598, section 7 (shared address space, which some VPNs hand out). */
const PRIVATE: readonly Network[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
].flatMap((text) => parseNetwork(text) ?? []);

/** A private network of more than one address, or a bridge's own address: the host and its neighbours. */
export function isPrivateNetwork(text: string): boolean {
  const network = parseNetwork(text);
  if (network === null) return /^f[cd][0-9a-f]{2}:/i.test(text);
  if (!PRIVATE.some((outer) => holds(outer, network))) return false;
  // Engines give the host the first address of a bridge (docs.docker.com/engine/network/drivers/bridge).
  return network.bits < 32 || (network.first % 256 === 1 && Math.floor(network.first / 2 ** 20) === 0xac1);
}

/** So wide that anyone can have an address in it: an eighth of all and more. */
export function isWide(text: string): boolean {
  const network = parseNetwork(text);
  return network !== null && network.bits <= 3;
}

/** True when the network has more than one address, and this one. */
export function networkHas(text: string, address: string): boolean {
  const [network, one] = [parseNetwork(text), parseNetwork(address)];
  return network !== null && one !== null && network.bits < 32 && holds(network, one);
}
