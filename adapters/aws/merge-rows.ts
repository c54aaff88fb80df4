import type { DeliveryRow } from '../../core/delivery.ts';

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

/**
 * One row for each attempt of a delivery, in order of attempt. Two workers may have made the same attempt; a success
 * is what counts then, otherwise whatever came last.
 */
export function oneOfEach(rows: readonly DeliveryRow[]): readonly DeliveryRow[] {
  const byAttempt = new Map<string, DeliveryRow>();
  for (const row of rows) {
    const key = `${row.delivery} ${row.attempt} ${row.run}`;
    const known = byAttempt.get(key);
    if (known === undefined || outdoes(row, known)) byAttempt.set(key, row);
  }
  return [...byAttempt.values()].sort((a, b) => a.attempt - b.attempt || (a.run < b.run ? -1 : 1));
}

function outdoes(row: DeliveryRow, known: DeliveryRow): boolean {
  if (known.status === 'succeeded') return false;
  return row.status === 'succeeded' || row.at > known.at;
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
