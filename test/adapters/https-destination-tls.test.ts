import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, test } from 'node:test';
import type { HttpsDestination } from '../../adapters/https-destination.ts';
import { certificateFile, loopbackDestination, post, type Resolve } from '../support/loopback-destination.ts';
import { startRawReceiver } from '../support/raw-receiver.ts';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

/** An HTTPS server with a certificate, counting the sessions that were used again. */
async function server(certificate: string): Promise<{ port: number; resumed: () => number }> {
  let resumed = 0;
  const made: Server = createServer(
    { key: certificateFile(`${certificate}.key`), cert: certificateFile(`${certificate}.pem`) },
    (request, response) =>
      request.resume().on('end', () => response.writeHead(200, { connection: 'close' }).end('ok')),
  );
  made.on('secureConnection', (socket) => {
    if (socket.isSessionReused()) resumed++;
  });
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  open.push(made);
  return { port: (made.address() as AddressInfo).port, resumed: () => resumed };
}

function destination(resolve?: Resolve): HttpsDestination {
  const made = loopbackDestination(resolve);
  open.push(made);
  return made;
}

test('a trusted certificate for the right name is accepted, and its session is used again', async () => {
  const good = await server('good');
  const client = destination();
  for (let i = 0; i < 3; i++) {
    const outcome = await post(client, `https://good.localhost:${good.port}/`);
    assert.equal(outcome.kind === 'answered' && outcome.status, 200, JSON.stringify(outcome));
  }
  assert.ok(good.resumed() >= 1, 'no session was resumed');
});

test('C033: a handshake that stalls is a time-out, one that is cut off a TLS failure', async () => {
  const silent = createTcpServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  open.push(silent);
  const stalled = await post(
    destination(),
    `https://good.localhost:${(silent.address() as AddressInfo).port}/`,
    200,
  );
  assert.equal(stalled.kind === 'unanswered' && stalled.error, 'timeout');
  const cut = createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  await new Promise<void>((resolve) => cut.listen(0, '127.0.0.1', resolve));
  open.push(cut);
  const failed = await post(destination(), `https://good.localhost:${(cut.address() as AddressInfo).port}/`);
  assert.equal(failed.kind === 'unanswered' && failed.error, 'tls', JSON.stringify(failed));
});

test('C034: a host whose first address is dead is reached by its second', async () => {
  const alive = await startRawReceiver((socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
  );
  open.push(alive);
  const dual: Resolve = (_host, tell) =>
    tell([
      { address: '127.99.99.99', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]);
  const outcome = await post(destination(dual), `http://dual.localhost:${alive.port}/`);
  assert.equal(outcome.kind === 'answered' && outcome.status, 200, JSON.stringify(outcome));
});
