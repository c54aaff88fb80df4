import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmfMeter } from '../../adapters/emf-meter.ts';
import { METRICS, METRICS_NAMESPACE, PIPELINE_DIMENSION } from '../../contract/metrics.ts';
import type { ReceivedRecord } from '../../core/queue.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { printedBy, readEmf } from '../support/emf-lines.ts';
import { subscription } from '../support/subscription.ts';

const PIPELINE = 'Fanfare/Pipeline';

test('counts of an invocation are one value, distributions keep each', async () => {
  const meter = new EmfMeter(PIPELINE);
  const lines = await printedBy(() => {
    for (const ms of [5, 7, 300]) {
      meter.measure('AttemptLatency', ms);
      meter.measure('AttemptsSucceeded', 1);
      meter.measure('AttemptsInFlight', ms);
    }
    meter.publish();
  });
  assert.equal(lines.length, 1);
  assert.deepEqual(Object.fromEntries(readEmf(lines).map(({ name, values }) => [name, values])), {
    AttemptLatency: [5, 7, 300],
    AttemptsSucceeded: [3],
    AttemptsInFlight: [300],
  });
});

test('a metric with a dimension has a line for each of its values', async () => {
  const meter = new EmfMeter(PIPELINE);
  const lines = await printedBy(() => {
    meter.measure('AttemptsFailed', 1, '5xx');
    meter.measure('AttemptsFailed', 1, 'timeout');
    meter.measure('AttemptsFailed', 1, '5xx');
    meter.publish();
  });
  assert.deepEqual(
    readEmf(lines).map(({ dimensions, values, unit }) => [dimensions, values, unit]),
    [
      [{ [PIPELINE_DIMENSION]: PIPELINE, Class: '5xx' }, [2], 'Count'],
      [{ [PIPELINE_DIMENSION]: PIPELINE, Class: 'timeout' }, [1], 'Count'],
    ],
  );
});

test('nothing measured prints nothing, and nothing is told twice', async () => {
  const meter = new EmfMeter(PIPELINE);
  assert.deepEqual(await printedBy(() => meter.publish()), []);
  meter.measure('EventsAccepted', 1);
  assert.equal((await printedBy(() => meter.publish())).length, 1);
  assert.deepEqual(await printedBy(() => meter.publish()), []);
});

test('a thousand values keep within 100 a line, and none is lost', async () => {
  const meter = new EmfMeter(PIPELINE);
  const lines = await printedBy(() => {
    for (let i = 0; i < 1_000; i++) meter.measure('AttemptLatency', i);
    meter.publish();
  });
  assert.equal(lines.length, 10);
  assert.equal(readEmf(lines).flatMap(({ values }) => values).length, 1_000);
});

test('C089: 1,000 subscriptions of 100 tenants make no more metrics than one does, and none names them', async () => {
  const meter = new EmfMeter(PIPELINE);
  const world = new DispatchWorld(meter);
  const records: ReceivedRecord[] = [];
  for (let t = 0; t < 100; t++) {
    const tenant = `tenant-${t}`;
    const ids = Array.from({ length: 10 }, (_, i) => `sub_${t}_${i}`);
    for (const id of ids) {
      await world.subscriptions.create(subscription({ tenant, id, url: `https://${id}.example/hook` }));
    }
    records.push(received(ids, { event: eventEnvelope({ tenant, id: `evt_${t}` }) }));
  }
  world.respond = ({ url }) => answer([200, 301, 404, 500][url.length % 4] ?? 200);
  const lines = await printedBy(async () => {
    for (let at = 0; at < records.length; at += 10) await world.run(records.slice(at, at + 10));
  });
  const metrics = readEmf(lines);
  assert.equal(world.requests.length, 1_000);
  const attempts = metrics.filter(({ name }) => name === 'AttemptsMade').flatMap(({ values }) => values);
  assert.equal(
    attempts.reduce((a, b) => a + b),
    1_000,
  );
  const distinct = new Set(
    metrics.map(({ namespace, name, dimensions }) => JSON.stringify([namespace, name, dimensions])),
  );
  assert.ok(distinct.size <= 50, `${distinct.size} metrics`);
  assert.doesNotMatch([...distinct].join(), /tenant-|sub_|evt_|example/);
  const told = world.lines.of('dispatch.attempted');
  const names = (field: unknown, name: string): boolean => Array.isArray(field) && field.includes(name);
  assert.ok(
    told.some(({ fields }) => names(fields.tenants, 'tenant-7') && names(fields.eventIds, 'evt_7')),
    'log lines do',
  );
});

test('C089: the whole catalogue comes to at most 50 metrics, whatever customers do', () => {
  const all = Object.values(METRICS).map(({ dimension }) => dimension?.values.length ?? 1);
  const total = all.reduce((a, b) => a + b, 0);
  assert.ok(total <= 50, `${total} metrics in ${METRICS_NAMESPACE}`);
});
