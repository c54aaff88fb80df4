import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { until } from '../local/until.ts';
import { loopbackDestination, post } from '../support/loopback-destination.ts';
import { startRawReceiver } from '../support/raw-receiver.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

test('an environment keeps 256 idle connections, however many endpoints it has; those that were idle longest go', async () => {
  const one = await startRawReceiver((socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
  );
  const client = loopbackDestination();
  open.push(one, client);
  const ask = async (i: number) => {
    const outcome = await post(client, `http://h${i}.localhost:${one.port}/`);
    assert.equal(outcome.kind === 'answered' && outcome.status, 200);
  };
  for (let i = 0; i < 300; i++) await ask(i);
  await until('the others are closed', () => one.open() === 256);
  assert.equal(one.connections(), 300);
  // The last ones are there, and using one keeps it.
  for (const i of [299, 44, 299]) await ask(i);
  assert.equal(one.connections(), 300);
  await ask(0);
  await ask(44);
  assert.equal(one.connections(), 301);
  await ask(45);
  assert.equal(one.connections(), 302, 'the one that was idle longest had made room');
});
