import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Fault } from '../problem.ts';
import { CompiledSchemas } from './compiled-schemas.ts';
import type { EventTypeRecord, EventTypeStore } from './ports.ts';

/** How long what was read is trusted, in milliseconds. */
const TRUST_MS = 10_000;

/** Characters of schemas kept ready: some fifty megabytes at most. */
const MAX_COMPILED_CHARACTERS = 1024 * 1024;

/** What an event's data met. */
export interface SchemaVerdict {
  /** `block`: it must be refused. */
  readonly mode: 'warn' | 'block';
  readonly faults: readonly Fault[];
}

/** A type whose events are held to a schema. */
interface KnownType {
  readonly schema: string;
  readonly mode: 'warn' | 'block';
  /** Whether the log has been told that the schema can't be used, or not to the end. */
  told: boolean;
}

/**
 * The event types that have a schema to be held to. They are read again after ten seconds; while that fails, those
 * read before stay in force, and if there are none the caller's work must fail, because `block` means block. A schema is
 * compiled when the first event of its type comes.
 */
export class KnownTypes {
  readonly #store: Pick<EventTypeStore, 'all'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #compiled = new CompiledSchemas(MAX_COMPILED_CHARACTERS);
  #types: ReadonlyMap<string, KnownType> | null = null;
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
      this.#types = this.#withSchema(await this.#store.all());
      this.#readAt = now;
    } catch (cause) {
      if (this.#types === null) throw cause;
      this.#log.error('ingest.types-not-read', {}, cause);
    }
  }

  /**
   * Judges an event's data, which is JSON text; null where there is nothing to say against it. Data that its schema can't
   * be held to, because either is at fault or it would take too long, has not kept to it.
   */
  judge(type: string, data: string): SchemaVerdict | null {
    const known = this.#types?.get(type);
    if (known === undefined) return null;
    const check = this.#compiled.of(known.schema);
    if (typeof check !== 'function') {
      this.#tell(type, known, `${check.pointer} ${check.detail}`);
      const detail = `can't be held to the schema of its type, which has a fault: ${check.pointer} ${check.detail}`;
      return { mode: known.mode, faults: [{ pointer: '/data', detail }] };
    }
    const { faults, cutShort } = check(data);
    if (cutShort) this.#tell(type, known, 'holding data to it takes too many steps');
    return faults.length === 0 ? null : { mode: known.mode, faults };
  }

  /** Once for each schema. */
  #tell(type: string, known: KnownType, reason: string): void {
    if (!known.told) this.#log.warn('ingest.schema-unusable', { type, reason });
    known.told = true;
  }

  #withSchema(records: readonly EventTypeRecord[]): ReadonlyMap<string, KnownType> {
    const types = new Map<string, KnownType>();
    for (const { type, schema, mode } of records) {
      if (schema === null || mode === 'off') continue;
      const before = this.#types?.get(type);
      types.set(type, { schema, mode, told: before?.schema === schema && before.told });
    }
    return types;
  }
}
