import type { DeliverySummary } from '../../contract/api.ts';

/** The newest things of one slice of time, as a list answered them. Times in epoch milliseconds. */
export interface Slice<Item> {
  readonly from: number;
  readonly until: number;
  readonly items: readonly Item[];
  /** Whether the slice holds more than was read. */
  readonly more: boolean;
}

export const OUTCOMES = ['Delivered', 'HTTP 3xx', 'HTTP 4xx', 'HTTP 5xx', 'No answer', 'Not sent'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How a delivery stands by its last answer. */
export function outcomeOf({ status, lastAttempt }: Pick<DeliverySummary, 'status' | 'lastAttempt'>): Outcome {
  if (status === 'succeeded') return 'Delivered';
  if (lastAttempt === null) return 'Not sent';
  const code = Math.floor((lastAttempt.status ?? 0) / 100);
  if (code === 3 || code === 4 || code === 5) return `HTTP ${code}xx`;
  return 'No answer';
}

/**
 * How many things a slice holds: exact if all were read. Otherwise the rate of those that were read (the newest)
 * is taken for the whole slice.
 */
export function sizeOf<Item>(
  { from, until, items, more }: Slice<Item>,
  timeOf: (item: Item) => number,
): number {
  const oldest = items.at(-1);
  if (!more || oldest === undefined) return items.length;
  const covered = Math.max(1, until - timeOf(oldest));
  return Math.round((items.length * (until - from)) / covered);
}

/** Deliveries of a slice by outcome, in the same proportions as those that were read. */
export function outcomesOf(slice: Slice<DeliverySummary>): Readonly<Record<Outcome, number>> {
  const size = sizeOf(slice, createdAtOf);
  const share = slice.items.length === 0 ? 0 : size / slice.items.length;
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const delivery of slice.items) counts[outcomeOf(delivery)] += share;
  for (const outcome of OUTCOMES) counts[outcome] = Math.round(counts[outcome]);
  return counts;
}

/** Milliseconds from the event's acceptance to the end of the attempt that delivered it; delivered ones only. */
export function lagsOf(deliveries: readonly DeliverySummary[]): readonly number[] {
  return deliveries
    .flatMap(({ status, lastAttempt, createdAt }) =>
      status === 'succeeded' && lastAttempt !== null
        ? [Math.max(0, Date.parse(lastAttempt.at) + lastAttempt.durationMs - Date.parse(createdAt))]
        : [],
    )
    .sort((a, b) => a - b);
}

/** Nearest-rank percentile of sorted values; null of none. */
export function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

export function createdAtOf({ createdAt }: Pick<DeliverySummary, 'createdAt'>): number {
  return Date.parse(createdAt);
}

/** Splits the time before `now` into equal slices, oldest first. */
export function slicesBefore(
  now: number,
  spanMs: number,
  count: number,
): readonly { from: number; until: number }[] {
  const length = spanMs / count;
  return Array.from({ length: count }, (_, at) => ({
    from: Math.round(now - spanMs + at * length),
    until: Math.round(now - spanMs + (at + 1) * length),
  }));
}
