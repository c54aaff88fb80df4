import { setTimeout as wait } from 'node:timers/promises';
import { SAMPLE_DATA } from '../dispatch/world.ts';
import { type Bench, expectEqual, type Figures } from '../figures.ts';
import { type TreeUse, treeUse } from '../process/tree.ts';
import { median, percentile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';
import { type AcceptedEvent, type LocalRunner, startLocalRunner } from './runner.ts';

const TENANT = 'footprint';
const PATH = '/footprint';
const EVENTS = 1_000;
/** A pace that every laptop keeps up with, so that what is measured is work and not waiting. */
const PER_SECOND = 50;
const LOOK_EVERY_MS = 250;
const IDLE_MS = 10_000;
/** Until then more deliveries may come. */
const PATIENCE_MS = 20_000;

/** The most that was seen at once. */
class Peak {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  processes = 0;
  rssMb = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { processes, rssMb } = treeUse(this.#pid);
    this.processes = Math.max(this.processes, processes);
    this.rssMb = Math.max(this.rssMb, rssMb);
  }
}

/**
 * What `npm start` takes of the machine: a runner that was just started gets 1,000 events for one subscription at a
 * steady pace, then once more, then nothing. Counted is every process it starts.
 */
export async function measureFootprint({ standIns, say }: Bench): Promise<Figures> {
  say('what the local runner takes of the machine');
  const [port] = await standIns.openSink('footprint', { origins: 1, keepOneIn: 1 });
  const runner = await startLocalRunner();
  const peak = new Peak(runner.pid);
  try {
    const ready = treeUse(runner.pid);
    await runner.subscribe(TENANT, `http://127.0.0.1:${port}${PATH}`);
    const arrivals = new Arrivals(standIns, 'footprint');
    const events: AcceptedEvent[] = [];
    const round = async (): Promise<{ readonly use: TreeUse; readonly lags: readonly number[] }> => {
      const posted = await postSteadily(runner);
      events.push(...posted);
      await arrivals.settle(events.length, PATIENCE_MS);
      const lags = posted.flatMap(({ id, acceptedAt }) => {
        const came = arrivals.at(id, PATH);
        return came === undefined ? [] : [came - acceptedAt];
      });
      expectEqual('deliveries', lags.length, posted.length);
      return { use: treeUse(runner.pid), lags };
    };
    const fresh = await round();
    const warm = await round();
    await wait(IDLE_MS);
    const idle = treeUse(runner.pid).cpuSeconds - warm.use.cpuSeconds;
    return {
      'footprint.startCpuSeconds': ready.cpuSeconds,
      'footprint.freshCpuSeconds': fresh.use.cpuSeconds,
      'footprint.warmCpuSeconds': warm.use.cpuSeconds - fresh.use.cpuSeconds,
      'footprint.idleShare': idle / (IDLE_MS / 1000),
      'footprint.processes': peak.processes,
      'footprint.rssMb': peak.rssMb,
      'footprint.freshP50': median(fresh.lags),
      'footprint.freshP99': percentile(fresh.lags, 0.99),
      'footprint.warmP50': median(warm.lags),
      'footprint.warmP99': percentile(warm.lags, 0.99),
    };
  } finally {
    peak.stop();
    await runner.stop();
  }
}

/** One event each few milliseconds by the clock, whether or not the one before was accepted yet. */
async function postSteadily(runner: LocalRunner): Promise<readonly AcceptedEvent[]> {
  const began = performance.now();
  const posts: Promise<AcceptedEvent>[] = [];
  for (let i = 0; i < EVENTS; i++) {
    await wait(Math.max(0, began + (i * 1000) / PER_SECOND - performance.now()));
    posts.push(runner.post(TENANT, SAMPLE_DATA));
  }
  return Promise.all(posts);
}
