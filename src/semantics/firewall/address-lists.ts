/** Published lists of a service's addresses, which scripts fetch to let that service through. */

interface AddressList {
  readonly address: RegExp;
  /** The host, or wildcard, that the list stands for. */
  readonly host: string;
  readonly reference: string;
}

const LISTS: readonly AddressList[] = [
  {
    address: /\bapi\.github\.com\/meta\b/,
    host: 'github.com',
    reference: 'https://docs.github.com/en/rest/meta/meta#get-github-meta-information',
  },
  {
    address: /\bip-ranges\.amazonaws\.com\b/,
    host: '*.amazonaws.com',
    reference: 'https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html',
  },
  {
    address: /\bgstatic\.com\/ipranges\b/,
    host: '*.googleapis.com',
    reference: 'https://support.google.com/a/answer/10026322',
  },
  {
    address: /\bcloudflare\.com\/(?:ips|client\/v4\/ips)\b/,
    host: '*.cloudflare.com',
    reference: 'https://www.cloudflare.com/ips/',
  },
  {
    address: /\bapi\.fastly\.com\/public-ip-list\b/,
    host: '*.fastly.net',
    reference: 'https://www.fastly.com/documentation/reference/api/utils/public-ip-list/',
  },
];

/** The host that a fetched list stands for; null: an address that is not known as a list. */
export function listedHost(address: string): string | null {
  return LISTS.find((list) => list.address.test(address))?.host ?? null;
}
