import ipaddr from 'ipaddr.js';

// Stands in for `node:net` in the browser, as far as filters need it (`vite.config.ts` puts it in place).

type Family = 'ipv4' | 'ipv6';

/** 4, 6, or 0 for a text that is no address. */
export function isIP(text: string): 0 | 4 | 6 {
  // Only the usual notation: this library also takes 10.1 and 0x7f.1 for addresses, Node does not.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return 4;
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? 6 : 0;
}

/** Networks that an address can be in. */
export class BlockList {
  readonly rules: [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number][] = [];

  addSubnet(address: string, bits: number, _family: Family): void {
    this.rules.push([parse(address), bits]);
  }

  /** An IPv4 address written as an IPv6 one counts as both, as in Node. */
  check(text: string, _family: Family): boolean {
    const address = parse(text);
    const forms = [address, ...(address instanceof ipaddr.IPv6 ? fromMapped(address) : [mapped(address)])];
    return this.rules.some(([network, bits]) =>
      forms.some((form) => form.kind() === network.kind() && form.match(network, bits)),
    );
  }
}

/** With the dotted end of an IPv6 address in hex: the library takes `::10.0.0.1` for `::ffff:10.0.0.1`. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!text.includes(':')) return ipaddr.parse(text);
  const hex = (high: string, low: string) => ((Number(high) << 8) | Number(low)).toString(16);
  return ipaddr.parse(
    text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${hex(a, b)}:${hex(c, d)}`),
  );
}

function fromMapped(address: ipaddr.IPv6): readonly ipaddr.IPv4[] {
  return address.isIPv4MappedAddress() ? [address.toIPv4Address()] : [];
}

function mapped(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv6 {
  return address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address;
}
