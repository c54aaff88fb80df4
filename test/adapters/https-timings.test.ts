import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import type { HttpsDestination } from '../../adapters/https-destination.ts';
import { NameError } from '../../adapters/names/name-error.ts';
import type { Timings } from '../../core/delivery.ts';
import type { SendOutcome } from '../../core/dispatch/ports.ts';
import { certificateFile, loopbackDestination, post, type Resolve } from '../support/loopback-destination.ts';
import { startRawReceiver } from '../support/raw-receiver.ts';

const open: { close(): unknown }[] = [];
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n';

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** Answers after a moment, as a name server does. */
const loopback: Resolve = (_host, tell) => setTimeout(() => tell([{ address: '127.0.0.1', family: 4 }]), 5);

function destination(resolve: Resolve = loopback): HttpsDestination {
  const made = loopbackDestination(resolve);
  open.push(made);
  return made;
}

async function plain(answer: (socket: Socket, request: string, connection: number) => void) {
  const started = await startRawReceiver(answer);
  open.push(started);
  return started;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
}

/** Long enough to come to the phase that stalls on a busy machine. */
const STALLED_MS = 3_000;

const PHASES = ['dnsMs', 'connectMs', 'tlsMs', 'firstByteMs', 'readMs'] as const;

/** The phases that took place, after a look at what holds for each attempt: they add up to its whole time. */
function phasesOf(outcome: SendOutcome): readonly (keyof Timings)[] {
  const { timings, durationMs } = outcome;
  assert.ok(timings, JSON.stringify(outcome));
  const took = PHASES.map((name) => timings[name]).filter((ms) => ms !== null);
  assert.ok(
    took.every((ms) => Number.isInteger(ms) && ms >= 0),
    JSON.stringify(timings),
  );
  assert.equal(
    took.reduce((sum, ms) => sum + ms, 0),
    Math.round(durationMs),
  );
  return PHASES.filter((name) => timings[name] !== null);
}

test('over TLS a new connection has every phase, a kept one the answer alone', async () => {
  const server = createServer(
    { key: certificateFile('good.key'), cert: certificateFile('good.pem') },
    (request, response) => request.resume().on('end', () => response.end('ok')),
  );
  const url = `https://good.localhost:${await listening(server)}/`;
  const client = destination();
  assert.deepEqual(phasesOf(await post(client, url)), PHASES);
  assert.deepEqual(phasesOf(await post(client, url)), ['firstByteMs', 'readMs']);
});

test('a plain connection has no TLS, and a literal address no look-up', async () => {
  const one = await plain((socket) => socket.write(`${OK}ok`));
  const named = await post(destination(), `http://plain.localhost:${one.port}/`);
  assert.deepEqual(phasesOf(named), ['dnsMs', 'connectMs', 'firstByteMs', 'readMs']);
  const client = destination();
  assert.deepEqual(phasesOf(await post(client, one.url)), ['connectMs', 'firstByteMs', 'readMs']);
  assert.deepEqual(phasesOf(await post(client, one.url)), ['firstByteMs', 'readMs']);
});

test('waiting for the answer and reading it are told apart', async () => {
  const stalling = await plain((socket) => socket.write(OK));
  const silent = await plain(() => undefined);
  const [reading, waiting] = await Promise.all([
    post(destination(), stalling.url, STALLED_MS),
    post(destination(), silent.url, STALLED_MS),
  ]);
  assert.deepEqual(phasesOf(reading), ['connectMs', 'firstByteMs', 'readMs']);
  assert.ok((reading.timings?.readMs ?? 0) > 0, JSON.stringify(reading));
  assert.deepEqual(phasesOf(waiting), ['connectMs', 'firstByteMs']);
  assert.ok((waiting.timings?.firstByteMs ?? 0) > 0, JSON.stringify(waiting));
});

test('a failed attempt ends with the phase that it failed in', async () => {
  const unknown: Resolve = (_host, tell) => setTimeout(() => tell(new NameError('no-name')), 5);
  const noName = await post(destination(unknown), 'http://none.localhost/');
  assert.deepEqual(phasesOf(noName), ['dnsMs']);
  const noNameServer = await post(
    destination(() => undefined),
    'http://none.localhost/',
    100,
  );
  assert.deepEqual(phasesOf(noNameServer), ['dnsMs']);

  // No program listens on this port; one that was free a moment ago may be anybody's by now.
  assert.deepEqual(phasesOf(await post(destination(), 'http://127.0.0.1:1027/')), ['connectMs']);
  const named = await post(destination(), 'http://closed.localhost:1027/');
  assert.deepEqual(phasesOf(named), ['dnsMs', 'connectMs']);

  const stalled = await listening(createTcpServer(() => undefined));
  const cut = await listening(createTcpServer((socket) => socket.once('data', () => socket.destroy())));
  for (const port of [stalled, cut]) {
    const outcome = await post(destination(), `https://good.localhost:${port}/`, STALLED_MS);
    assert.deepEqual(phasesOf(outcome), ['dnsMs', 'connectMs', 'tlsMs']);
  }
  const untrusted = createServer({
    key: certificateFile('untrusted.key'),
    cert: certificateFile('untrusted.pem'),
  });
  const refused = await post(destination(), `https://untrusted.localhost:${await listening(untrusted)}/`);
  assert.deepEqual(phasesOf(refused), ['dnsMs', 'connectMs', 'tlsMs']);
});

test('a request that never left has no phases', async () => {
  const outcome = await post(destination(), 'nonsense');
  assert.deepEqual([outcome.kind, outcome.timings], ['unanswered', null]);
});

test('of a request that went out again on a new connection the second time is told', async () => {
  const one = await plain((socket, _request, connection) => {
    if (connection === 1 && one.received()[0]?.split('POST').length === 3) return socket.resetAndDestroy();
    socket.write(`${OK}ok`);
  });
  const client = destination();
  await post(client, one.url);
  const { timings, durationMs } = await post(client, one.url);
  assert.equal(one.connections(), 2);
  assert.ok(timings && timings.connectMs !== null && timings.readMs !== null, JSON.stringify(timings));
  const sum = PHASES.reduce((all, name) => all + (timings[name] ?? 0), 0);
  assert.ok(sum <= Math.round(durationMs) + 1, `${sum} of ${durationMs}`);
});
