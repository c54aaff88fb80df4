import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { HttpsDestination } from '../../adapters/https-destination.ts';
import { NameError, type NameFault } from '../../adapters/names/name-error.ts';
import { systemClock } from '../../adapters/system.ts';
import type { OutgoingRequest, SendOutcome, SendResult } from '../../core/dispatch/ports.ts';
import { FakeClock } from '../support/clock.ts';
import { namesBy } from '../support/loopback-destination.ts';
import { type RawReceiver, startRawReceiver } from '../support/raw-receiver.ts';

const open: { close(): unknown }[] = [];
const LOOPBACK = { allowLoopback: true, internalEndpoints: [] };
const STRICT = { allowLoopback: false, internalEndpoints: [] };

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function receiver(
  answer: (socket: Socket, request: string, connection: number) => void,
): Promise<RawReceiver> {
  const started = await startRawReceiver(answer);
  open.push(started);
  return started;
}

function destination(
  options: Partial<ConstructorParameters<typeof HttpsDestination>[0]> = {},
): HttpsDestination {
  const made = new HttpsDestination({ policy: LOOPBACK, clock: systemClock, ...options });
  open.push(made);
  return made;
}

function post(url: string, fields: Partial<OutgoingRequest> = {}): OutgoingRequest {
  const body = fields.body ?? Buffer.from('{"n":1}');
  const headers = {
    'content-type': 'application/json',
    'content-length': String(body.length),
    'webhook-id': 'evt_1',
    'fanfare-delivery': 'dlv_1',
  };
  return { tenant: 'acme', url, headers, body, timeoutMs: 30_000, ...fields };
}

function answered(outcome: SendResult): Extract<SendOutcome, { kind: 'answered' }> {
  assert.equal(outcome.kind, 'answered', JSON.stringify(outcome));
  return outcome as Extract<SendOutcome, { kind: 'answered' }>;
}

const reply = (text: string) => (socket: Socket) => socket.write(text);

test('C025, C063: the status comes back as it was, redirects included, and no redirect is followed', async () => {
  const elsewhere = await receiver(reply('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  for (const status of [200, 201, 204, 299, 300, 301, 302, 304, 307, 308, 400, 404, 410, 500, 599]) {
    const length = status === 204 || status === 304 ? '' : 'content-length: 0\r\n';
    const one = await receiver(reply(`HTTP/1.1 ${status} X\r\nlocation: ${elsewhere.url}\r\n${length}\r\n`));
    assert.equal(answered(await destination().send(post(one.url))).status, status);
  }
  assert.equal(elsewhere.connections(), 0);
});

test('C030: HTTP/1.0 and answers that end with the connection are read', async () => {
  for (const head of ['HTTP/1.0 200 OK', 'HTTP/1.1 200 OK\r\nConnection: close']) {
    const one = await receiver((socket) => socket.end(`${head}\r\n\r\nok`));
    const { status, body } = answered(await destination().send(post(one.url)));
    assert.deepEqual([status, body, one.connections()], [200, 'ok', 1]);
  }
});

test('C031: informational answers are passed over, the final status counts', async () => {
  for (const status of [200, 500]) {
    const early = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(2);
    const one = await receiver(reply(`${early}HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n\r\n`));
    assert.equal(answered(await destination().send(post(one.url))).status, status);
  }
});

test('C027: a body that never ends is cut at 16 KiB, the status decides, and the socket is closed', async () => {
  let closed = false;
  const one = await receiver((socket) => {
    socket.on('close', () => {
      closed = true;
    });
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const more = (): void => {
      if (!socket.destroyed) socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`, more);
    };
    more();
  });
  const { status, body, truncated } = answered(await destination().send(post(one.url)));
  assert.deepEqual([status, body.length, truncated], [200, 16 * 1024, true]);
  while (!closed) await new Promise((resolve) => setImmediate(resolve));
});

test('C028: a compressed body is kept as it is, never inflated', async () => {
  const one = await receiver(
    reply('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x08'),
  );
  assert.equal(answered(await destination().send(post(one.url))).truncated, false);
});

test('C119: an answer may end in the middle of a character; only one that was cut loses its last one', async () => {
  const latin1 = Buffer.from('caf\xe9', 'latin1');
  const utf8 = Buffer.from('caf\u00e9');
  for (const [length, bytes, body] of [
    [4, latin1, 'caf\ufffd'],
    [5, utf8, 'caf\u00e9'],
    // Cut within its last character: by its server, and by our limit.
    [5, utf8.subarray(0, 4), 'caf'],
    [20_000, Buffer.from(`x${'\u00e9'.repeat(9_999)}`), `x${'\u00e9'.repeat(8_191)}`],
  ] as const) {
    const one = await receiver((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`);
      socket.end(bytes);
    });
    assert.equal(answered(await destination().send(post(one.url))).body, body);
  }
});

test('C029: response headers beyond 16 KiB fail the attempt with a reason', async () => {
  const one = await receiver(reply(`HTTP/1.1 200 OK\r\nx-big: ${'a'.repeat(40_960)}\r\n\r\n`));
  const outcome = await destination().send(post(one.url));
  assert.equal(outcome.kind === 'unanswered' && outcome.error, 'response-too-large');
});

