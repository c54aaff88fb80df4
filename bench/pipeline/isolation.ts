import { setTimeout as wait } from 'node:timers/promises';
import { SAMPLE_DATA } from '../dispatch/world.ts';
import type { Bench, Figures } from '../figures.ts';
import { median, percentile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';
import { type AcceptedEvent, type LocalRunner, startLocalRunner } from './runner.ts';

const HEALTHY = 100;
/** Endpoints that take requests and never answer. */
const HANGING = 10;
/** Time from one event to the next, in either world. */
const EVERY_MS = 500;
/** The first so many events, while environments start and nobody knows who hangs. */
const ONSET_EVENTS = 40;
const EVENTS = { quick: 60, full: 200 } as const;
const PATIENCE_MS = 20_000;

/** One of the two runners, with what was posted to it. */
interface World {
  readonly name: string;
  readonly runner: LocalRunner;
  /** Paths of the endpoints that answer. */
  readonly healthy: readonly string[];
  readonly events: AcceptedEvent[];
}

/** Ports of the receivers, an origin each. */
interface Ports {
  readonly healthy: readonly number[];
  /** Beside the healthy ones in the troubled world. */
  readonly troubling: readonly number[];
}

/**
 * Whether endpoints that hang hold up those that answer. Two runners side by side get an event in turn, so that both
 * share whatever else the machine does. All endpoints of the one answer; beside as many in the other there are ten
 * that never do, and one that switches protocols and says no more. Everything is as users have it, the time-out
 * included, and every event counts from the first one on. Compared is the lag of first attempts at endpoints that answer.
 */
export async function measureIsolation({ standIns, quick, say }: Bench): Promise<Figures> {
  say('healthy endpoints beside hanging ones');
  const healthy = await standIns.openSink('isolation', { origins: HEALTHY, keepOneIn: 1 });
  const hanging = await standIns.openSink('hanging', {
    origins: HANGING,
    keepOneIn: 1_000,
    answers: 'never',
  });
  const switching = await standIns.openSink('switching', { origins: 1, keepOneIn: 1_000, answers: '101' });
  const ports = { healthy, troubling: [...hanging, ...switching] };
  const runners = await Promise.all([startLocalRunner(), startLocalRunner()]);
  try {
    const calm = await setUp('calm', runners[0], { ...ports, troubling: [] });
    const troubled = await setUp('troubled', runners[1], ports);
    const arrivals = new Arrivals(standIns, 'isolation');
    await postInTurn([calm, troubled], quick ? EVENTS.quick : EVENTS.full);
    const expected = HEALTHY * (calm.events.length + troubled.events.length);
    await arrivals.settle(expected, PATIENCE_MS);
    const endedAt = Date.now();
    const [all, others] = [lagsOf(calm, arrivals, endedAt), lagsOf(troubled, arrivals, endedAt)];
    const part = (from: number, to: number): Figures =>
      compared(all.slice(from, to).flat(), others.slice(from, to).flat());
    return {
      ...named('isolation.', part(0, Number.POSITIVE_INFINITY)),
      'isolation.lost': expected - cameTo(calm, arrivals) - cameTo(troubled, arrivals),
      ...named('isolation.onset.', part(0, ONSET_EVENTS)),
      ...named('isolation.after.', part(ONSET_EVENTS, Number.POSITIVE_INFINITY)),
    };
  } finally {
    await Promise.all(runners.map((runner) => runner.stop()));
  }
}

async function setUp(name: string, runner: LocalRunner, { healthy, troubling }: Ports): Promise<World> {
  const paths = healthy.map((_, i) => `/${name}/${i}`);
  for (const [i, port] of healthy.entries())
    await runner.subscribe(name, `http://127.0.0.1:${port}${paths[i]}`);
  for (const port of troubling) await runner.subscribe(name, `http://127.0.0.1:${port}/${name}`);
  return { name, runner, healthy: paths, events: [] };
}

/** Posts an event to each world in turn, so many times. */
async function postInTurn(worlds: readonly World[], times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    for (const { name, runner, events } of worlds) {
      const next = wait(EVERY_MS / worlds.length);
      events.push(await runner.post(name, SAMPLE_DATA));
      await next;
    }
  }
}

/**
 * For each event, how long after its acceptance it came to the endpoints that answer. What had not come when the
 * measurement ended counts with the time until then: it must not make the rest look better.
 */
function lagsOf(
  { events, healthy }: World,
  arrivals: Arrivals,
  endedAt: number,
): readonly (readonly number[])[] {
  return events.map(({ id, acceptedAt }) =>
    healthy.map((path) => (arrivals.at(id, path) ?? endedAt) - acceptedAt),
  );
}

/** How many deliveries came. */
function cameTo({ events, healthy }: World, arrivals: Arrivals): number {
  return events.reduce(
    (sum, { id }) => sum + healthy.filter((path) => arrivals.at(id, path) !== undefined).length,
    0,
  );
}

function compared(calm: readonly number[], troubled: readonly number[]): Figures {
  const p50 = { calm: median(calm), troubled: median(troubled) };
  const p99 = { calm: percentile(calm, 0.99), troubled: percentile(troubled, 0.99) };
  return {
    p50Ratio: p50.troubled / p50.calm,
    p99Ratio: p99.troubled / p99.calm,
    calmP50: p50.calm,
    calmP99: p99.calm,
    troubledP50: p50.troubled,
    troubledP99: p99.troubled,
  };
}

function named(prefix: string, figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [prefix + name, value]));
}
