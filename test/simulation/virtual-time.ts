import type { Clock, Random } from '../../core/clock.ts';

/** Something that happens at a virtual time. */
interface Occurrence {
  readonly at: number;
  /** Ties are settled by order of scheduling, so that a seed always plays the same. */
  readonly order: number;
  readonly happen: () => void;
  /** Nothing comes of it any more. */
  cancelled: boolean;
}

/**
 * Virtual time: a year passes in the time its occurrences take to run. Everything that waits, waits here, so
 * one seed gives one history.
 */
export class VirtualTime implements Clock {
  readonly random: Random;
  readonly #start: number;
  #now: number;
  #order = 0;
  /** A binary heap, earliest first. */
  readonly #heap: Occurrence[] = [];

  constructor(random: Random, start = Date.UTC(2026, 0, 1)) {
    this.random = random;
    this.#start = start;
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Milliseconds since the simulation began. */
  elapsed(): number {
    return this.#now - this.#start;
  }

  /** Has something happen `ms` from now, unless what it answers is called before. */
  after(ms: number, happen: () => void): () => void {
    const at = this.#now + Math.max(0, Math.ceil(ms));
    const occurrence: Occurrence = { at, order: this.#order++, happen, cancelled: false };
    this.#heap.push(occurrence);
    siftUp(this.#heap);
    return () => {
      occurrence.cancelled = true;
    };
  }

  /** Resolves `ms` from now. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs until nothing is left to happen, `done` says so, or `limitMs` have passed. Answers whether it came to an end. */
  async run(limitMs: number, done: () => boolean): Promise<boolean> {
    for (;;) {
      await settled();
      if (done()) return true;
      let next = takeFirst(this.#heap);
      while (next?.cancelled) next = takeFirst(this.#heap);
      if (!next) return true;
      if (next.at - this.#start > limitMs) return false;
      this.#now = next.at;
      next.happen();
    }
  }

  /** A whole number from `low` to below `high`: times are whole milliseconds. */
  between(low: number, high: number): number {
    return Math.floor(low + this.random.number() * (high - low));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.random.number() < probability;
  }

  /** One of the values. */
  pick<T>(values: readonly [T, ...T[]]): T {
    return values[Math.floor(this.random.number() * values.length)] ?? values[0];
  }
}

/** Lets every promise that can go on do so: a macrotask begins only when no microtask is left. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function before(a: Occurrence, b: Occurrence): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function siftUp(heap: Occurrence[]): void {
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!swapIfBefore(heap, child, parent)) return;
    child = parent;
  }
}

function takeFirst(heap: Occurrence[]): Occurrence | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || first === last) return first;
  heap[0] = last;
  let parent = 0;
  for (;;) {
    const left = 2 * parent + 1;
    const a = heap[left];
    if (!a) return first;
    const b = heap[left + 1];
    const child = b && before(b, a) ? left + 1 : left;
    if (!swapIfBefore(heap, child, parent)) return first;
    parent = child;
  }
}

function swapIfBefore(heap: Occurrence[], child: number, parent: number): boolean {
  const c = heap[child];
  const p = heap[parent];
  if (!c || !p || !before(c, p)) return false;
  heap[child] = p;
  heap[parent] = c;
  return true;
}
