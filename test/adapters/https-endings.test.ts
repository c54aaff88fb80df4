import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import type { HttpsDestination } from '../../adapters/https-destination.ts';
import type { SendResult } from '../../core/dispatch/ports.ts';
import { until } from '../local/until.ts';
import { HOSTILE_PEERS, type HostilePeer } from '../support/hostile-peers.ts';
import { type HostileServer, startHostileServer } from '../support/hostile-server.ts';
import { loopbackDestination } from '../support/loopback-destination.ts';
import { startRawReceiver } from '../support/raw-receiver.ts';

const open: { close(): unknown }[] = [];
/** Long enough to come to the point that stalls on a busy machine. */
const STALLED_MS = 2_000;
/** Never the end of what does not stall. */
const PLENTY_MS = 300_000;

/** Every socket that a request went out on, with the request's path. */
const sockets: { readonly path: string; readonly socket: Socket }[] = [];

function watch(message: unknown): void {
  const { request } = message as { readonly request: ClientRequest };
  request.once('socket', (socket) => sockets.push({ path: request.path, socket }));
}

before(() => subscribe('http.client.request.created', watch));

after(() => {
  unsubscribe('http.client.request.created', watch);
  for (const one of open.splice(0).reverse()) one.close();
});

function destination(): HttpsDestination {
  const made = loopbackDestination();
  open.push(made);
  return made;
}

async function started(peer: HostilePeer): Promise<HostileServer> {
  const made = await startHostileServer(peer);
  open.push(made);
  return made;
}

function post(client: HttpsDestination, url: string, timeoutMs: number, bytes = 2): Promise<SendResult> {
  const headers = { 'content-length': String(bytes), 'fanfare-delivery': 'dlv_1' };
  return client.send({ tenant: 'acme', url, headers, body: Buffer.alloc(bytes, 'x'), timeoutMs });
}

async function innocent() {
  const made = await startRawReceiver((socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
  );
  open.push(made);
  return made;
}

test('C092: whatever way a peer ends, stalls or lies, the attempt ends, its connection closes and no neighbour waits', {
  timeout: 120_000,
}, async (t) => {
  const client = destination();
  const neighbour = await innocent();
  const concurrency = HOSTILE_PEERS.length;
  await t.test('each of them', { concurrency }, async (all) => {
    await Promise.all(
      HOSTILE_PEERS.map((peer) =>
        all.test(peer.title, async () => {
          const hostile = await started(peer);
          for (let i = 0; i < (peer.healthyFirst ?? 0); i++)
            assert.equal((await post(client, hostile.url, PLENTY_MS)).kind, 'answered');
          const attempt = post(client, hostile.url, peer.stalls ? STALLED_MS : PLENTY_MS, peer.bodyBytes);
          const beside = await post(client, neighbour.url, PLENTY_MS);
          assert.equal(beside.kind === 'answered' && beside.status, 200, 'the neighbour');
          const outcome = await attempt;
          const { ends } = peer;
          if ('error' in ends)
            assert.equal(outcome.kind === 'unanswered' && outcome.error, ends.error, said(outcome));
          else {
            assert.equal(outcome.kind === 'answered' && outcome.status, ends.status, said(outcome));
            if (ends.body !== undefined) assert.equal(outcome.kind === 'answered' && outcome.body, ends.body);
          }
          assert.equal(hostile.connections(), peer.resent ? 2 : 1, 'connections');
          const ours = () => sockets.filter(({ path }) => path === hostile.path);
          assert.ok(ours().length > 0);
          if (!peer.kept)
            await until('nothing is left open', () => ours().every(({ socket }) => socket.closed));
        }),
      ),
    );
  });
});

function said(outcome: SendResult): string {
  return JSON.stringify({ ...outcome, timings: null }).slice(0, 300);
}
