import { DISPATCH } from '../../contract/limits.ts';
import type { Subscription } from '../subscription.ts';
import { endpointOf } from './endpoint.ts';

/** What asks for a socket. */
export interface Seeker {
  /** Where the socket leads. */
  readonly origin: string;
  readonly tenant: string;
  /** Whom it is for; compared by identity. */
  readonly owner: object;
}

/** A subscription asks for a socket to where it leads. */
export function seekerOf(subscription: Subscription): Seeker {
  return { origin: endpointOf(subscription).origin, tenant: subscription.tenant, owner: subscription };
}

export interface SlotLimits {
  /** Sockets that may be open at once. */
  readonly max: number;
  readonly maxPerOrigin: number;
  /** Sockets of one tenant, those that have given way among them. */
  readonly maxPerTenant: number;
  /** Sockets beyond these that have given way. */
  readonly maxAside: number;
}

/** The limits of an environment. */
export const SOCKETS: SlotLimits = {
  max: DISPATCH.maxOpenSockets,
  maxPerOrigin: DISPATCH.maxOpenSocketsPerOrigin,
  maxPerTenant: DISPATCH.maxOpenSocketsPerTenant,
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
  readonly tenant: Tenant;
  open: number;
  readonly waiting: Go[];
}

interface Tenant {
  readonly name: string;
  lines: number;
  /** Those that have given way among them. */
  open: number;
  /** Lines that would be served if the tenant had not as many open as it may. */
  readonly held: Set<Line>;
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
 * Bounds how many sockets are open at once, in all, per origin and per tenant. While some wait, owners that have none open
 * go first, and origins take turns: an endpoint that hangs keeps the sockets it has, and gets no more of them before those
 * that answer have had theirs. Sets keep the order in which lines and origins are to be served, so nothing is searched.
 */
export class SocketSlots {
  readonly #limits: SlotLimits;
  readonly #origins = new Map<string, Origin>();
  readonly #tenants = new Map<string, Tenant>();
  /** Origins with room, and with lines that wait and have nothing open. */
  readonly #idle = new Set<Origin>();
  /** Origins with room, and with lines that wait and have something open. */
  readonly #busy = new Set<Origin>();
  #counted = 0;
  #aside = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Sockets open now. */
  get open(): number {
    return this.#counted + this.#aside;
  }

  /** Whether nobody gets a socket before another is given back. */
  get isFull(): boolean {
    return this.#counted >= this.#limits.max;
  }

  /** Resolves when a socket may be opened. */
  take(seeker: Seeker): Promise<Slot> {
    return new Promise((go) => this.whenFree(seeker, go));
  }

  /** Calls `go` when a socket may be opened; at once, if it may be now. */
  whenFree({ origin: name, tenant, owner }: Seeker, go: Go): void {
    const origin = this.#originOf(name);
    const line = lineOf(origin, this.#tenantOf(tenant), owner);
    if (!this.isFull && origin.open < this.#limits.maxPerOrigin && this.#hasRoom(line.tenant)) {
      go(this.#occupy(line));
      return;
    }
    line.waiting.push(go);
    this.#queue(line);
  }

  #hasRoom({ open }: Tenant): boolean {
    return open < this.#limits.maxPerTenant;
  }

  #occupy(line: Line): Slot {
    const { origin, tenant } = line;
    this.#counted++;
    origin.open++;
    tenant.open++;
    line.open++;
    let state: 'counted' | 'aside' | 'released' = 'counted';
    return {
      release: () => {
        if (state === 'released') return;
        line.open--;
        this.#less(tenant);
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

  /** One that was held back for its tenant's sake may have its turn. */
  #less(tenant: Tenant): void {
    tenant.open--;
    const [line] = tenant.held;
    if (line === undefined) return;
    tenant.held.delete(line);
    this.#queue(line);
  }

  #uncount(origin: Origin): void {
    this.#counted--;
    origin.open--;
  }

  /** Puts a line where it belongs among those that wait, and its origin as well. */
  #queue(line: Line): void {
    const { origin, tenant, open, waiting } = line;
    if (waiting.length > 0 && !this.#hasRoom(tenant)) this.#hold(line);
    else if (waiting.length > 0) {
      const [own, other] = open === 0 ? [origin.idle, origin.busy] : [origin.busy, origin.idle];
      other.delete(line);
      own.add(line);
    }
    this.#turn(origin);
  }

  #hold(line: Line): void {
    for (const set of [line.origin.idle, line.origin.busy]) set.delete(line);
    line.tenant.held.add(line);
  }

  #turn(origin: Origin): void {
    const hasRoom = origin.open < this.#limits.maxPerOrigin;
    if (hasRoom && origin.idle.size > 0) this.#idle.add(origin);
    else this.#idle.delete(origin);
    if (hasRoom && origin.busy.size > 0) this.#busy.add(origin);
    else this.#busy.delete(origin);
  }

  #serve(): void {
    while (!this.isFull) {
      const [origin] = this.#idle.size > 0 ? this.#idle : this.#busy;
      if (origin === undefined) return;
      const [line] = origin.idle.size > 0 ? origin.idle : origin.busy;
      if (line !== undefined && !this.#hasRoom(line.tenant)) {
        this.#queue(line);
        continue;
      }
      const go = line?.waiting.shift();
      if (line === undefined || go === undefined) return;
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

  #tenantOf(name: string): Tenant {
    const known = this.#tenants.get(name);
    if (known) return known;
    const tenant: Tenant = { name, lines: 0, open: 0, held: new Set() };
    this.#tenants.set(name, tenant);
    return tenant;
  }

  /** Nothing is kept of whoever has nothing open and waits for nothing. */
  #forget({ origin, tenant, owner, open, waiting }: Line): void {
    if (open > 0 || waiting.length > 0) return;
    origin.lines.delete(owner);
    if (origin.lines.size === 0) this.#origins.delete(origin.name);
    if (--tenant.lines === 0) this.#tenants.delete(tenant.name);
  }
}

function lineOf(origin: Origin, tenant: Tenant, owner: object): Line {
  const known = origin.lines.get(owner);
  if (known) return known;
  const line: Line = { owner, origin, tenant, open: 0, waiting: [] };
  origin.lines.set(owner, line);
  tenant.lines++;
  return line;
}
