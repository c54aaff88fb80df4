import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Fault } from '../problem.ts';
import { compileDataSchema, type DataCheck } from './data-schema.ts';
import type { EventTypeStore } from './ports.ts';

/** How long what was read is trusted, in milliseconds. */
const TRUST_MS = 10_000;

/** What an event's data met. */
export interface SchemaVerdict {
  /** `block`: it must be refused. */
  readonly mode: 'warn' | 'block';
  readonly faults: readonly Fault[];
}

interface Checked {
  readonly schema: string;
  readonly mode: 'warn' | 'block';
  readonly check: DataCheck;
}

/**
 * The event types that have a schema to be held to. They are read again after ten seconds; while that fails, those
 * read before stay in force, and if there are none the caller's work must fail, because `block` means block.
 */
export class KnownTypes {
  readonly #store: Pick<EventTypeStore, 'all'>;
  readonly #clock: Clock;
  readonly #log: Log;
  #types: ReadonlyMap<string, Checked> | null = null;
  #readAt = 0;

  constructor(store: Pick<EventTypeStore, 'all'>, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Has the event types at hand. Throws if they were never read. */
  async refresh(): Promise<void> {
    const now = this.#clock.now();
    if (this.#types !== null && now - this.#readAt < TRUST_MS) return;
    try {
      this.#types = await this.#read();
      this.#readAt = now;
    } catch (cause) {
      if (this.#types === null) throw cause;
      this.#log.error('ingest.types-not-read', {}, cause);
    }
  }

  /** Judges an event's data, which is JSON text; null where there is nothing to say against it. */
  judge(type: string, data: string): SchemaVerdict | null {
    const known = this.#types?.get(type);
    if (known === undefined) return null;
    const faults = known.check(JSON.parse(data));
    return faults.length === 0 ? null : { mode: known.mode, faults };
  }

  async #read(): Promise<ReadonlyMap<string, Checked>> {
    const types = new Map<string, Checked>();
    for (const { type, schema, mode } of await this.#store.all()) {
      if (schema === null || mode === 'off') continue;
      const before = this.#types?.get(type);
      const compiled = before?.schema === schema ? before.check : compileDataSchema(JSON.parse(schema));
      if (typeof compiled === 'function') types.set(type, { schema, mode, check: compiled });
      else this.#log.error('ingest.schema-unreadable', { type }, new Error(compiled.fault));
    }
    return types;
  }
}
