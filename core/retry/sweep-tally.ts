import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { Moved } from './move-due.ts';

/** Counts what one sweep moves, and tells it in one wide log line. */
export class SweepTally {
  readonly #deps: { readonly clock: Clock; readonly log: Log; readonly meter: Meter };
  readonly #began: number;
  #sent = 0;
  #ended = 0;
  #minutes = 0;
  #oldestDueAt: number | null = null;
  #shardsCutShort = 0;

  constructor(deps: { clock: Clock; log: Log; meter: Meter }) {
    this.#deps = deps;
    this.#began = deps.clock.now();
  }

  moved({ sent, ended }: Moved): void {
    this.#sent += sent.length;
    this.#ended += ended.length;
    for (const { dueAt } of [...sent, ...ended]) {
      this.#oldestDueAt = Math.min(this.#oldestDueAt ?? dueAt, dueAt);
    }
  }

  /** A shard's minute was looked through. */
  minute(): void {
    this.#minutes++;
  }

  /** A shard was left unfinished, because the time was up. */
  cutShort(): void {
    this.#shardsCutShort++;
  }

  report(failedShards: number): void {
    const { clock, log, meter } = this.#deps;
    const overdueMs = Math.max(0, this.#began - (this.#oldestDueAt ?? this.#began));
    if (this.#sent > 0) meter.measure('DeliveriesSwept', this.#sent);
    if (this.#ended > 0) meter.measure('DeliveriesDead', this.#ended);
    meter.measure('ParkedOverdue', overdueMs / 1000);
    log.info('retry.swept', {
      sent: this.#sent,
      ended: this.#ended,
      minutes: this.#minutes,
      oldestDueAt: this.#oldestDueAt === null ? null : new Date(this.#oldestDueAt).toISOString(),
      overdueMs,
      shardsCutShort: this.#shardsCutShort,
      shardsFailed: failedShards,
      durationMs: clock.now() - this.#began,
    });
  }
}
