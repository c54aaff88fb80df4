import { type Bench, BenchError, type Figures } from '../figures.ts';
import type { Taken } from '../process/cpu.ts';
import type { Memory } from '../process/function-worker.ts';
import { eventsFor, startDispatch } from './prepare.ts';
import { recordsOf, subscription } from './world.ts';

const TARGETS = 100;
/** After so many deliveries the cost of the next ones is told. */
const POINTS = [100, 1_000, 4_000, 16_000];
/** Memory is compared between here and the end, when caches and code are settled. */
const SETTLED_AT = 16_000;

/** What a new process pays until its code is compiled, and whether its memory grows. */
export async function measureWarmUp(bench: Bench): Promise<Figures> {
  const { standIns, quick } = bench;
  const until = quick ? 32_000 : 100_000;
  bench.say(`one process from its first delivery to its ${until.toLocaleString('en')}th`);
  const [port] = await standIns.openSink('warm-up', { origins: 1, keepOneIn: 1_000_000 });
  const subscriptions = Array.from({ length: TARGETS }, (_, i) =>
    subscription(`sub_01JGJ7Y2V5N8K3ABCDEFGH${1000 + i}`, `http://127.0.0.1:${port}/hook`),
  );
  await standIns.use(await recordsOf(subscriptions));
  const child = await startDispatch(bench, {
    // One message per event: a curve needs small steps.
    events: eventsFor(subscriptions, 1),
    mode: 'failures',
    nodeArgs: ['--expose-gc'],
  });
  const figures: Record<string, number> = {};
  let done = 0;
  const upTo = async (point: number): Promise<number> => {
    const invocations = (point - done) / TARGETS;
    done = point;
    const { cpuMicros } = await standIns.whileAwake(() => child.ask<Taken>({ kind: 'run', invocations }));
    return cpuMicros / (invocations * TARGETS);
  };
  const memory = (): Promise<Memory> => child.ask<Memory>({ kind: 'memory' });
  try {
    for (const point of POINTS) figures[`dispatch.warmUp.upTo${point}Micros`] = await upTo(point);
    const before = await memory();
    figures[`dispatch.warmUp.upTo${until}Micros`] = await upTo(until);
    const after = await memory();
    figures['dispatch.memory.rssMb'] = after.rss / 2 ** 20;
    figures['dispatch.memory.heapMb'] = after.heapUsed / 2 ** 20;
    figures['dispatch.memory.grownBytesPerDelivery'] =
      (after.heapUsed - before.heapUsed) / (until - SETTLED_AT);
  } finally {
    await child.stop();
  }
  const { sink } = await standIns.take('warm-up');
  if (sink.requests !== until) throw new BenchError(`${sink.requests} of ${until} deliveries arrived`);
  return figures;
}
