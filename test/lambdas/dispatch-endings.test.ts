import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { DispatchWorld, received } from '../support/dispatch-world.ts';
import { HOSTILE_PEERS } from '../support/hostile-peers.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { loopbackDestination } from '../support/loopback-destination.ts';
import { startRawReceiver } from '../support/raw-receiver.ts';
import { subscription } from '../support/subscription.ts';

const open: { close(): unknown }[] = [];
/** Of the others only the deadline is told apart, and their connections: test/adapters/https-endings.test.ts. */
const PEERS = HOSTILE_PEERS.filter((peer) => peer.tls === undefined && peer.healthyFirst === undefined);

after(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

test('C092: an invocation of nothing but hostile endpoints and one healthy tenant ends, with a row and a retry for each that failed', {
  timeout: 120_000,
}, async () => {
  const w = new DispatchWorld();
  const client = loopbackDestination();
  open.push(client);
  w.destination = (request) => client.send(request);
  for (const [i, peer] of PEERS.entries()) {
    const hostile = await startHostileServer(peer);
    open.push(hostile);
    await w.subscriptions.create(subscription({ id: `sub_${i}`, url: hostile.url, timeoutSeconds: 2 }));
  }
  const healthy = await startRawReceiver((socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
  );
  open.push(healthy);
  await w.subscriptions.create(subscription({ tenant: 'beside', id: 'sub_ok', url: healthy.url }));

  const hostile = PEERS.map((_, i) => received([`sub_${i}`]));
  const beside = received(['sub_ok'], { event: eventEnvelope({ tenant: 'beside' }) });
  assert.deepEqual(await w.run([...hostile, beside]), []);

  const rows = new Map(w.log.rows.map((row) => [row.subscription, row]));
  assert.equal(rows.get('sub_ok')?.status, 'succeeded');
  const retried = new Set(w.next.flatMap(({ targets }) => targets));
  for (const [i, { title, ends }] of PEERS.entries()) {
    const row = rows.get(`sub_${i}`);
    const failed = 'error' in ends || ends.status >= 300;
    assert.equal(row?.status, failed ? 'retrying' : 'succeeded', title);
    assert.equal(row?.result?.error, 'error' in ends ? ends.error : null, title);
    assert.equal(retried.has(`sub_${i}`), failed, title);
  }
  assert.equal(w.slots.open, 0);
});
