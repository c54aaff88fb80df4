import type { Clock } from '../../core/clock.ts';
import type { DeadLetterQueue, ReceivedLetter } from '../../core/redrive/ports.ts';

interface Letter {
  readonly body: string;
  visibleAt: number;
}

/** A dead-letter queue in memory. A receipt is good until the letter is deleted. */
export class FakeDeadLetterQueue implements DeadLetterQueue {
  readonly #clock: Clock;
  readonly #letters = new Map<string, Letter>();
  #next = 0;
  /** How often letters were asked for. */
  receives = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(body: string): void {
    this.#letters.set(String(this.#next++), { body, visibleAt: 0 });
  }

  async receive(holdSeconds: number): Promise<readonly ReceivedLetter[]> {
    this.receives++;
    const now = this.#clock.now();
    const visible = [...this.#letters].filter(([, letter]) => letter.visibleAt <= now).slice(0, 10);
    for (const [, letter] of visible) letter.visibleAt = now + holdSeconds * 1000;
    return visible.map(([receipt, { body }]) => ({ body, receipt }));
  }

  async delete(receipts: readonly string[]): Promise<void> {
    for (const receipt of receipts) this.#letters.delete(receipt);
  }

  async release(receipts: readonly string[]): Promise<void> {
    for (const receipt of receipts) {
      const letter = this.#letters.get(receipt);
      if (letter) letter.visibleAt = 0;
    }
  }

  /** All letters, held ones too. */
  get bodies(): readonly string[] {
    return [...this.#letters.values()].map((letter) => letter.body);
  }

  /** Letters that can be received now. */
  get visible(): readonly string[] {
    const now = this.#clock.now();
    return [...this.#letters.values()].filter((letter) => letter.visibleAt <= now).map(({ body }) => body);
  }
}
