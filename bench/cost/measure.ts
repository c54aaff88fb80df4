import { startEndpoints } from './endpoints.ts';
import { type Fixed, fixedMonth } from './fixed.ts';
import { MODEL } from './model.ts';
import { LOG_MODES, type LogMode } from './modes.ts';
import { Pipeline } from './pipeline.ts';
import { priceOf, readPrices } from './prices.ts';
import { play, playHolds, playRetries, type Scenario, subscribe, warmUp } from './scenarios.ts';
import { bill, type Line, totalOf, type Usage } from './usage.ts';
import { startWorld, type World } from './world.ts';

/** A scenario's bill for a million events. */
export interface Bill extends Scenario {
  readonly mode: string;
  readonly lines: ReadonlyMap<Line, number>;
  /** Without egress, every delivery taken at the first attempt. */
  readonly total: number;
  /** Amounts used for one event, by line and price. */
  readonly perEvent: readonly { readonly line: Line; readonly price: string; readonly amount: number }[];
}

export interface CostOptions {
  /** Leaves out what no target is about: the figures of `TARGETS` are measured, log modes beside each other. */
  readonly quick?: boolean;
  /** Told what is being measured. */
  readonly progress?: (what: string) => void;
}

const FAN_OUTS = [1, 10, 100] as const;

/** What was measured. */
export interface Measured {
  readonly bills: readonly Bill[];
  /** Dollars for a million times that a delivery finds a breaker open, by log mode. */
  readonly holds: ReadonlyMap<string, number>;
  readonly fixed: Fixed;
}

/**
 * The meter's figures, flat: `cost.fanout<n>.<mode>.<single|array100|quiet>` in dollars per million events, and the
 * ones that targets are about.
 */
export async function measure(options: CostOptions = {}): Promise<Readonly<Record<string, number>>> {
  return costNumbers(await measureCost(options));
}

/** Prices of a million events by scenario and log mode: real functions on stand-ins, everything counted. */
export async function measureCost({
  quick = false,
  progress = () => {},
}: CostOptions = {}): Promise<Measured> {
  const wanted = LOG_MODES.filter(({ name }) => FAN_OUTS.some((n) => scenariosOf(n, name, quick).length > 0));
  const measureOne = (mode: LogMode) => inWorld((world) => measureMode(world, mode, quick, progress));
  const measured = quick ? await Promise.all(wanted.map(measureOne)) : await inTurn(wanted, measureOne);
  return {
    bills: measured.flatMap(({ bills }) => bills),
    holds: new Map(measured.map(({ mode, hold }) => [mode.name, hold * 1_000_000])),
    fixed: measured[0]?.fixed ?? [],
  };
}

async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const one of all) results.push(await work(one));
  return results;
}

