import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { HttpsDestination } from '../../adapters/https-destination.ts';
import { askServers } from '../../adapters/names/ask.ts';
import { Names } from '../../adapters/names/names.ts';
import type { DestinationPolicy } from '../../core/dispatch/destination-url.ts';
import type { SendResult } from '../../core/dispatch/ports.ts';
import { until } from '../local/until.ts';
import { certificate } from '../support/certificates.ts';
import { FakeClock } from '../support/clock.ts';
import {
  having,
  type NameServer,
  type Question,
  type Reply,
  startNameServer,
} from '../support/name-server.ts';

const open: { close(): unknown }[] = [];
const STRICT = { allowLoopback: false, internalEndpoints: [] };
const LOOPBACK = { allowLoopback: true, internalEndpoints: [] };
const root = certificate('authority', { authority: true });
const leaf = certificate('names.test', { by: root, names: ['*.names.test'] });

afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

async function nameServer(answer: (question: Question) => Reply): Promise<NameServer> {
  const started = await startNameServer(answer);
  open.push(started);
  return started;
}

/** An endpoint under every name of `names.test`, counting its requests. */
async function endpoint(): Promise<{ readonly port: number; requests(): number }> {
  let requests = 0;
  const server = createServer({ key: leaf.key, cert: leaf.cert }, (request, response) => {
    requests++;
    request.resume().on('end', () => response.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => server.close().closeAllConnections() });
  return { port: (server.address() as AddressInfo).port, requests: () => requests };
}

function destination(one: NameServer, policy: DestinationPolicy = LOOPBACK): HttpsDestination {
  const clock = new FakeClock();
  const names = new Names({ clock, ask: askServers([one.address]) });
  const made = new HttpsDestination({ policy, clock, names, ca: root.cert });
  open.push(made);
  return made;
}

function post(
  client: HttpsDestination,
  url: string,
  tenant = 'acme',
  timeoutMs = 300_000,
): Promise<SendResult> {
  return client.send({
    tenant,
    url,
    headers: { 'content-length': '2', 'fanfare-delivery': 'dlv_1' },
    body: Buffer.from('{}'),
    timeoutMs,
  });
}

function said(outcome: SendResult): string | number {
  if (outcome.kind === 'not-started') return outcome.kind;
  return outcome.kind === 'answered' ? outcome.status : outcome.error;
}

const silentFor = (part: string) => (question: Question) =>
  question.name.includes(part) ? null : having('127.0.0.1')(question);

test('C024: names whose server is silent hold up no tenant but their own, whose look-ups are bounded', async () => {
  const one = await nameServer(silentFor('silent'));
  const { port, requests } = await endpoint();
  const client = destination(one);
  const silent = Array.from({ length: 20 }, (_, i) =>
    post(client, `https://silent${i}.names.test:${port}/`, 'silent'),
  );
  const asked = () => new Set(one.asked.map(({ name }) => name).filter((name) => name.startsWith('silent')));
  await until('some are asked for', () => asked().size >= 8);
  const innocent = await Promise.all(
    Array.from({ length: 10 }, (_, i) => post(client, `https://innocent${i}.names.test:${port}/`)),
  );
  assert.deepEqual(innocent.map(said), new Array(10).fill(200));
  assert.equal(requests(), 10);
  assert.ok(asked().size === 8, [...asked()].join());
  const ends = (await Promise.all(silent)).map(said);
  // Eight were asked for, in vain; of the others nobody was, and that is nobody's failure.
  assert.deepEqual(Map.groupBy(ends, (end) => end).get('dns')?.length, 8);
  assert.equal(Map.groupBy(ends, (end) => end).get('not-started')?.length, 12);
});

test('a tenant with more names than look-ups at once has them looked up in turns', async () => {
  const one = await nameServer(having('127.0.0.1'));
  const { port } = await endpoint();
  const client = destination(one);
  const sent = Array.from({ length: 60 }, (_, i) => post(client, `https://h${i}.names.test:${port}/`));
  assert.deepEqual((await Promise.all(sent)).map(said), new Array(60).fill(200));
});

test('a look-up ends with the request that waits for it: a failed look-up, or one that was never made', async () => {
  const one = await nameServer(silentFor('silent'));
  const { port } = await endpoint();
  const client = destination(one);
  const sent = Array.from({ length: 12 }, (_, i) =>
    post(client, `https://silent${i}.names.test:${port}/`, 'acme', 300),
  );
  const ends = (await Promise.all(sent)).map(said);
  assert.deepEqual(ends, [...new Array(8).fill('dns'), ...new Array(4).fill('not-started')]);
  // Their places are free again.
  assert.equal(said(await post(client, `https://fine.names.test:${port}/`)), 200);
});

test('C061: every address that name servers tell is judged, and one that is not public refuses all', async () => {
  const { port, requests } = await endpoint();
  const many = Array.from({ length: 99 }, (_, i) => `93.184.216.${i}`);
  const chain: (question: Question) => Reply = ({ name, type }) => ({
    records: [
      { name, type: 'CNAME', value: 'inside.example' },
      ...(type === 'A' ? [{ name: 'inside.example', value: '10.0.0.5' }] : []),
    ],
  });
  for (const answer of [
    having('127.0.0.1'),
    having('93.184.216.34', '10.0.0.5'),
    having(...many, '169.254.169.254'),
    having('93.184.216.34', '::1'),
    having('93.184.216.34', 'fd00::1'),
    chain,
  ]) {
    const client = destination(await nameServer(answer), STRICT);
    // The second time from memory.
    for (let i = 0; i < 2; i++)
      assert.equal(said(await post(client, `https://h.names.test:${port}/`)), 'blocked');
  }
  assert.equal(requests(), 0);
});

test('what is known of a name is judged again for each port', async () => {
  const one = await nameServer(having('127.0.0.1'));
  const [internal, free] = [await endpoint(), await endpoint()];
  const client = destination(one, { allowLoopback: true, internalEndpoints: [`127.0.0.1:${internal.port}`] });
  assert.equal(said(await post(client, `https://h.names.test:${free.port}/`)), 200);
  assert.equal(said(await post(client, `https://h.names.test:${internal.port}/`)), 'blocked');
  assert.equal(internal.requests(), 0);
});

test('a name that is known takes no time, and what fails after it is not its fault', async () => {
  const one = await nameServer(having('127.0.0.1'));
  const client = destination(one);
  for (let i = 0; i < 2; i++) {
    // No program listens on this port.
    const outcome = await post(client, 'https://h.names.test:1027/');
    assert.ok(outcome.kind === 'unanswered' && outcome.error === 'connect');
    assert.notEqual(outcome.timings?.connectMs ?? null, null);
    if (i > 0) assert.equal(outcome.timings?.dnsMs, 0);
  }
  assert.equal(one.asked.length, 2);
});

test('C034: of a name with a hundred dead addresses no more than eight are dialled', async () => {
  const dialled: string[] = [];
  const watch = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    request.once('socket', (socket) => socket.on('connectionAttempt', (ip: string) => dialled.push(ip)));
  };
  subscribe('http.client.request.created', watch);
  const dead = Array.from({ length: 100 }, (_, i) => `127.99.99.${i}`);
  const client = destination(await nameServer(having(...dead)));
  const outcome = await post(client, 'https://h.names.test:1027/');
  unsubscribe('http.client.request.created', watch);
  assert.equal(said(outcome), 'connect');
  assert.equal(new Set(dialled).size, 8);
});
