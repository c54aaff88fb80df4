import { sampleOf } from '../dispatch/prepare.ts';
import type { StandIns } from '../stand-ins/stand-ins.ts';

/** When each event first came to each endpoint: by event id and path, in epoch milliseconds. */
export class Arrivals {
  readonly #standIns: StandIns;
  readonly #sink: string;
  readonly #at = new Map<string, number>();

  constructor(standIns: StandIns, sink: string) {
    this.#standIns = standIns;
    this.#sink = sink;
  }

  /** Takes over what came since. */
  async collect(): Promise<void> {
    const { kept, keptAt } = (await this.#standIns.take(this.#sink)).sink;
    for (const [i, request] of kept.entries()) {
      const { path, headers } = sampleOf(request);
      const key = keyOf(headers['webhook-id'] ?? '', path);
      if (!this.#at.has(key)) this.#at.set(key, keptAt[i] ?? Number.NaN);
    }
  }

  /** Waits until so many deliveries came, or nothing new does for a while. */
  async settle(expected: number, patienceMs: number): Promise<void> {
    let grewAt = Date.now();
    for (let before = this.#at.size; this.#at.size < expected && Date.now() - grewAt < patienceMs; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await this.collect();
      if (this.#at.size > before) grewAt = Date.now();
      before = this.#at.size;
    }
  }

  /** When an event came to an endpoint; undefined if it did not. */
  at(event: string, path: string): number | undefined {
    return this.#at.get(keyOf(event, path));
  }
}

function keyOf(event: string, path: string): string {
  return `${event} ${path}`;
}
