import { DISPATCH } from '../../contract/limits.ts';
import type { Subscription } from '../subscription.ts';
import { endpointOf } from './endpoint.ts';

/** What asks for a socket. */
export interface Seeker {
  /** Where the socket leads. */
  readonly origin: string;
  /** Whom it is for; compared by identity. */
  readonly owner: object;
}

/** A subscription asks for a socket to where it leads. */
export function seekerOf(subscription: Subscription): Seeker {
  return { origin: endpointOf(subscription).origin, owner: subscription };
}

export interface SlotLimits {
  /** Sockets that may be open at once. */
  readonly max: number;
  readonly maxPerOrigin: number;
  /** Sockets beyond these that have given way. */
  readonly maxAside: number;
}

/** The limits of an environment. */
export const SOCKETS: SlotLimits = {
  max: DISPATCH.maxOpenSockets,
  maxPerOrigin: DISPATCH.maxOpenSocketsPerOrigin,
  maxAside: DISPATCH.maxSocketsAside,
};

/** A socket that may be open. */
export interface Slot {
  /** Gives it back. */
  release(): void;
  /** Lets another open one in its place, as far as there is room for such, and goes on. */
  giveWay(): void;
}

type Go = (slot: Slot) => void;

/** One owner's sockets to one origin, and its targets that wait for one. */
interface Line {
  readonly owner: object;
  readonly origin: Origin;
  open: number;
  readonly waiting: Go[];
}

interface Origin {
  readonly name: string;
  open: number;
  readonly lines: Map<object, Line>;
  /** Lines that wait and have nothing open. */
  readonly idle: Set<Line>;
  /** Lines that wait and have something open. */
  readonly busy: Set<Line>;
}

/**
 * Bounds how many sockets are open at once, in all and per origin. While some wait, owners that have none open go
 * first, and origins take turns: an endpoint that hangs keeps the sockets it has, and gets no more of them before those
 * that answer have had theirs. Sets keep the order in which lines and origins are to be served, so nothing is searched.
 */
export class SocketSlots {
  readonly #limits: SlotLimits;
  readonly #origins = new Map<string, Origin>();
  /** Origins with room, and with lines that wait and have nothing open. */
  readonly #idle = new Set<Origin>();
  /** Origins with room, and with lines that wait and have something open. */
  readonly #busy = new Set<Origin>();
  #counted = 0;
  #waiting = 0;
  #aside = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Sockets open now. */
  get open(): number {
    return this.#counted + this.#aside;
  }

  /** Targets that wait for a socket. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when a socket may be opened. */
  take(seeker: Seeker): Promise<Slot> {
    return new Promise((go) => this.whenFree(seeker, go));
  }

  /** Calls `go` when a socket may be opened; at once, if it may be now. */
  whenFree({ origin: name, owner }: Seeker, go: Go): void {
    const origin = this.#originOf(name);
    const line = lineOf(origin, owner);
    if (this.#counted < this.#limits.max && origin.open < this.#limits.maxPerOrigin) {
      go(this.#occupy(line));
      return;
    }
    line.waiting.push(go);
    this.#waiting++;
    this.#queue(line);
  }

  #occupy(line: Line): Slot {
    const { origin } = line;
    this.#counted++;
    origin.open++;
    line.open++;
    let state: 'counted' | 'aside' | 'released' = 'counted';
    return {
      release: () => {
        if (state === 'released') return;
        line.open--;
        if (state === 'aside') this.#aside--;
        else this.#uncount(origin);
        state = 'released';
        this.#queue(line);
        this.#serve();
        this.#forget(line);
      },
      giveWay: () => {
        if (state !== 'counted' || this.#aside >= this.#limits.maxAside) return;
        state = 'aside';
        this.#aside++;
        this.#uncount(origin);
        this.#queue(line);
        this.#serve();
      },
    };
  }

  #uncount(origin: Origin): void {
    this.#counted--;
    origin.open--;
  }

  /** Puts a line where it belongs among those that wait, and its origin as well. */
  #queue(line: Line): void {
    const { origin, open, waiting } = line;
    if (waiting.length > 0) {
      const [own, other] = open === 0 ? [origin.idle, origin.busy] : [origin.busy, origin.idle];
      other.delete(line);
      own.add(line);
    }
    this.#turn(origin);
  }

  #turn(origin: Origin): void {
    const hasRoom = origin.open < this.#limits.maxPerOrigin;
    if (hasRoom && origin.idle.size > 0) this.#idle.add(origin);
    else this.#idle.delete(origin);
    if (hasRoom && origin.busy.size > 0) this.#busy.add(origin);
    else this.#busy.delete(origin);
  }

  #serve(): void {
    while (this.#counted < this.#limits.max) {
      const [origin] = this.#idle.size > 0 ? this.#idle : this.#busy;
      if (origin === undefined) return;
      const [line] = origin.idle.size > 0 ? origin.idle : origin.busy;
      const go = line?.waiting.shift();
      if (line === undefined || go === undefined) return;
      this.#waiting--;
      // Whoever was served goes behind the others.
      for (const set of [origin.idle, origin.busy]) set.delete(line);
      for (const set of [this.#idle, this.#busy]) set.delete(origin);
      const slot = this.#occupy(line);
      this.#queue(line);
      go(slot);
    }
  }

  #originOf(name: string): Origin {
    const known = this.#origins.get(name);
    if (known) return known;
    const origin: Origin = { name, open: 0, lines: new Map(), idle: new Set(), busy: new Set() };
    this.#origins.set(name, origin);
    return origin;
  }

  /** Nothing is kept of whoever has nothing open and waits for nothing. */
  #forget({ origin, owner, open, waiting }: Line): void {
    if (open > 0 || waiting.length > 0) return;
    origin.lines.delete(owner);
    if (origin.lines.size === 0) this.#origins.delete(origin.name);
  }
}

function lineOf(origin: Origin, owner: object): Line {
  const known = origin.lines.get(owner);
  if (known) return known;
  const line: Line = { owner, origin, open: 0, waiting: [] };
  origin.lines.set(owner, line);
  return line;
}
