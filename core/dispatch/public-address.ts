import ipaddr from 'ipaddr.js';
import {
  GLOBAL_IPV6,
  ISATAP_IDENTIFIERS,
  type Range,
  REFUSED_IPV4,
  REFUSED_IPV6,
  STANDS_FOR_IPV4,
} from './address-ranges.ts';

const refusedIpv4 = REFUSED_IPV4.map(([cidr]) => ipaddr.IPv4.parseCIDR(cidr));
const globalIpv6 = ipv6(GLOBAL_IPV6);
const refusedIpv6 = REFUSED_IPV6.map(ipv6);
const standsForIpv4 = STANDS_FOR_IPV4.map(ipv6);

/**
 * Whether an address belongs to a host on the public internet. False for whatever cannot be read, for
 * zone ids (`fe80::1%eth0`), and for IPv6 forms that hide an IPv4 address, unless they stand for it plainly.
 */
export function isPublicAddress(text: string): boolean {
  const address = parse(text);
  return address !== null && isPublic(address);
}

/** Whether an address is this machine's own: 127.0.0.0/8 (RFC 1122), ::1 (RFC 4291), IPv4-mapped or not. */
export function isLoopbackAddress(text: string): boolean {
  const address = parse(text);
  if (address === null) return false;
  return plain(address).range() === 'loopback';
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) return !refusedIpv4.some((range) => address.match(range));
  if (standsForIpv4.some((range) => address.match(range))) return isPublic(lastIpv4(address));
  if (!address.match(globalIpv6) || refusedIpv6.some((range) => address.match(range))) return false;
  return !ISATAP_IDENTIFIERS.some(
    ([fifth, sixth]) => address.parts[4] === fifth && address.parts[5] === sixth,
  );
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (text.includes('%')) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null;
}

function plain(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function lastIpv4(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

function ipv6([cidr]: Range): [ipaddr.IPv6, number] {
  return ipaddr.IPv6.parseCIDR(cidr);
}
