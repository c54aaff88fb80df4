import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsResolver } from '../../adapters/dns-resolver.ts';

test('a name resolves to all its addresses', async () => {
  const addresses = await new DnsResolver().addresses('localhost');
  assert.ok(addresses.length > 0);
  for (const address of addresses) assert.match(address, /^(127\.0\.0\.1|::1)$/);
});

test('a name that does not resolve has no addresses, and is no error', async () => {
  // Never resolves: RFC 6761 section 6.4; the second is no host name at all.
  for (const host of ['nowhere.invalid', `${'a'.repeat(300)}.example`]) {
    assert.deepEqual(await new DnsResolver().addresses(host), []);
  }
});

test('a name server that does not answer keeps nobody waiting', async () => {
  const asked: string[] = [];
  const silent = (host: string) => {
    asked.push(host);
    return new Promise<never>(() => {});
  };
  assert.deepEqual(await new DnsResolver(silent, 20).addresses('h.example'), []);
  assert.deepEqual(asked, ['h.example']);
});
