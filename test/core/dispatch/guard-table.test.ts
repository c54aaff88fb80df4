import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { judgeUrl } from '../../../core/dispatch/destination-url.ts';
import { isPublicAddress } from '../../../core/dispatch/public-address.ts';

/** What may be dialled and what not, with the reason. The verdict column of the page comes from the code. */
const CASES: readonly (readonly [place: string, what: string, allowed: boolean])[] = [
  ['h.example', 'a public name', true],
  ['H.EXAMPLE', 'the same in capitals', true],
  ['h.example.', 'the same with the root label', true],
  ['xn--bcher-kva.example', 'an internationalised name', true],
  ['bücher.example', 'the same as written', true],
  ['93.184.216.34', 'a public IPv4 address', true],
  ['1.1.1.1', 'a public IPv4 address', true],
  ['172.15.255.255', 'just below a private range', true],
  ['172.32.0.1', 'just above a private range', true],
  ['100.63.255.255', 'just below carrier-grade NAT', true],
  ['100.128.0.1', 'just above carrier-grade NAT', true],
  ['169.253.255.255', 'just below link-local', true],
  ['[2606:4700:4700::1111]', 'a public IPv6 address', true],
  ['[2a00:1450:4001::200e]', 'a public IPv6 address', true],
  ['[64:ff9b::5db8:d822]', 'a public IPv4 address behind NAT64, RFC 6052', true],
  ['localhost', 'this machine, RFC 6761', false],
  ['LOCALHOST', 'the same in capitals', false],
  ['localhost.', 'the same with the root label', false],
  ['a.localhost', 'a name below it', false],
  ['x.internal', 'a name of cloud networks', false],
  ['x.internal.', 'the same with the root label', false],
  ['printer.local', 'multicast DNS, RFC 6762', false],
  ['127.0.0.1', 'loopback, RFC 1122', false],
  ['127.255.255.254', 'loopback, RFC 1122', false],
  ['127.1', 'loopback, short', false],
  ['2130706433', 'loopback as a number', false],
  ['0x7f.1', 'loopback in hex', false],
  ['0x7f000001', 'loopback in hex, one number', false],
  ['017700000001', 'loopback in octal', false],
  ['0177.0.0.1', 'loopback in octal, parts', false],
  ['127。0。0。1', 'loopback with ideographic full stops', false],
  ['①②⑦.⓪.⓪.①', 'loopback in circled digits', false],
  ['0', 'this network, RFC 791', false],
  ['0.0.0.0', 'this network, RFC 791', false],
  ['0.1.2.3', 'this network, RFC 791', false],
  ['10.0.0.5', 'private, RFC 1918', false],
  ['172.16.0.1', 'private, RFC 1918', false],
  ['172.31.255.1', 'private, RFC 1918', false],
  ['192.168.1.1', 'private, RFC 1918', false],
  ['100.64.0.1', 'carrier-grade NAT, RFC 6598', false],
  ['169.254.169.254', 'instance metadata, link-local, RFC 3927', false],
  ['0xa9.0xfe.0xa9.0xfe', 'instance metadata in hex', false],
  ['0251.0376.0251.0376', 'instance metadata in octal', false],
  ['2852039166', 'instance metadata as a number', false],
  ['169.254.169.254.', 'instance metadata with the root label', false],
  ['169.254.100.1', "Lambda's runtime API", false],
  ['169.254.170.2', 'container credentials', false],
  ['192.0.0.1', 'protocol assignments, RFC 6890', false],
  ['192.0.2.1', 'documentation, RFC 5737', false],
  ['198.51.100.1', 'documentation, RFC 5737', false],
  ['203.0.113.1', 'documentation, RFC 5737', false],
  ['198.18.0.1', 'benchmarks, RFC 2544', false],
  ['192.88.99.1', '6to4 relays, RFC 7526', false],
  ['224.0.0.1', 'multicast, RFC 5771', false],
  ['240.0.0.1', 'reserved, RFC 1112', false],
  ['255.255.255.255', 'broadcast, RFC 919', false],
  ['[::]', 'unspecified, RFC 4291', false],
  ['[::1]', 'loopback, RFC 4291', false],
  ['[fe80::1]', 'link-local, RFC 4291', false],
  ['[fc00::1]', 'unique local, RFC 4193', false],
  ['[fd00:ec2::254]', 'instance metadata over IPv6', false],
  ['[ff02::1]', 'multicast, RFC 4291', false],
  ['[2001:db8::1]', 'documentation, RFC 3849', false],
  ['[3fff::1]', 'documentation, RFC 9637', false],
  ['[100::1]', 'discard, RFC 6666', false],
  ['[::ffff:127.0.0.1]', 'IPv4-mapped loopback, RFC 4291', false],
  ['[::ffff:7f00:1]', 'the same in hex', false],
  ['[::ffff:a9fe:a9fe]', 'IPv4-mapped metadata', false],
  ['[0:0:0:0:0:ffff:0a00:0001]', 'IPv4-mapped private', false],
  ['[::7f00:1]', 'IPv4-compatible loopback, RFC 4291', false],
  ['[64:ff9b::7f00:1]', 'loopback behind NAT64, RFC 6052', false],
  ['[64:ff9b:1::a9fe:a9fe]', 'metadata behind local NAT64, RFC 8215', false],
  ['[2002:7f00:1::]', 'loopback in 6to4, RFC 3056', false],
  ['[2002:a9fe:a9fe::1]', 'metadata in 6to4', false],
  ['[2001:0:7f00:1::]', 'Teredo, RFC 4380', false],
  ['[2606:4700::5efe:7f00:1]', 'loopback in ISATAP, RFC 5214', false],
];

const PAGE = new URL('../../../docs/destination-guard.md', import.meta.url);

function page(): string {
  const rows = CASES.map(([place, what]) => `| \`${place}\` | ${what} | ${verdict(place)} |`);
  return [
    '# Where a subscription may lead',
    '',
    'What the destination guard says of hosts and addresses, in a deployment (the local runner lets loopback in as well). A name is',
    'judged once more for every address it resolves to, in the look-up the connection itself uses; one address that is not public',
    'refuses all. Every refusal is answered alike. The ranges with their sources are in `core/dispatch/address-ranges.ts`.',
    '',
    'Names are asked of name servers (A and AAAA, the chains of CNAME followed); a hosts file is never looked at. `localhost` and what',
    'ends in `.localhost` are this machine, without asking (RFC 6761). The answer is kept for as long as its owner says, at most five',
    'minutes, and what is kept is judged again for each connection. At most eight addresses of a name are dialled.',
    '',
    'This page is made by its test: `UPDATE_DOCS=1 npm test -- test/core/dispatch/guard-table.test.ts`.',
    '',
    '| host | what it is | verdict |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function verdict(place: string): string {
  return judgeUrl(`https://${place}/`, { allowLoopback: false, internalEndpoints: [] }).kind;
}

test('the guard says of each place what it should', () => {
  assert.ok(CASES.length >= 60);
  for (const [place, what, allowed] of CASES) {
    assert.equal(verdict(place), allowed ? 'allowed' : 'refused', `${place}: ${what}`);
  }
});

test('zone ids and what is no address are not public', () => {
  for (const text of [
    'fe80::1%eth0',
    '2606:4700::1%1',
    '',
    'h.example',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '::g',
  ]) {
    assert.equal(isPublicAddress(text), false, text);
  }
});

test('the page in the documentation shows these verdicts', () => {
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, page());
  assert.equal(readFileSync(PAGE, 'utf8'), page());
});
