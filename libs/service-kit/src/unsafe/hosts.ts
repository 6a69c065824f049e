import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** Endings of names that no public DNS resolves (RFC 6761, 6762, 8375, and what clusters and clouds use). */
const PRIVATE_NAMES = /\.(local|internal|localdomain|lan|home\.arpa|svc|cluster\.local|test)$/;

/** Host of a URL without the brackets of an IPv6 address. */
export function hostOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Whether only this machine is meant; so it is where no interface is named at all. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isUnspecified(host) || isIn(LOOPBACK, host);
}

/** Whether a listener on this address can be reached from elsewhere. */
export function isReachable(bindHost: string): boolean {
  return isUnspecified(bindHost) || !isThisMachine(bindHost);
}

/** Whether a name or address belongs to a network of one's own: what is said there does not cross the internet. */
export function isPrivate(host: string): boolean {
  if (isThisMachine(host)) return true;
  if (isIP(host) !== 0) return isIn(PRIVATE, host);
  return !host.includes('.') || PRIVATE_NAMES.test(host);
}

function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function isIn(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
