import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Candidate, InterestIndex } from './interest-index.ts';
import type { Matching } from './matching.ts';
import type { InterestPage, SubscriptionDirectory } from './ports.ts';
import { Room } from './room.ts';

/** A list that is kept, as of a change version of its tenant. */
interface Kept {
  readonly version: number;
  readonly index: InterestIndex;
}

/** One tenant's list may take this share of what all may take, so that others' stay. */
const SHARE_OF_ONE = 0.5;
/** Bytes that a page of a list too large to be kept may take, its filters compiled for the events at hand. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** Work between two pauses, in steps. */
const SLICE = 1_000_000;
/** Reading a character of a filter takes as long as so many steps of one. */
const READING = 8;

/**
 * The subscriptions of the tenants met lately. Each batch asks for a tenant's change version once, consistently, and
 * reads the list only if it moved, so a subscription made a moment ago is served. What is kept is bounded by the memory
 * it takes; a list too large to be kept is read page by page each time, and each page is let go.
 */
export class SubscriptionLists {
  readonly #directory: SubscriptionDirectory;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #room: Room;
  readonly #maxBytes: number;
  /** Least lately used first; a list is not in it while it is in use. */
  readonly #lists = new Map<string, Kept>();

  /** `maxBytes`: of memory for lists, by estimate. */
  constructor(directory: SubscriptionDirectory, log: Log, clock: Clock, maxBytes: number) {
    this.#directory = directory;
    this.#log = log;
    this.#clock = clock;
    this.#room = new Room(maxBytes, () => this.#dropOldest());
    this.#maxBytes = maxBytes * SHARE_OF_ONE;
  }

  /** Bytes of memory that lists take, by estimate. */
  get bytes(): number {
    return this.#room.taken;
  }

  /**
   * Leads events of one tenant past its subscriptions as they are now, each from where it is. Pauses now and then;
   * whoever does not carry on after a pause must `return` it, and finds how far each event came. When all events rest,
   * it only reads what is left of a list that can be kept. Throws when the directory fails.
   */
  async *match(tenant: string, events: readonly Matching[]): AsyncGenerator<void, void> {
    // The version before the list: a change in between makes the list too new for its version, never too old.
    const { n: version, slow } = await this.#directory.version(tenant);
    const now = this.#clock.now();
    for (const event of events) event.isSlow = (id) => (slow.get(id) ?? 0) > now;
    const known = this.#lists.get(tenant);
    this.#lists.delete(tenant);
    const unreadable = new Set<string>();
    try {
      if (known?.version === version) yield* this.#ask(tenant, known, events, unreadable);
      else {
        known?.index.drop();
        yield* this.#read(tenant, version, events, unreadable);
      }
    } finally {
      if (unreadable.size > 0)
        this.#log.error('fan-out.filter-unreadable', { tenant, subscriptions: [...unreadable] });
    }
  }

  *#ask(
    tenant: string,
    known: Kept,
    events: readonly Matching[],
    unreadable: Set<string>,
  ): Generator<void, void> {
    try {
      yield* meetAll(known.index, events, unreadable, true);
    } finally {
      this.#keep(tenant, known);
    }
  }

  async *#read(
    tenant: string,
    version: number,
    events: readonly Matching[],
    unreadable: Set<string>,
  ): AsyncGenerator<void, void> {
    const after = earliest(events);
    let whole = after === null ? new InterestIndex(this.#room, this.#maxBytes) : null;
    let isRead = false;
    try {
      let isFirst = true;
      for await (const page of this.#directory.interests(tenant, after)) {
        if (!isFirst) yield;
        if (whole !== null && !whole.add(page.interests)) {
          whole.drop();
          whole = null;
        }
        isRead = page.isLast;
        yield* isFirst && whole !== null
          ? meetAll(whole, events, unreadable, page.isLast)
          : this.#meetPage(page, events, unreadable);
        const last = page.interests.at(-1);
        if (last !== undefined) for (const event of events) event.pass(last.id);
        if (whole === null && events.every(({ isResting }) => isResting)) return;
        isFirst = false;
      }
      isRead = true;
      for (const event of events) event.end();
    } finally {
      if (isRead && whole !== null) this.#keep(tenant, { version, index: whole });
      else whole?.drop();
    }
  }

  *#meetPage(
    { interests, isLast }: InterestPage,
    events: readonly Matching[],
    unreadable: Set<string>,
  ): Generator<void, void> {
    const index = new InterestIndex(this.#room, PAGE_BYTES);
    try {
      index.add(interests);
      yield* meetAll(index, events, unreadable, isLast);
    } finally {
      index.drop();
    }
  }

  #keep(tenant: string, list: Kept): void {
    this.#lists.get(tenant)?.index.drop();
    this.#lists.delete(tenant);
    this.#lists.set(tenant, list);
  }

  #dropOldest(): boolean {
    const [oldest] = this.#lists;
    if (oldest === undefined) return false;
    const [tenant, { index }] = oldest;
    this.#lists.delete(tenant);
    index.drop();
    return true;
  }
}

/** Where the first of them is; null: at the beginning. */
function earliest(events: readonly Matching[]): string | null {
  const afters = events.map(({ after }) => after);
  return afters.includes(null) ? null : (afters.toSorted()[0] ?? null);
}

/**
 * Leads each event past those of an index that it may be for, and pauses when it was much work. `isLast`: no others
 * come after them.
 */
function* meetAll(
  index: InterestIndex,
  events: readonly Matching[],
  unreadable: Set<string>,
  isLast: boolean,
): Generator<void, void> {
  let work = 0;
  for (const event of events) {
    if (event.isResting) continue;
    let pausedAt = event.work - work;
    event.took(index.workOf(event.interests));
    for (const candidate of index.candidates(event.interests)) {
      if (event.hasPassed(candidate.id)) continue;
      meet(index, event, candidate, unreadable);
      if (event.work - pausedAt < SLICE) continue;
      pausedAt = event.work;
      yield;
    }
    work = event.work - pausedAt;
    if (isLast) event.end();
  }
}

function meet(index: InterestIndex, event: Matching, candidate: Candidate, unreadable: Set<string>): void {
  const { id, filter, compiled: known } = candidate;
  if (filter === null) {
    event.meet(id, null);
    return;
  }
  if (known === null) event.took(filter.length * READING);
  const compiled = known ?? index.read(candidate, filter);
  if (compiled.filter !== null) event.meet(id, compiled.filter);
  else if (known === null) unreadable.add(id);
}