async function inWorld<R>(work: (world: World) => Promise<R>): Promise<R> {
  const world = await startWorld();
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

/** What was measured in one log mode. */
interface MeasuredMode {
  readonly mode: LogMode;
  readonly bills: readonly Bill[];
  /** Dollars that a delivery costs each time it asks an open breaker. */
  readonly hold: number;
  readonly fixed: Fixed;
}

async function measureMode(
  world: World,
  mode: LogMode,
  quick: boolean,
  progress: (what: string) => void,
): Promise<MeasuredMode> {
  const endpoints = await startEndpoints();
  const pipeline = await Pipeline.start(world, endpoints, mode.variables);
  try {
    const bills: Bill[] = [];
    const retry = quick ? 0 : await retryPrice(pipeline, endpoints);
    for (const fanOut of FAN_OUTS) {
      const scenarios = scenariosOf(fanOut, mode.name, quick);
      if (scenarios.length === 0) continue;
      const type = await subscribe(pipeline, endpoints, fanOut);
      await warmUp(pipeline, endpoints, type, fanOut);
      for (const scenario of scenarios) {
        progress(`${mode.name}: fan-out ${fanOut}, ${scenario.posting}, ${scenario.load}`);
        const tries: Bill[] = [];
        while (tries.length < triesOf(scenario, quick)) {
          const { usage, events } = await play(
            pipeline,
            endpoints,
            scenario,
            type,
            roundsOf(scenario, quick),
          );
          tries.push(billOf(scenario, mode, usage, events, retry));
        }
        bills.push(tries.reduce((best, one) => (one.total < best.total ? one : best)));
      }
    }
    const hold = quick ? 0 : await holdPrice(pipeline, endpoints);
    return { mode, bills, hold, fixed: fixedMonth(world.template, priceOf(readPrices())) };
  } finally {
    pipeline.stop();
    await endpoints.close();
  }
}

/** Quiet hours last: they leave nothing remembered. */
function scenariosOf(fanOut: number, mode: string, quick: boolean): readonly Scenario[] {
  const single: Scenario = { fanOut, posting: 'single', load: 'full' };
  const all: readonly Scenario[] = [single, { ...single, posting: 'array' }, { ...single, load: 'quiet' }];
  const wanted = new Set(TARGETS.map(([, from]) => from));
  return quick ? all.filter((scenario) => wanted.has(keyOf(scenario, mode))) : all;
}

/** Enough for the rare slow answer to weigh what it should. */
function roundsOf({ fanOut, posting, load }: Scenario, quick: boolean): number {
  if (posting === 'array') return 1;
  if (load === 'quiet') return 20;
  const rounds = Math.max(2, Math.ceil(100 / (10 * fanOut)));
  return quick ? Math.max(1, Math.ceil(rounds / 2)) : rounds;
}

/**
 * Amounts are the same each time; times are not, and what else the machine does only ever adds to them. So the least of
 * a few counts, where runs are a large part and a try is short.
 */
function triesOf({ fanOut, load }: Scenario, quick: boolean): number {
  return fanOut === 1 && load === 'full' ? (quick ? 2 : 3) : 1;
}

/** Dollars that one second attempt adds, egress left out. */
async function retryPrice(
  pipeline: Pipeline,
  endpoints: Awaited<ReturnType<typeof startEndpoints>>,
): Promise<number> {
  const fanOut = 10;
  const price = priceOf(readPrices());
  const type = await subscribe(pipeline, endpoints, fanOut, 'order.retried');
  await warmUp(pipeline, endpoints, type, fanOut);
  const healthy = await play(pipeline, endpoints, { fanOut, posting: 'single', load: 'full' }, type, 1);
  const failing = await playRetries(pipeline, endpoints, type);
  const dollars = (usage: Usage): number => totalOf(bill(usage, price, 1, 1));
  return (dollars(failing.usage) - dollars(healthy.usage)) / failing.events;
}

/** Dollars that a delivery costs each time it asks an open breaker. */
async function holdPrice(
  pipeline: Pipeline,
  endpoints: Awaited<ReturnType<typeof startEndpoints>>,
): Promise<number> {
  const { usage, events } = await playHolds(pipeline, endpoints);
  return totalOf(bill(usage, priceOf(readPrices()), events, 1));
}

function billOf(scenario: Scenario, mode: LogMode, usage: Usage, events: number, retry: number): Bill {
  const lines = new Map(bill(usage, priceOf(readPrices()), events));
  lines.set('retries', scenario.fanOut * 1_000_000 * MODEL.retryShare * retry);
  const perEvent = usage.entries().map((entry) => ({ ...entry, amount: entry.amount / events }));
  return { ...scenario, mode: mode.name, lines, total: totalOf(lines), perEvent };
}

/** The flat figures of what was measured. */
export function costNumbers({ bills, holds, fixed }: Measured): Readonly<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const one of bills) {
    numbers[keyOf(one, one.mode)] = one.total;
    if (one.posting !== 'single' || one.load !== 'full') continue;
    numbers[`cost.fanout${one.fanOut}.${one.mode}.egress`] = one.lines.get('egress') ?? 0;
    const retries = one.lines.get('retries') ?? 0;
    if (retries > 0) numbers[`cost.fanout${one.fanOut}.${one.mode}.retries5Percent`] = retries;
  }
  for (const [mode, usd] of holds) if (usd > 0) numbers[`cost.millionHolds.${mode}`] = usd;
  numbers['cost.fixedPerMonth'] = fixed.reduce((sum, [, usd]) => sum + usd, 0);
  for (const [key, from, per] of TARGETS) {
    const value = numbers[from];
    if (value !== undefined) numbers[key] = value / per;
  }
  return numbers;
}

function keyOf({ fanOut, posting, load }: Scenario, mode: string): string {
  const how = load === 'quiet' ? 'quiet' : posting === 'array' ? 'array100' : 'single';
  return `cost.fanout${fanOut}.${mode}.${how}`;
}

/**
 * The figures that targets are about: the key, which one it is, and per how many million it is meant. For one subscriber
 * the log of failures is the cheapest; what the packed log comes to has keys of its own.
 */
const TARGETS: readonly (readonly [key: string, from: string, per: number])[] = [
  ['cost.fanout1.total', 'cost.fanout1.failures.single', 1],
  ['cost.fanout1.array100', 'cost.fanout1.failures.array100', 1],
  ['cost.fanout100.perMillionDeliveries', 'cost.fanout100.packed.single', 100],
  ['cost.fanout100.full', 'cost.fanout100.full.single', 100],
];
