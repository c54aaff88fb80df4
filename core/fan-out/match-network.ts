import type { Steps } from './match-steps.ts';

/** A network: an address in its usual notation, and how many of its first bits count. */
export interface Network {
  readonly address: string;
  readonly bits: number;
}

/** No address is longer, that of an interface with a long name included. */
const MAX_LENGTH = 64;
/** Reading an address takes about as long as this many steps. */
const READING = 16;

/** Compiles networks, in one of which a text must be. IPv4 and IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2) are one. */
export function compileNetworks(networks: readonly Network[]): (text: string, steps: Steps) => boolean {
  const read = networks.map(({ address, bits }) => ({
    words: readAddress(address) ?? [],
    bits: address.includes(':') ? bits : 96 + bits,
  }));
  return (text, steps) => {
    steps.take(1);
    if (text.length > MAX_LENGTH) return false;
    steps.take(READING + read.length);
    const words = readAddress(text);
    return words !== null && read.some((network) => isInside(words, network.words, network.bits));
  };
}

/** 4 or 6 for a text that is an IPv4 or IPv6 address in its usual notation; 0 for any other. */
export function addressFamily(text: string): 0 | 4 | 6 {
  if (IPV4.test(text)) return 4;
  return readAddress(text) === null ? 0 : 6;
}

/** The bits of an IPv6 address, 32 in a word, the first ones first. */
type Words = readonly number[];

function isInside(address: Words, network: Words, bits: number): boolean {
  for (let word = 0; word * 32 < bits; word++) {
    const differing = (address[word] ?? 0) ^ (network[word] ?? 0);
    if (differing !== 0 && differing >>> Math.max(0, 32 * (word + 1) - bits) !== 0) return false;
  }
  return true;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const ZONE = /%[\da-z.:-]+$/i;
const GROUP = /^[\da-f]{1,4}$/i;

/** Reads an address: RFC 4291 section 2.2, and RFC 4007 section 11 for the zone, which does not count. Null: it is none. */
function readAddress(text: string): Words | null {
  if (IPV4.test(text)) return [0, 0, 0xffff, wordOf(text)];
  if (!text.includes(':')) return null;
  const [head = '', tail, ...more] = text.replace(ZONE, '').split('::');
  const before = groupsOf(head, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (before === null || after === null || more.length > 0) return null;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array<number>(missing).fill(0), ...after];
  return [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 0x10000 + (groups[at + 1] ?? 0));
}

/** Groups of 16 bits; at the end of an address the last two may be written as an IPv4 address. */
function groupsOf(text: string, isEnd: boolean): readonly number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const dotted = isEnd && IPV4.test(last) ? wordOf(last) : null;
  if (dotted !== null) parts.pop();
  if (!parts.every((part) => GROUP.test(part))) return null;
  const groups = parts.map((part) => Number.parseInt(part, 16));
  return dotted === null ? groups : [...groups, dotted >>> 16, dotted & 0xffff];
}

function wordOf(ipv4: string): number {
  return ipv4.split('.').reduce((word, octet) => word * 256 + Number(octet), 0);
}
