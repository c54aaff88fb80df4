import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { DUE_SHARDS } from '../../contract/tables.ts';
import { seededRandom } from '../support/clock.ts';
import { fakeLogOf } from '../support/fake-log-modes.ts';
import { planHardMoods } from './hard-moods.ts';
import { judge } from './judge.ts';
import { planNeighbours } from './neighbours.ts';
import type { QueueManners } from './queue.ts';
import { BUSY_MS, plan } from './scenario.ts';
import { storyOf } from './story.ts';
import { VirtualTime } from './virtual-time.ts';
import type { Faults } from './worker.ts';
import { World } from './world.ts';

/** How a seed's history went. */
export interface SeedReport {
  readonly seed: number;
  readonly events: number;
  readonly deliveries: number;
  readonly crashes: number;
  readonly duplicates: number;
  readonly violations: readonly string[];
  /** What happened around the first violations, line by line in order of time. */
  readonly story: readonly string[];
}

const ROUGH: Faults = { refused: 0.005, answerLost: 0.003, death: 0.002, slowestMs: 800 };
const CALM: Faults = { refused: 0, answerLost: 0, death: 0, slowestMs: 50 };
const WELL_MANNERED: QueueManners = { duplicate: 0, undeleted: 0, entryFailed: 0 };
/** In one world of five the log fails for so long. */
const LOG_OUTAGE_MS = 900_000;
/** In one world of five clocks are wrong by up to a quarter of an hour. */
const SKEW_MS = 900_000;
/** Violations of one seed whose story is told. */
const TOLD = 3;
const MINUTE_MS = 60_000;
/** Services and endpoints fail for so long. */
const STORM_MS = BUSY_MS * 2;
/** Everything has ended by then, or never will. */
const LIMIT_MS = 30 * 86_400_000;

/** Plays the history of one seed to its end and judges it. The same seed gives the same history. */
export async function simulate(seed: number, mode: DeliveryLogMode = 'full'): Promise<SeedReport> {
  const { world, ended } = await play(seed, mode);
  const found = judge(world);
  const violations = [
    ...found.map(({ says }) => says),
    ...world.errors,
    ...(ended ? [] : ['it never came to an end']),
  ];
  return {
    seed,
    events: world.accepted.length,
    deliveries: new Set(world.log.rows.map((row) => row.delivery)).size,
    crashes: world.crashes,
    duplicates: world.duplicates,
    violations,
    story: found.slice(0, TOLD).flatMap(({ says, about }) => [says, ...storyOf(world, about)]),
  };
}

/** Plays the history of a seed without judging it. */
export async function play(
  seed: number,
  mode: DeliveryLogMode = 'full',
): Promise<{ readonly world: World; readonly ended: boolean }> {
  const time = new VirtualTime(seededRandom(seed));
  // One world in five is calm: where nothing goes wrong, no request is ever repeated.
  const calm = seed % 5 === 0;
  const manners = calm ? WELL_MANNERED : { duplicate: 0.02, undeleted: 0.01, entryFailed: 0.01 };
  const skewMs = seed % 5 === 1 ? SKEW_MS : 0;
  const world = new World(time, calm ? CALM : ROUGH, manners, skewMs, fakeLogOf(mode));
  plan(world);
  planHardMoods(world, seed);
  planNeighbours(world, seed);
  if (seed % 5 === 2) throttleLog(world);
  // The storm passes a while after the last event, so that what it left behind can come to its end.
  time.after(STORM_MS, () => {
    world.faults = CALM;
    world.endpoints.heal();
  });
  time.after(MINUTE_MS, () => tick(world));
  const ended = await time.run(LIMIT_MS, () => isOver(world));
  return { world, ended };
}

/** For a while the log refuses most of what is written. */
function throttleLog(world: World): void {
  const { time } = world;
  time.after(time.between(0, BUSY_MS - LOG_OUTAGE_MS), () => {
    world.logRefuses = 0.8;
    time.after(LOG_OUTAGE_MS, () => {
      world.logRefuses = 0;
    });
  });
}

/**
 * The minute's schedule. After the storm a minute in which no clock sees anything fall due is skipped, as a sweep would
 * pass through it.
 */
function tick(world: World): void {
  const minute = Math.floor(world.time.now() / MINUTE_MS);
  const busy = world.parking.size > 0 || world.time.elapsed() < BUSY_MS;
  const due = world.parking.firstMinute <= minute + SKEW_MS / MINUTE_MS + 2;
  if (due || (busy && world.time.elapsed() < STORM_MS)) void world.sweep();
  else for (let shard = 0; shard < DUE_SHARDS; shard++) void skip(world, shard, minute);
  world.time.after(MINUTE_MS, () => tick(world));
}

async function skip({ parking }: World, shard: number, minute: number): Promise<void> {
  const cursor = await parking.cursor(shard);
  if (cursor !== null && cursor < minute) await parking.advance(shard, cursor, minute);
}

function isOver(world: World): boolean {
  const { events, deliveries, slowDeliveries, tasks } = world.queues;
  return (
    world.time.elapsed() > STORM_MS &&
    events.size + deliveries.size + slowDeliveries.size + tasks.size + world.parking.size === 0 &&
    world.mappings.every((mapping) => mapping.idle) &&
    world.posting === 0
  );
}
