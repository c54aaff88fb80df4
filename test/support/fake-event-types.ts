import { EVENT_TYPE } from '../../contract/limits.ts';
import type { EventTypeRecord, EventTypeStore } from '../../core/event-types/ports.ts';

/** Event types in memory; counts how often all were read, and fails on demand. */
export class FakeEventTypes implements EventTypeStore {
  readonly #records = new Map<string, EventTypeRecord>();
  reads = 0;
  failing = false;

  async get(type: string): Promise<EventTypeRecord | null> {
    return this.#records.get(type) ?? null;
  }

  async put(record: EventTypeRecord): Promise<boolean> {
    if (!this.#records.has(record.type) && this.#records.size >= EVENT_TYPE.maxTypes) return false;
    this.#records.set(record.type, record);
    return true;
  }

  async remove(type: string): Promise<boolean> {
    return this.#records.delete(type);
  }

  async all(): Promise<readonly EventTypeRecord[]> {
    if (this.failing) throw new Error('the table is down');
    this.reads++;
    return [...this.#records.values()];
  }
}
