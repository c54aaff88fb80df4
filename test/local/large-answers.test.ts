import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fanfare } from '../../client/fanfare.ts';
import type { AttemptBody } from '../../contract/api.ts';
import { DELIVERY_LOG_MODES } from '../../contract/delivery-log.ts';
import { DISPATCH, INGEST, LIST, SUBSCRIPTION } from '../../contract/limits.ts';
import { fanfareHere } from '../client/cli/run-here.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from './runner.ts';
import { until } from './until.ts';

const RETRIES = 61;
/** Of which JSON makes six bytes each; the attempt's number comes first. */
const CONTROL = '\u0001'.repeat(DISPATCH.maxResponseBodyBytes - 3);
const TENANT = 'large';

const control = (length: number): string => '\u0001'.repeat(length);
const fatMetadata = Object.fromEntries(
  Array.from({ length: INGEST.maxMetadataPairs }, (_, at) => [
    String(at).padStart(2, '0') + control(INGEST.maxMetadataKeyLength - 2),
    control(INGEST.maxMetadataValueLength),
  ]),
);

/** An answer as it came over the wire. */
async function get(runner: InProcessRunner, path: string) {
  const answer = await fetch(runner.url + path, { headers: { authorization: `Bearer ${runner.apiKey}` } });
  const text = await answer.text();
  assert.equal(answer.status, 200, text.slice(0, 300));
  assert.ok(Buffer.byteLength(text) <= LIST.maxBytes);
  return JSON.parse(text);
}

/** The ids of a list, page by page. */
async function walk(runner: InProcessRunner, path: string) {
  const ids: string[] = [];
  let pages = 0;
  for (let cursor: string | null = ''; cursor !== null; pages++) {
    const page = await get(runner, `${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    ids.push(...page.data.map(({ id }: { id: string }) => id));
    cursor = page.cursor;
  }
  return { ids, pages };
}

/** One delivery, sent again by hand so often. */
async function manyAttempts(runner: InProcessRunner, endpoint: Endpoint): Promise<string> {
  await runner.subscribe(endpoint.url, { tenant: TENANT, retrySchedule: [] });
  const event = await runner.post({ type: 'a.b', data: 1, tenant: TENANT });
  const list = `/v1/deliveries?tenant=${TENANT}&event=${event}`;
  const one = async () => (await get(runner, list)).data[0];
  await until('it was tried', async () => (await one())?.attemptCount === 1);
  const { id } = await one();
  const retry = () => runner.call('POST', `/v1/deliveries/${id}/retry?tenant=${TENANT}`);
  const sent = await Promise.all(Array.from({ length: RETRIES }, retry));
  assert.ok(sent.every(({ status }) => status === 202));
  await until('they were made', () => endpoint.requests.length === RETRIES + 1);
  await until('they are on record', async () => (await one()).attemptCount === RETRIES + 1);
  return id;
}

for (const mode of DELIVERY_LOG_MODES) {
  test(`C098: ${mode}: a delivery sent by hand 61 times to an endpoint that answers control characters can be looked at, and all of it`, async () => {
    let requests = 0;
    const endpoint = await startEndpoint(() => {
      requests++;
      return { status: 500, body: `${String(requests).padStart(3, '0')}${CONTROL}` };
    });
    const runner = await startInProcess({ deliveryLog: mode });
    try {
      const id = await manyAttempts(runner, endpoint);
      const first = await get(runner, `/v1/deliveries/${id}?tenant=${TENANT}`);
      assert.equal(first.attemptCount, RETRIES + 1);
      assert.ok(first.attempts.length < RETRIES && first.attemptsCursor !== null);
      const api = new Fanfare({ url: runner.url, apiKey: runner.apiKey });
      const all: AttemptBody[] = [];
      for await (const attempt of api.eachAttempt(id, { tenant: TENANT })) all.push(attempt);
      assert.equal(all.length, RETRIES + 1);
      assert.equal(new Set(all.map(({ responseBody }) => responseBody?.slice(0, 3))).size, RETRIES + 1);
      assert.ok(all.every(({ responseBody }) => responseBody?.slice(3) === CONTROL));
      const shown = (...more: string[]) =>
        fanfareHere(runner, ['--tenant', TENANT, 'deliveries', 'get', id, ...more]);
      const [some, whole] = [await shown(), await shown('--all')];
      const rows = (text: string) => text.split('\n').filter((line) => line.includes(' manual ')).length;
      assert.match(some.stderr, /There are older attempts; --all shows them\./);
      assert.ok(rows(some.stdout) < RETRIES);
      assert.deepEqual([whole.code, whole.stderr, rows(whole.stdout)], [0, '', RETRIES]);
      assert.deepEqual(runner.troubles, []);
    } finally {
      await runner.stop();
      await endpoint.close();
    }
  });
}

test('C098: 150 events and 100 subscriptions as fat as they may be are listed through the whole runner', async () => {
  const endpoint = await startEndpoint();
  const runner = await startInProcess();
  try {
    const fat = {
      tenant: TENANT,
      eventTypes: Array.from({ length: SUBSCRIPTION.maxEventTypes }, (_, at) => `t${at}`.padEnd(128, 'x')),
      filter: { data: { name: ['"'.repeat(4_000)] } },
      description: control(SUBSCRIPTION.maxDescriptionLength),
      metadata: fatMetadata,
    };
    const subscriptions: string[] = [];
    for (let at = 0; at < 100; at++) subscriptions.push((await runner.subscribe(endpoint.url, fat)).id);
    const events: string[] = [];
    for (let at = 0; at < 150; at++) {
      const event = { type: 'a.b', tenant: TENANT, data: 1, metadata: fatMetadata };
      events.push(await runner.post({ ...event, subject: control(INGEST.maxSubjectLength) }));
    }
    const listed = () => walk(runner, `/v1/events?tenant=${TENANT}&limit=150`);
    await until('all are on record', async () => (await listed()).ids.length === 150);
    assert.deepEqual((await listed()).ids, events.toReversed());
    assert.ok((await listed()).pages > 1);
    const found = await walk(runner, `/v1/subscriptions?tenant=${TENANT}&limit=100`);
    assert.deepEqual(found.ids, subscriptions.toReversed());
    assert.ok(found.pages > 1);
    assert.deepEqual(runner.troubles, []);
  } finally {
    await runner.stop();
    await endpoint.close();
  }
});
