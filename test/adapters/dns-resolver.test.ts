import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsResolver } from '../../adapters/dns-resolver.ts';

test('a name resolves to all its addresses', async () => {
  const addresses = await new DnsResolver().addresses('localhost');
  assert.ok(addresses.length > 0);
  for (const address of addresses) assert.match(address, /^(127\.0\.0\.1|::1)$/);
});

test('a name that does not resolve has no addresses, is no error, and keeps nobody waiting', async () => {
  const began = performance.now();
  // Never resolves: RFC 6761 section 6.4; the second is no host name at all.
  for (const host of ['nowhere.invalid', `${'a'.repeat(300)}.example`]) {
    assert.deepEqual(await new DnsResolver().addresses(host), []);
  }
  assert.ok(performance.now() - began < 5_000);
});
