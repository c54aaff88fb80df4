import type { StoredInterest } from './ports.ts';
import type { Room } from './room.ts';
import { type CompiledFilter, compileStoredFilter } from './subscription-filter.ts';

/** A subscription that an event may be for. */
export interface Candidate {
  readonly id: string;
  /** JSON text; null: no filter. */
  readonly filter: string | null;
  /** Null until it is first asked, or where there is no room to keep it. */
  compiled: CompiledFilter | null;
}

/** Bytes that a candidate with its id, a place in a list, and a list with its key take in Node 24. Measured, and rounded up. */
const CANDIDATE = 160;
const PLACE = 16;
const LIST = 240;

/** Sorting in a candidate takes as long as so many steps of a filter. */
const SORTING = 8;

/**
 * Subscriptions by what they ask for, so that the cost of an event grows with those it may be for and not with all
 * there are. Paused and disabled ones are in it too: their deliveries are recorded as skipped.
 */
export class InterestIndex {
  readonly #byInterest = new Map<string, Candidate[]>();
  readonly #room: Room;
  readonly #maxBytes: number;
  #bytes = 0;

  /** What it holds takes room, until it is dropped. Filters stay compiled while it all takes no more than `maxBytes`. */
  constructor(room: Room, maxBytes: number) {
    this.#room = room;
    this.#maxBytes = maxBytes;
    this.#hold(LIST);
  }

  /** About how much memory it takes, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds subscriptions, whose ids are above those it has. Answers whether there is room for them. */
  add(interests: readonly StoredInterest[]): boolean {
    let bytes = 0;
    for (const { id, eventTypes, filter } of interests) {
      const candidate: Candidate = { id, filter, compiled: null };
      bytes += CANDIDATE + (filter === null ? 0 : bytesOf(filter));
      for (const interest of new Set(eventTypes)) bytes += this.#addTo(interest, candidate);
    }
    return this.#hold(bytes) && this.#bytes <= this.#maxBytes;
  }

  /** Those that an event may be for which meets these interests: in the order of their ids, each once. */
  candidates(interests: readonly string[]): readonly Candidate[] {
    const lists = this.#listsOf(interests);
    if (lists.length <= 1) return lists[0] ?? [];
    return [...new Set(lists.flat())].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** What finding them takes, in steps of a filter. */
  workOf(interests: readonly string[]): number {
    const lists = this.#listsOf(interests);
    return lists.length <= 1 ? 0 : lists.reduce((sum, list) => sum + list.length, 0) * SORTING;
  }

  /** Reads the filter of a candidate, and keeps it compiled if there is room. */
  read(candidate: Candidate, filter: string): CompiledFilter {
    const compiled = compileStoredFilter(filter);
    if (this.#bytes + compiled.bytes <= this.#maxBytes && this.#room.take(compiled.bytes)) {
      this.#bytes += compiled.bytes;
      candidate.compiled = compiled;
    }
    return compiled;
  }

  /** Gives its room back; it must not be used any more. */
  drop(): void {
    this.#room.give(this.#bytes);
    this.#bytes = 0;
  }

  #listsOf(interests: readonly string[]): readonly Candidate[][] {
    return interests.flatMap((interest) => {
      const list = this.#byInterest.get(interest);
      return list === undefined ? [] : [list];
    });
  }

  /** Answers how many bytes that took. */
  #addTo(interest: string, candidate: Candidate): number {
    const list = this.#byInterest.get(interest);
    if (list !== undefined) {
      list.push(candidate);
      return PLACE;
    }
    this.#byInterest.set(interest, [candidate]);
    return LIST + PLACE + bytesOf(interest);
  }

  #hold(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#room.hold(bytes);
  }
}

/** Of a text in memory: one for each character, or two if one is beyond Latin-1. */
function bytesOf(text: string): number {
  return BEYOND_LATIN_1.test(text) ? text.length * 2 : text.length;
}

const BEYOND_LATIN_1 = /[^\0-\xff]/;
