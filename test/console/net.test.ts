import assert from 'node:assert/strict';
import * as node from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import * as browser from '../../console/subscriptions/net.ts';

const TEXTS = [
  ...['10.0.0.1', '10.1', '0x7f.0.0.1', '010.0.0.1', '00.0.0.0', '1.2.3.4.5', '256.1.1.1', '', ' 10.0.0.1'],
  ...[
    '::',
    '::1',
    ':',
    '::ffff:10.0.0.1',
    '::FFFF:a00:1',
    '::10.0.0.1',
    '::ffff:999.1.1.1',
    '::ffff:0:10.0.0.1',
  ],
  ...[
    '2001:db8::1',
    '2001:db8::g',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7::',
  ],
];

const family = (address: string) => (node.isIP(address) === 4 ? 'ipv4' : 'ipv6');

function agree(network: string, bits: number, address: string): void {
  const [theirs, ours] = [new node.BlockList(), new browser.BlockList()];
  for (const list of [theirs, ours]) list.addSubnet(network, bits, family(network));
  const expected = theirs.check(address, family(address));
  assert.equal(ours.check(address, family(address)), expected, `${address} in ${network}/${bits}`);
}

test('the browser takes for an address what Node takes for one', () => {
  for (const text of TEXTS) assert.equal(browser.isIP(text), node.isIP(text), JSON.stringify(text));
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => browser.isIP(text) === node.isIP(text)));
});

test('an address is in the networks that Node finds it in', () => {
  const addresses = TEXTS.filter((text) => node.isIP(text) !== 0);
  const networks = ['10.0.0.0/8', '0.0.0.0/0', '10.0.0.1/32', '::ffff:10.0.0.0/104', '2001:db8::/32', '::/0'];
  for (const network of networks) {
    const [at = '', bits] = network.split('/');
    for (const address of addresses) agree(at, Number(bits), address);
  }
  fc.assert(fc.property(fc.ipV4(), fc.nat(32), fc.ipV4(), agree));
  fc.assert(fc.property(fc.ipV6(), fc.nat(128), fc.ipV6(), agree));
});
