import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { DnsResolver } from '../../adapters/dns-resolver.ts';
import { askServers } from '../../adapters/names/ask.ts';
import { Names } from '../../adapters/names/names.ts';
import { systemClock } from '../../adapters/system.ts';
import {
  having,
  type NameServer,
  type Question,
  type Reply,
  startNameServer,
} from '../support/name-server.ts';

const open: NameServer[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A resolver that asks a name server which says this. */
async function resolver(answer: (question: Question) => Reply, patienceMs?: number): Promise<DnsResolver> {
  const server = await startNameServer(answer);
  open.push(server);
  return new DnsResolver(new Names({ clock: systemClock, ask: askServers([server.address]) }), patienceMs);
}

test('a name resolves to all its addresses', async () => {
  const made = await resolver(having('93.184.216.34', '2606:4700::1'));
  assert.deepEqual([...(await made.addresses('h.example'))].sort(), ['2606:4700::1', '93.184.216.34']);
  assert.deepEqual(await made.addresses('localhost'), ['127.0.0.1', '::1']);
});

test('a name that does not resolve has no addresses, and is no error', async () => {
  const made = await resolver(() => ({ code: 3 }));
  for (const host of ['nowhere.invalid', `${'a'.repeat(300)}.example`]) {
    assert.deepEqual(await made.addresses(host), []);
  }
});

test('a name server that does not answer keeps nobody waiting, and is asked no longer', async () => {
  const made = await resolver(() => null, 20);
  // More than may wait for an answer at once.
  for (let i = 0; i < 20; i++) assert.deepEqual(await made.addresses(`h${i}.example`), []);
  assert.equal(new Set(open[0]?.asked.map(({ name }) => name)).size, 20);
});
