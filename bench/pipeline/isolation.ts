import { setTimeout as wait } from 'node:timers/promises';
import { SAMPLE_DATA } from '../dispatch/world.ts';
import type { Bench, Figures } from '../figures.ts';
import { median, percentile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';
import { type AcceptedEvent, type LocalRunner, startLocalRunner } from './runner.ts';

const ENDPOINTS = 20;
/** One endpoint in ten never answers. */
const HANGING = ENDPOINTS / 10;
/** So that hanging endpoints are known after a second; by default it takes fifteen. */
const TIMEOUT = { timeoutSeconds: 1 };
const EVERY_MS = 100;
/** As often as two runners can take on two cores. */
const QUICK_EVERY_MS = 50;
const PATIENCE_MS = 20_000;

/** One of the two runners, with what was posted to it. */
interface World {
  readonly name: string;
  readonly runner: LocalRunner;
  /** Paths of the endpoints that answer. */
  readonly healthy: readonly string[];
  readonly events: AcceptedEvent[];
}

/**
 * Whether endpoints that hang hold up those that answer. Two runners side by side get an event in turn, so that both
 * share whatever else the machine does: all endpoints of the one answer, a tenth of the other's never do. Compared is
 * the lag of first attempts at endpoints that answer.
 */
export async function measureIsolation(bench: Bench): Promise<Figures> {
  const { standIns, quick } = bench;
  bench.say('healthy endpoints beside hanging ones');
  const [port] = await standIns.openSink('isolation', { origins: 1, keepOneIn: 1 });
  const [hangingPort] = await standIns.openSink('hanging', { origins: 1, keepOneIn: 1_000, hangs: true });
  const runners = await Promise.all([startLocalRunner(), startLocalRunner()]);
  try {
    const set = async (name: string, runner: LocalRunner, hanging: number): Promise<World> => {
      const healthy = Array.from({ length: ENDPOINTS - hanging }, (_, i) => `/${name}/${i}`);
      for (const path of healthy) await runner.subscribe(name, `http://127.0.0.1:${port}${path}`, TIMEOUT);
      for (let i = 0; i < hanging; i++)
        await runner.subscribe(name, `http://127.0.0.1:${hangingPort}/${name}/${i}`, TIMEOUT);
      return { name, runner, healthy, events: [] };
    };
    const worlds = [await set('calm', runners[0], 0), await set('troubled', runners[1], HANGING)] as const;
    const arrivals = new Arrivals(standIns, 'isolation');
    const post = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const next = wait(quick ? QUICK_EVERY_MS : EVERY_MS);
        for (const { name, runner, events } of worlds) events.push(await runner.post(name, SAMPLE_DATA));
        await next;
      }
      const expected = worlds.reduce((sum, { healthy, events }) => sum + healthy.length * events.length, 0);
      await arrivals.settle(expected, PATIENCE_MS);
    };
    // Environments start, and it shows which endpoints hang. What healthy ones feel of that is told apart.
    const warm = 50;
    await post(warm);
    await post(quick ? 60 : 300);
    const deliveries = worlds.map(({ healthy, events }) =>
      events.flatMap(({ id, acceptedAt }, i) =>
        healthy.map((path) => ({ isWarm: i >= warm, acceptedAt, came: arrivals.at(id, path) })),
      ),
    );
    const lags = (of: World, warmOnes: boolean): readonly number[] =>
      (deliveries[worlds.indexOf(of)] ?? []).flatMap(({ isWarm, acceptedAt, came }) =>
        came !== undefined && isWarm === warmOnes ? [came - acceptedAt] : [],
      );
    const [calmWorld, troubledWorld] = worlds;
    const [calm, troubled] = [lags(calmWorld, true), lags(troubledWorld, true)];
    return {
      'isolation.p99Ratio': percentile(troubled, 0.99) / percentile(calm, 0.99),
      'isolation.lost': deliveries.flat().filter(({ came }) => came === undefined).length,
      'isolation.calmP50': median(calm),
      'isolation.calmP99': percentile(calm, 0.99),
      'isolation.troubledP50': median(troubled),
      'isolation.troubledP99': percentile(troubled, 0.99),
      'isolation.onsetCalmP99': percentile(lags(calmWorld, false), 0.99),
      'isolation.onsetTroubledP99': percentile(lags(troubledWorld, false), 0.99),
    };
  } finally {
    await Promise.all(runners.map((runner) => runner.stop()));
  }
}
