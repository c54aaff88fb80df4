/** What happens to an event that breaks its type's schema. `warn`: it is accepted, and counted. */
export type SchemaMode = 'off' | 'warn' | 'block';

/** An event type on record. Times are epoch milliseconds. */
export interface EventTypeRecord {
  readonly type: string;
  readonly description: string;
  /** JSON Schema 2020-12 of the data, as JSON text; null: none. */
  readonly schema: string | null;
  readonly mode: SchemaMode;
  /** An example of the data, as JSON text; null: none. */
  readonly example: string | null;
  readonly deprecated: boolean;
  readonly createdAt: number;
}

/** Where event types are kept. There are few: all of them are read at once. */
export interface EventTypeStore {
  get(type: string): Promise<EventTypeRecord | null>;
  /** Creates or replaces. False if it is new and there are `EVENT_TYPE.maxTypes` already, however many put at once. */
  put(record: EventTypeRecord): Promise<boolean>;
  /** False if it is gone already. */
  remove(type: string): Promise<boolean>;
  /** Every event type, in no particular order; consistent. */
  all(): Promise<readonly EventTypeRecord[]>;
}
