import { SAMPLE_DATA } from '../dispatch/world.ts';
import { type Bench, expectEqual, type Figures } from '../figures.ts';
import { median, percentile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';
import { type AcceptedEvent, type LocalRunner, startLocalRunner } from './runner.ts';

const TENANT = 'pipeline';
const ENDPOINTS = 5;
/** Requests a producer has open at once. */
const PRODUCERS = 8;
/** Until then more deliveries may come. */
const PATIENCE_MS = 20_000;

/** The whole pipeline as `npm start` runs it: how much goes through, how long it takes, and whether all of it comes. */
export async function measurePipeline(bench: Bench): Promise<Figures> {
  const { standIns, quick } = bench;
  bench.say('the whole local runner');
  const [port] = await standIns.openSink('pipeline', { origins: 1, keepOneIn: 1 });
  const paths = Array.from({ length: ENDPOINTS }, (_, i) => `/pipeline/${i}`);
  const runner = await startLocalRunner();
  try {
    for (const path of paths) await runner.subscribe(TENANT, `http://127.0.0.1:${port}${path}`);
    const arrivals = new Arrivals(standIns, 'pipeline');
    const warm = await postAll(runner, quick ? 30 : 200);
    await arrivals.settle(warm.length * ENDPOINTS, PATIENCE_MS);
    const began = Date.now();
    const events = await postAll(runner, quick ? 150 : 2_000);
    await arrivals.settle((warm.length + events.length) * ENDPOINTS, PATIENCE_MS);
    const all = events.flatMap((event) =>
      paths.map((path) => ({ acceptedAt: event.acceptedAt, came: arrivals.at(event.id, path) })),
    );
    const came = all.flatMap(({ acceptedAt, came }) =>
      came === undefined ? [] : [{ came, lag: came - acceptedAt }],
    );
    expectEqual('deliveries of the pipeline', came.length, all.length);
    const seconds = (Math.max(...came.map((one) => one.came)) - began) / 1000;
    const lags = came.map(({ lag }) => lag);
    return {
      'pipeline.eventsPerSecond': events.length / seconds,
      'pipeline.deliveriesPerSecond': came.length / seconds,
      'pipeline.p50': median(lags),
      'pipeline.p95': percentile(lags, 0.95),
      'pipeline.p99': percentile(lags, 0.99),
      'pipeline.lost': all.length - came.length,
    };
  } finally {
    await runner.stop();
  }
}

async function postAll(runner: LocalRunner, count: number): Promise<readonly AcceptedEvent[]> {
  const events: AcceptedEvent[] = [];
  let left = count;
  const producer = async (): Promise<void> => {
    while (left-- > 0) events.push(await runner.post(TENANT, SAMPLE_DATA));
  };
  await Promise.all(Array.from({ length: PRODUCERS }, producer));
  return events;
}
