import { setTimeout as wait } from 'node:timers/promises';
import { SAMPLE_DATA } from '../dispatch/world.ts';
import type { Bench, Figures } from '../figures.ts';
import { median, percentile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';
import { type AcceptedEvent, startLocalRunner } from './runner.ts';

const ENDPOINTS = 20;
/** One endpoint in ten never answers. */
const HANGING = ENDPOINTS / 10;
/** So hanging endpoints are known after seconds, as they are after 15 by default. */
const TIMEOUT = { timeoutSeconds: 3 };
const EVERY_MS = 100;
const PATIENCE_MS = 20_000;

interface World {
  readonly tenant: string;
  /** Paths of the endpoints that answer. */
  readonly healthy: readonly string[];
}

/**
 * Whether endpoints that hang hold up those that answer. Two tenants get events in turn on one runner: all endpoints of the
 * one answer, a tenth of the other's never do. Compared is the lag of first attempts at endpoints that answer.
 */
export async function measureIsolation(bench: Bench): Promise<Figures> {
  const { standIns, quick } = bench;
  bench.say('healthy endpoints beside hanging ones');
  const [port] = await standIns.openSink('isolation', { origins: 1, keepOneIn: 1 });
  const [hangingPort] = await standIns.openSink('hanging', { origins: 1, keepOneIn: 1_000, hangs: true });
  const runner = await startLocalRunner();
  try {
    const set = async (tenant: string, hanging: number): Promise<World> => {
      const healthy = Array.from({ length: ENDPOINTS - hanging }, (_, i) => `/${tenant}/${i}`);
      for (const path of healthy) await runner.subscribe(tenant, `http://127.0.0.1:${port}${path}`, TIMEOUT);
      for (let i = 0; i < hanging; i++)
        await runner.subscribe(tenant, `http://127.0.0.1:${hangingPort}/${tenant}/hangs/${i}`, TIMEOUT);
      return { tenant, healthy };
    };
    const worlds = [await set('calm', 0), await set('troubled', HANGING)] as const;
    const arrivals = new Arrivals(standIns, 'isolation');
    const posted = new Map<World, AcceptedEvent[]>(worlds.map((world) => [world, []]));
    const post = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const next = wait(EVERY_MS);
        for (const world of worlds) posted.get(world)?.push(await runner.post(world.tenant, SAMPLE_DATA));
        await next;
      }
    };
    const expected = (): number =>
      worlds.reduce((sum, world) => sum + world.healthy.length * (posted.get(world)?.length ?? 0), 0);
    // Environments start, and the hanging endpoints become known: what that does to others is lost or not, too.
    await post(quick ? 20 : 60);
    await arrivals.settle(expected(), PATIENCE_MS);
    const before = new Set([...posted.values()].flat());
    await post(quick ? 60 : 300);
    await arrivals.settle(expected(), PATIENCE_MS);
    const deliveries = worlds.map((world) =>
      (posted.get(world) ?? []).flatMap((event) =>
        world.healthy.map((path) => ({ event, came: arrivals.at(event.id, path) })),
      ),
    );
    const [calm = [], troubled = []] = deliveries.map((all) =>
      all.flatMap(({ event, came }) =>
        came === undefined || before.has(event) ? [] : [came - event.acceptedAt],
      ),
    );
    return {
      'isolation.p99Ratio': percentile(troubled, 0.99) / percentile(calm, 0.99),
      'isolation.lost': deliveries.flat().filter(({ came }) => came === undefined).length,
      'isolation.calmP50': median(calm),
      'isolation.calmP99': percentile(calm, 0.99),
      'isolation.troubledP50': median(troubled),
      'isolation.troubledP99': percentile(troubled, 0.99),
    };
  } finally {
    await runner.stop();
  }
}