test('a slow, silent or trickling endpoint is given up when the time is over', async () => {
  const silent = await receiver(() => undefined);
  const trickling = await receiver((socket) => socket.write('HTTP/1.1 200'));
  for (const one of [silent, trickling]) {
    const outcome = await destination().send(post(one.url, { timeoutMs: 150 }));
    assert.equal(outcome.kind === 'unanswered' && outcome.error, 'timeout');
  }
});

test('a body that stalls after the status counts by the status', async () => {
  const one = await receiver(reply('HTTP/1.1 201 OK\r\ncontent-length: 100\r\n\r\nhalf'));
  // Long enough for the status to arrive on a busy machine.
  const { status, body, truncated } = answered(await destination().send(post(one.url, { timeoutMs: 3_000 })));
  assert.deepEqual([status, body, truncated], [201, 'half', true]);
});

test('refused, reset and garbled connections are told apart, without addresses', async () => {
  // No program listens on this port; one that was free a moment ago may be anybody's by now.
  const closed = { url: 'http://127.0.0.1:1027/hook' };
  const reset = await receiver((socket) => socket.resetAndDestroy());
  const garbled = await receiver(reply('SMTP ready\r\n\r\n'));
  for (const [url, error] of [
    [closed.url, 'connect'],
    [reset.url, 'reset'],
    [garbled.url, 'protocol'],
  ] as const) {
    const outcome = await destination().send(post(url));
    assert.ok(outcome.kind === 'unanswered' && outcome.error === error, JSON.stringify(outcome));
    assert.doesNotMatch(outcome.detail, /127|\d{4}/);
  }
});

test('C032: a kept socket that died is replaced once, on the quiet', async () => {
  const one = await receiver((socket, _request, connection) => {
    if (connection === 1 && one.received()[0]?.split('POST').length === 3) return socket.resetAndDestroy();
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  });
  const client = destination();
  answered(await client.send(post(one.url)));
  answered(await client.send(post(one.url)));
  assert.equal(one.connections(), 2);
});

test('a new socket that dies before an answer is a failed attempt, sent once', async () => {
  const one = await receiver((socket) => socket.resetAndDestroy());
  assert.equal((await destination().send(post(one.url))).kind, 'unanswered');
  assert.equal(one.connections(), 1);
});

test('C032: a connection is kept as long as its server promises to, and let go of before that', async () => {
  const ended = Promise.withResolvers<void>();
  const promising = (seconds: number) =>
    receiver((socket) => {
      if (seconds > 1) socket.once('end', () => ended.resolve());
      socket.write(`HTTP/1.1 200 OK\r\nkeep-alive: timeout=${seconds}\r\ncontent-length: 0\r\n\r\n`);
    });
  const [short, long] = [await promising(1), await promising(2)];
  const client = destination();
  for (const { url } of [short, short, long, long]) answered(await client.send(post(url)));
  assert.equal(short.connections(), 2);
  assert.equal(long.connections(), 1);
  await ended.promise;
  answered(await client.send(post(long.url)));
  assert.equal(long.connections(), 2);
});

test('C090: sockets kept over a long pause are not used again', async () => {
  const clock = new FakeClock();
  const client = destination({ clock });
  const one = await receiver(reply('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  await client.send(post(one.url));
  await client.send(post(one.url));
  assert.equal(one.connections(), 1);
  clock.advance(5_001);
  await client.send(post(one.url));
  assert.equal(one.connections(), 2);
});

test('C038: resolver trouble is a failure that can pass', async () => {
  const faults: readonly NameFault[] = ['no-name', 'no-address', 'no-answer', 'server-failed'];
  for (const fault of faults) {
    const names = namesBy((_host, tell) => tell(new NameError(fault)));
    const outcome = await destination({ policy: STRICT, names }).send(post('https://h.example/hook'));
    assert.equal(outcome.kind === 'unanswered' && outcome.error, 'dns', fault);
  }
});

test('C061: the address that is checked is the address that is dialled', async () => {
  const one = await receiver(reply('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  for (const addresses of [
    [{ address: '127.0.0.1', family: 4 }],
    [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
    [{ address: '::ffff:127.0.0.1', family: 6 }],
    [],
  ]) {
    const names = namesBy((_host, tell) => tell(addresses));
    const url = `https://rebind.example:${one.port}/`;
    const outcome = await destination({ policy: STRICT, names }).send(post(url));
    assert.equal(outcome.kind === 'unanswered' && outcome.error, 'blocked');
  }
  assert.equal(one.connections(), 0);
});

test('C062: an address in a stored row is judged again, and nothing is resolved or dialled', async () => {
  const names = namesBy(() => assert.fail('nothing is to be resolved'));
  for (const url of [
    'https://169.254.169.254/',
    'https://[::1]:8443/',
    'https://localhost/',
    'http://93.184.216.34/',
    'nonsense',
  ]) {
    const outcome = await destination({ policy: STRICT, names }).send(post(url));
    assert.equal(outcome.kind === 'unanswered' && outcome.error, 'blocked', url);
  }
});

test('C057: the runtime API is out of reach even where loopback is allowed', async () => {
  const one = await receiver(reply('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  const policy = { allowLoopback: true, internalEndpoints: [`127.0.0.1:${one.port}`] };
  for (const host of ['127.0.0.1', 'localhost', '127.1']) {
    const outcome = await destination({ policy }).send(post(`http://${host}:${one.port}/`));
    assert.equal(outcome.kind === 'unanswered' && outcome.error, 'blocked', host);
  }
  assert.equal(one.connections(), 0);
});
