import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressFamily, compileNetworks } from '../../../core/fan-out/match-network.ts';
import { Steps } from '../../../core/fan-out/match-steps.ts';

const TEXTS = [
  ...['10.0.0.1', '10.1', '0x7f.0.0.1', '010.0.0.1', '00.0.0.0', '1.2.3.4.5', '256.1.1.1', '', ' 10.0.0.1'],
  ...['::', '::1', ':', ':::', '1::', '::ffff:10.0.0.1', '::FFFF:a00:1', '::10.0.0.1', '::ffff:999.1.1.1'],
  ...['::ffff:0:10.0.0.1', '2001:db8::1', '2001:db8::g', '1::2::3', '12345::', '1:2:3:4:5:6:7:8', '::1.2.3'],
  ...['1:2:3:4:5:6:7', '1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:8::', '::2:3:4:5:6:7:8', '1:2:3:4:5:6:1.2.3.4'],
  ...['1:2:3:4:5:6:7:1.2.3.4', '1.2.3.4::', '1.2.3.4:5::', ':1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8:', '1:::2'],
  ...['fe80::1%eth0', 'fe80::1%', '10.0.0.1%eth0', '%eth0', 'fe80::1%e%f', '::%1', '2001:DB8::A', '::1/64'],
];

const family = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

function agree(network: string, bits: number, address: string): void {
  const theirs = new BlockList();
  theirs.addSubnet(network, bits, family(network));
  const steps = new Steps();
  steps.begin();
  const ours = compileNetworks([{ address: network, bits }])(address, steps);
  assert.equal(ours, theirs.check(address, family(address)), `${address} in ${network}/${bits}`);
}

test('what is taken for an address is what Node takes for one', () => {
  for (const text of TEXTS) assert.equal(addressFamily(text), isIP(text), JSON.stringify(text));
  const pieces = fc.constantFrom(':', '::', '.', '0', '1', 'ffff', '255', '256', '%', 'g', '1.2.3.4');
  const made = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), made), (text) => {
      assert.equal(addressFamily(text), isIP(text), text);
    }),
    { numRuns: 5_000 },
  );
});

test('an address is in the networks that Node finds it in', () => {
  const addresses = TEXTS.filter((text) => isIP(text) !== 0);
  const networks = ['10.0.0.0/8', '0.0.0.0/0', '10.0.0.1/32', '::ffff:10.0.0.0/104', '2001:db8::/32', '::/0'];
  for (const network of [...networks, 'fe80::/10', '::/96']) {
    const [at = '', bits] = network.split('/');
    for (const address of addresses) agree(at, Number(bits), address);
  }
  fc.assert(fc.property(fc.ipV4(), fc.nat(32), fc.ipV4(), agree));
  fc.assert(fc.property(fc.ipV6(), fc.nat(128), fc.ipV6(), agree));
  fc.assert(fc.property(fc.ipV6(), fc.nat(128), fc.ipV4(), agree));
});
