import { toItem } from '../../adapters/aws/item.ts';
import { subscriptionKey, versionKey } from '../../adapters/aws/subscription-item.ts';
import { FILTER, INGEST, SUBSCRIPTION } from '../../contract/limits.ts';
import { encodeMessage } from '../../core/message.ts';
import { startFunction } from '../dispatch/prepare.ts';
import { recordOf, sampleEvent } from '../dispatch/world.ts';
import { type Bench, BenchError, type Figures } from '../figures.ts';
import type { Taken } from '../process/cpu.ts';
import type { Memory } from '../process/function-worker.ts';

/** So many subscriptions are told apart; the others are copies of them. */
const DISTINCT = 100;
const SUBSCRIPTIONS = 10_000;
const MOST_RUNS = 20;
/** Memory of the function. */
const FUNCTION_MB = 512;

/**
 * What a tenant costs that has as many subscriptions as it may, each as large as it may be, and producers that post the
 * dearest events for them: memory at most, and how long a batch of one event and of ten takes.
 */
export async function measureLargest(bench: Bench): Promise<Figures> {
  const { standIns, functions, say } = bench;
  say(`fan-out to ${SUBSCRIPTIONS} subscriptions as large as may be`);
  const tenant = 'largest';
  await standIns.openSink('largest', { origins: 1, keepOneIn: 1 });
  await standIns.use({
    items: [...Array.from({ length: DISTINCT }, (_, i) => largestItem(tenant, i)), versionOf(tenant)],
    dataKey: '',
    repeated: SUBSCRIPTIONS / DISTINCT,
  });
  const { bundle, variables: env } = functions['fan-out'];
  const figures: Record<string, number> = {};
  for (const [name, events, data] of [
    ['one', 1, '{"total":1}'],
    ['ten', 10, dearData()],
  ] as const) {
    const child = await startFunction(standIns, { bundle, events: [], env });
    try {
      let [runs, recorded, cpuMicros] = [0, 0, 0];
      let bodies: readonly string[] = Array.from({ length: events }, (_, i) => bodyOf(tenant, i, data));
      // What the time does not suffice for comes again.
      for (; bodies.length > 0; runs++) {
        if (runs === MOST_RUNS) throw new BenchError('it does not end');
        const batch = JSON.stringify({ Records: bodies.map(recordOf) });
        await child.ask({ kind: 'load', bundle, events: [batch] });
        cpuMicros += (await child.ask<Taken>({ kind: 'run', invocations: 1 })).cpuMicros;
        const { calls, putBack } = (await standIns.take('largest')).aws;
        recorded += calls.PutItem ?? 0;
        bodies = putBack;
      }
      if (recorded !== events) throw new BenchError(`${recorded} of ${events} events on record`);
      const { peakRss } = await child.ask<Memory>({ kind: 'memory' });
      figures[`fanout.largest.${name}Runs`] = runs;
      figures[`fanout.largest.${name}CpuSeconds`] = cpuMicros / 1e6;
      figures[`fanout.largest.${name}PeakRssMb`] = peakRss / 2 ** 20;
      if (peakRss > FUNCTION_MB * 2 ** 20) throw new BenchError(`${peakRss} bytes were resident`);
    } finally {
      await child.stop();
    }
  }
  return figures;
}

/** As many types as may be, as long as may be, and a filter that takes the most memory. */
function largestItem(tenant: string, i: number) {
  const id = `sub_01JGJ7Y2V5N8K3ABCDE${100_000 + i}`;
  const own = Array.from({ length: SUBSCRIPTION.maxEventTypes - 1 }, (_, k) =>
    `order.t${i}x${k}x`.padEnd(INGEST.maxTypeBytes, 'y'),
  );
  const fields = Array.from({ length: FILTER.maxFields - 1 }, (_, k) => [
    `field${i}x${k}`.padEnd(13, 'z'),
    [{ 'equals-ignore-case': `value${i}x${k}`.padEnd(36, 'z') }],
  ]);
  const filter = JSON.stringify({ data: { $or: fields.map((field) => Object.fromEntries([field])) } });
  if (filter.length > FILTER.maxBytes || filter.length < FILTER.maxBytes * 0.9)
    throw new BenchError(`the filter has ${filter.length} bytes`);
  const stored = { id, eventTypes: ['order.created', ...own], filter, status: 'active' };
  return { ...subscriptionKey(tenant, id), ...toItem(stored) };
}

function versionOf(tenant: string) {
  return { ...versionKey(tenant), n: { N: '1' } };
}

/** Each alternative of a filter looks at each of these objects. */
function dearData(): string {
  const object = '{"a":[]}';
  return `[${Array(Math.floor((INGEST.maxEventBytes - 1_000) / (object.length + 1)))
    .fill(object)
    .join()}]`;
}

function bodyOf(tenant: string, i: number, data: string): string {
  const { envelope } = sampleEvent();
  return encodeMessage({ v: 1, requestId: `request-${i}`, event: { ...envelope, tenant } }, data);
}
