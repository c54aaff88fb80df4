import type { DeliveryRow } from '../../core/delivery.ts';
import { oneOfEach } from '../../core/delivery-rows.ts';

/** Rows of one delivery. */
type Group = readonly [DeliveryRow, ...DeliveryRow[]];
type Pages = AsyncIterable<readonly DeliveryRow[]>;

/**
 * Two lists of rows as one, in pages that are never empty. Both have the rows of a delivery as neighbours and their
 * deliveries in the same order, by id; the first is asked first. Of rows of one attempt one is left.
 */
export async function* mergeRows(a: Pages, b: Pages, order: 'ascending' | 'descending'): Pages {
  const before = (x: string, y: string): boolean => (order === 'ascending' ? x < y : x > y);
  const [left, right] = [new Groups(a), new Groups(b)];
  let page: DeliveryRow[] = [];
  for (;;) {
    // What waits for another read goes out first, so that a reader who has enough saves it.
    if ((left.mustRead || right.mustRead) && page.length > 0) {
      yield page;
      page = [];
    }
    const x = await left.peek();
    const y = await right.peek();
    if (x === null && y === null) break;
    const takeLeft = y === null || (x !== null && !before(y[0].delivery, x[0].delivery));
    const takeRight = x === null || (y !== null && !before(x[0].delivery, y[0].delivery));
    page.push(...oneOfEach([...(takeLeft ? left.take() : []), ...(takeRight ? right.take() : [])]));
  }
  if (page.length > 0) yield page;
}

/** Takes pages of rows apart into deliveries. */
class Groups {
  readonly #pages: AsyncIterator<readonly DeliveryRow[]>;
  #rows: readonly DeliveryRow[] = [];
  #at = 0;
  #ended = false;
  #next: Group | null = null;

  constructor(pages: Pages) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** Whether the next delivery can't be told, or told to be whole, without reading on. */
  get mustRead(): boolean {
    const here = this.#rows[this.#at];
    const isLast = here === undefined || here.delivery === this.#rows.at(-1)?.delivery;
    return this.#next === null && !this.#ended && isLast;
  }

  /** The next delivery; null at the end. */
  async peek(): Promise<Group | null> {
    if (this.#next !== null) return this.#next;
    const first = await this.#shift();
    if (first === null) return null;
    const group: [DeliveryRow, ...DeliveryRow[]] = [first];
    for (let row = await this.#shift(); row !== null; row = await this.#shift()) {
      if (row.delivery !== first.delivery) {
        this.#at--;
        break;
      }
      group.push(row);
    }
    this.#next = group;
    return group;
  }

  /** Takes the delivery that `peek` answered. */
  take(): readonly DeliveryRow[] {
    const group = this.#next ?? [];
    this.#next = null;
    return group;
  }

  async #shift(): Promise<DeliveryRow | null> {
    while (this.#at >= this.#rows.length) {
      if (this.#ended) return null;
      const { done, value } = await this.#pages.next();
      if (done) {
        this.#ended = true;
        return null;
      }
      this.#rows = value;
      this.#at = 0;
    }
    return this.#rows[this.#at++] ?? null;
  }
}
