import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of the price list. */
export interface Price {
  readonly id: string;
  readonly usd: number;
  /** What one unit is. */
  readonly unit: string;
  readonly source: string;
  /** When the figure was read there: year, month, and day where known. */
  readonly date: string;
}

export interface PriceList {
  readonly region: string;
  readonly asOf: string;
  readonly prices: readonly Price[];
}

/** Reads `bench/prices.json`. */
export function readPrices(file = join(import.meta.dirname, '../prices.json')): PriceList {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Looks up what a unit costs; a price that is not listed is an error, never nothing. */
export function priceOf(list: PriceList): (id: string) => number {
  const byId = new Map(list.prices.map(({ id, usd }) => [id, usd]));
  return (id) => {
    const usd = byId.get(id);
    if (usd === undefined) throw new Error(`bench/prices.json has no price ${id}`);
    return usd;
  };
}
