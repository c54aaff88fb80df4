/**
 * Addresses that are not a public host's, as data: the range, and the document that sets it aside. From the
 * IANA special-purpose registries; what they mark as not globally reachable is here.
 * https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry
 */
export type Range = readonly [cidr: string, source: string];

export const REFUSED_IPV4: readonly Range[] = [
  ['0.0.0.0/8', 'RFC 791: this network'],
  ['10.0.0.0/8', 'RFC 1918: private'],
  ['100.64.0.0/10', 'RFC 6598: carrier-grade NAT'],
  ['127.0.0.0/8', 'RFC 1122: loopback'],
  ['169.254.0.0/16', "RFC 3927: link-local; cloud metadata and Lambda's runtime API"],
  ['172.16.0.0/12', 'RFC 1918: private'],
  ['192.0.0.0/24', 'RFC 6890: protocol assignments'],
  ['192.0.2.0/24', 'RFC 5737: documentation'],
  ['192.88.99.0/24', 'RFC 7526: former 6to4 relays'],
  ['192.168.0.0/16', 'RFC 1918: private'],
  ['198.18.0.0/15', 'RFC 2544: benchmarks'],
  ['198.51.100.0/24', 'RFC 5737: documentation'],
  ['203.0.113.0/24', 'RFC 5737: documentation'],
  ['224.0.0.0/4', 'RFC 5771: multicast'],
  ['240.0.0.0/4', 'RFC 1112: reserved; with it 255.255.255.255, broadcast'],
];

/** The only IPv6 space given out for global unicast (RFC 4291 section 2.4, IANA); the rest is refused. */
export const GLOBAL_IPV6: Range = ['2000::/3', 'RFC 4291: global unicast'];

/** Parts of it that no public host has. */
export const REFUSED_IPV6: readonly Range[] = [
  ['2001::/23', 'RFC 2928: protocol assignments; with it Teredo (RFC 4380), benchmarks, ORCHID'],
  ['2001:db8::/32', 'RFC 3849: documentation'],
  ['2002::/16', 'RFC 3056: 6to4, an IPv4 address inside'],
  ['3fff::/20', 'RFC 9637: documentation'],
];

/** Forms of IPv6 that stand for the IPv4 address in their last 32 bits, and get its verdict. */
export const STANDS_FOR_IPV4: readonly Range[] = [
  ['::ffff:0:0/96', 'RFC 4291 section 2.5.5.2: IPv4-mapped; the system dials the IPv4 address'],
  ['64:ff9b::/96', 'RFC 6052: NAT64, what DNS64 answers in a network without IPv4'],
];

/**
 * Interface identifiers of ISATAP (RFC 5214 section 6.1), which carry an IPv4 address under any prefix: the
 * fifth and sixth group of the address.
 */
export const ISATAP_IDENTIFIERS: readonly (readonly [number, number])[] = [
  [0x0000, 0x5efe],
  [0x0200, 0x5efe],
];

/** Last labels of names that never lead to a public host. */
export const REFUSED_NAMES: readonly Range[] = [
  ['localhost', 'RFC 6761 section 6.3'],
  ['local', 'RFC 6762: multicast DNS'],
  ['internal', 'set aside by ICANN for private use; names inside AWS and Google Cloud'],
  ['home.arpa', 'RFC 8375'],
];
