import { priceOf, readPrices } from '../cost/prices.ts';
import { failingSubscription } from './failing-subscription.ts';
import { type Use, usesOf } from './limits.ts';
import { dollarsPerMonth } from './price.ts';
import { type Load, loadOf, type Settings, type Situation } from './situation.ts';

/** How many endpoints fail, and for how long they have been. */
export interface Weather {
  readonly name: string;
  readonly failing: number;
  readonly hours: number;
}

export const WEATHERS: readonly Weather[] = [
  { name: 'healthy', failing: 0, hours: 1 },
  { name: '5 % failing for an hour', failing: 0.05, hours: 1 },
  { name: '5 % failing, each until it is disabled', failing: 0.05, hours: 80 },
];

/** As deployed, and as its owner would turn the knobs. */
export const AS_DEPLOYED: Settings = { name: 'as deployed', array: 1, log: 'full' };
export const TURNED: Settings = {
  name: 'arrays of 100, packed log, knobs and quotas raised',
  array: 100,
  log: 'packed',
};

/** Traffic, a decade a line. An event goes to ten subscriptions. */
const DECADES: readonly (readonly [eventsPerSecond: number, subscriptions: number])[] = [
  [1, 100],
  [10, 1_000],
  [100, 10_000],
  [1_000, 100_000],
  [10_000, 1_000_000],
  [100_000, 1_000_000],
];
const FAN_OUT = 10;
/** Deliveries a second at which a failing subscription is played; its waiting grows in proportion. */
const PLAYED_AT = 0.02;

/** One line of the study. */
export interface Line {
  readonly situation: Situation;
  readonly weather: Weather;
  readonly load: Load;
  /** Fullest first, against where the limits stand for deployed settings, and against the most for turned ones. */
  readonly uses: readonly Use[];
  readonly dollarsPerMonth: number;
}

/** Plays every weather over every decade. The same each time: chance is seeded. */
export function study(settings: Settings): readonly Line[] {
  const price = priceOf(readPrices());
  const random = seeded(20_261_125);
  return WEATHERS.flatMap((weather) => {
    const rates = {
      refuses: failingSubscription('refuses', PLAYED_AT, weather.hours, random),
      hangs: failingSubscription('hangs', PLAYED_AT, weather.hours, random),
      ratesAt: PLAYED_AT,
    };
    return DECADES.map(([eventsPerSecond, subscriptions]): Line => {
      const situation = {
        eventsPerSecond,
        subscriptions,
        fanOut: FAN_OUT,
        failing: weather.failing,
        rates,
        settings,
      };
      const load = loadOf(situation);
      const uses = usesOf(load, settings, settings === AS_DEPLOYED ? 'stands' : 'most');
      return { situation, weather, load, uses, dollarsPerMonth: dollarsPerMonth(load, price) };
    });
  });
}

/** Mulberry32: enough for arrivals and jitter. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
