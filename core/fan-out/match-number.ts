import { type ComparableNumber, compareNumbers } from '../exact-number.ts';
import type { Steps } from './match-steps.ts';
import type { Bound } from './pattern-condition.ts';

/** An end of a range; `closed`: the number itself is inside. */
interface Edge {
  readonly number: ComparableNumber;
  readonly closed: boolean;
}

interface Range {
  readonly low: Edge;
  readonly high: Edge;
}

/** Whether a number is in one of some ranges. */
export type NumberTest = (value: ComparableNumber, steps: Steps) => boolean;

/** Compiles numeric conditions of which one must hold: a look into ranges that are sorted and apart. */
export function compileRanges(conditions: readonly (readonly Bound[])[]): NumberTest {
  const ranges = apart(conditions.map(rangeOf));
  const cost = ranges.length === 1 ? 1 : 2;
  return (value, steps) => {
    steps.take(cost);
    let from = 0;
    let to = ranges.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isAbove(value, ranges[middle])) from = middle + 1;
      else to = middle;
    }
    // The last range that does not begin above the value.
    const range = ranges[from - 1];
    return range !== undefined && isBelow(value, range.high);
  };
}

function rangeOf(bounds: readonly Bound[]): Range {
  let low: Edge = { number: Number.NEGATIVE_INFINITY, closed: false };
  let high: Edge = { number: Number.POSITIVE_INFINITY, closed: false };
  for (const { operator, number } of bounds) {
    const edge = { number, closed: operator.endsWith('=') };
    if (!operator.startsWith('<')) low = edge;
    if (!operator.startsWith('>')) high = edge;
  }
  return { low, high };
}

/** The same numbers, in rising ranges of which no two touch. */
function apart(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted(byLow)) {
    const last = merged.at(-1);
    if (last === undefined || isGapBetween(last.high, range.low)) merged.push(range);
    else if (byHigh(last, range) < 0) merged.splice(-1, 1, { low: last.low, high: range.high });
  }
  return merged;
}

function byLow({ low: a }: Range, { low: b }: Range): number {
  return compareNumbers(a.number, b.number) || Number(b.closed) - Number(a.closed);
}

function byHigh({ high: a }: Range, { high: b }: Range): number {
  return compareNumbers(a.number, b.number) || Number(a.closed) - Number(b.closed);
}

function isGapBetween(high: Edge, low: Edge): boolean {
  const order = compareNumbers(high.number, low.number);
  return order < 0 || (order === 0 && !high.closed && !low.closed);
}

function isAbove(value: ComparableNumber, range: Range | undefined): boolean {
  if (range === undefined) return false;
  const order = compareNumbers(value, range.low.number);
  return order > 0 || (order === 0 && range.low.closed);
}

function isBelow(value: ComparableNumber, high: Edge): boolean {
  const order = compareNumbers(value, high.number);
  return order < 0 || (order === 0 && high.closed);
}
