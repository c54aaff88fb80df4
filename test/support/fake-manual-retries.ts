import type { ManualRetries, RetryWindow } from '../../core/manage/manual-retries.ts';

/** Counts of retries by hand in memory. */
export class FakeManualRetries implements ManualRetries {
  readonly #counts = new Map<string, number>();

  async take({ tenant, delivery, since }: RetryWindow, most: number): Promise<boolean> {
    const key = JSON.stringify([tenant, delivery, since]);
    const count = this.#counts.get(key) ?? 0;
    if (count >= most) return false;
    this.#counts.set(key, count + 1);
    return true;
  }
}
