/** The middle of some numbers; of an even count, the mean of the middle two. Throws if there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new Error('no numbers to take the middle of');
  return (lower + upper) / 2;
}

/** The value that a share of the numbers does not exceed (nearest rank). Throws if there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error('no numbers to take a share of');
  return found;
}

/** How far apart the middle half of some numbers lies, as a share of their median. */
export function spread(values: readonly number[]): number {
  return (percentile(values, 0.75) - percentile(values, 0.25)) / median(values);
}

/** A list in an order of chance, so that no variant always runs first. */
export function shuffled<T>(items: readonly T[], chance: () => number = Math.random): readonly T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(Math.floor(chance() * left.length), 1));
  return order;
}

/** Rounded to so many significant digits. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
