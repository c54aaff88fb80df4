import type { DeadLetterMessage } from '../../contract/messages.ts';
import type { DeadLetterRecords } from '../../core/dispatch/ports.ts';
import type { DeadDelivery, DeadLetterEntry, DeadLetterIndex } from '../../core/redrive/ports.ts';

/** Dead-letter records in memory. */
export class FakeDeadLetters implements DeadLetterRecords, DeadLetterIndex {
  readonly #entries = new Map<string, DeadLetterEntry>();

  async record(letter: DeadLetterMessage, delivery: string): Promise<void> {
    const key = `${letter.event.tenant}\n${delivery}`;
    if ((this.#entries.get(key)?.attempts ?? -1) >= letter.attempt) return;
    this.#entries.set(key, {
      tenant: letter.event.tenant,
      delivery,
      event: letter.event.id,
      eventType: letter.event.type,
      subscription: letter.targets[0] ?? '',
      shards: letter.shards,
      createdAt: letter.event.acceptedAt,
      deadAt: letter.dead.at,
      reason: letter.dead.reason,
      run: letter.run,
      attempts: letter.attempt,
      requests: letter.dead.requests ?? letter.attempt,
      lastStatus: letter.dead.lastStatus,
      lastError: letter.dead.lastError,
    });
  }

  async *entries(tenant: string, after: string | null): AsyncIterable<readonly DeadLetterEntry[]> {
    const sorted = [...this.#entries.values()]
      .filter((entry) => entry.tenant === tenant && (after === null || entry.delivery < after))
      .sort((a, b) => (a.delivery < b.delivery ? 1 : -1));
    for (let at = 0; at < sorted.length; at += 3) yield sorted.slice(at, at + 3);
  }

  async stillDead<Death extends DeadDelivery>(deaths: readonly Death[]): Promise<readonly Death[]> {
    return deaths.filter((death) => this.#of(death)?.attempts === death.attempt);
  }

  async remove(death: DeadDelivery): Promise<void> {
    if ((this.#of(death)?.attempts ?? Number.POSITIVE_INFINITY) > death.attempt) return;
    this.#entries.delete(`${death.tenant}\n${death.delivery}`);
  }

  #of(death: DeadDelivery): DeadLetterEntry | undefined {
    return this.#entries.get(`${death.tenant}\n${death.delivery}`);
  }
}
