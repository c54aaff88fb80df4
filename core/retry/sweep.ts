import { DISPATCH, SQS } from '../../contract/limits.ts';
import { DUE_SHARDS } from '../../contract/tables.ts';
import type { Deadline } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import { type MoveDeps, moveDue } from './move-due.ts';
import type { DueDeliveries, DueDelivery } from './ports.ts';
import { SweepTally } from './sweep-tally.ts';

export interface SweepDeps extends MoveDeps {
  readonly due: DueDeliveries;
  readonly log: Log;
  readonly meter: Meter;
}

const MINUTE_MS = 60_000;
/**
 * Minutes before the cursor that are looked at once more: a row may be written after its minute was swept. Rows are
 * parked at least 15 minutes ahead, so this is more than enough.
 */
const OVERLAP_MINUTES = 2;
/** Minutes ahead that are swept too, so that a delivery is on the queue before it is due, not up to a minute after. */
const AHEAD_MINUTES = 1;
/** Deliveries moved at once: one call to the queue, and a bound on the data held in memory. */
const CHUNK = SQS.maxBatchEntries;

/**
 * Moves what falls due from the parking lot to the queue, all shards at once, until done or until two seconds
 * are left. A sweep that died half-way, or two at the same time, move some deliveries twice: dispatch finds the
 * attempt's row and drops the copy. Throws, after every shard had its turn, if some failed.
 */
export async function sweep(deps: SweepDeps, deadline: Deadline): Promise<void> {
  const tally = new SweepTally(deps);
  const shards = Array.from(
    { length: DUE_SHARDS },
    (_, shard) => new ShardSweep(deps, deadline, tally, shard),
  );
  const results = await Promise.allSettled(shards.map((shard) => shard.run()));
  const causes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  tally.report(causes.length);
  if (causes.length > 0) throw new AggregateError(causes, `${causes.length} shards were not swept`);
}

/** One shard's part of a sweep. */
class ShardSweep {
  readonly #deps: SweepDeps;
  readonly #deadline: Deadline;
  readonly #tally: SweepTally;
  readonly #shard: number;

  constructor(deps: SweepDeps, deadline: Deadline, tally: SweepTally, shard: number) {
    this.#deps = deps;
    this.#deadline = deadline;
    this.#tally = tally;
    this.#shard = shard;
  }

  async run(): Promise<void> {
    const cursor = await this.#deps.due.cursor(this.#shard);
    // Nothing was ever parked here.
    if (cursor === null) return;
    const current = Math.floor(this.#deps.clock.now() / MINUTE_MS);
    // A cursor ahead of the clock may come from a clock that once was fast: it never excuses skipping the present.
    const first = Math.min(cursor, current) - OVERLAP_MINUTES;
    let swept = cursor;
    for (let minute = first; minute <= current + AHEAD_MINUTES; minute++) {
      if (!(await this.#sweepMinute(minute))) return this.#tally.cutShort();
      this.#tally.minute();
      if (minute < cursor) continue;
      // Somebody parked behind the cursor, which is where the next sweep begins; or sweeps as well.
      if (!(await this.#deps.due.advance(this.#shard, swept, minute + 1))) return;
      swept = minute + 1;
    }
  }

  /** Answers whether the whole minute was swept; if not, the time was up. */
  async #sweepMinute(minute: number): Promise<boolean> {
    for await (const page of this.#deps.due.due(minute, this.#shard)) {
      for (let at = 0; at < page.length; at += CHUNK) {
        if (!this.#hasTime()) return false;
        await this.#move(minute, page.slice(at, at + CHUNK));
      }
    }
    return this.#hasTime();
  }

  /** Sends before it removes, so that a crash in between repeats work and loses none. */
  async #move(minute: number, rows: readonly DueDelivery[]): Promise<void> {
    const moved = await moveDue(this.#deps, rows);
    const keys = [...moved.sent, ...moved.ended].map((row) => row.key);
    await this.#deps.due.remove(minute, this.#shard, keys);
    this.#tally.moved(moved);
    if (moved.failures.length > 0) throw new AggregateError(moved.failures, 'some deliveries were not moved');
  }

  #hasTime(): boolean {
    return this.#deadline.remainingMs() > DISPATCH.deadlineMarginMs;
  }
}
