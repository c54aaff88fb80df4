import type { After, Clock } from '../clock.ts';

/** Something that began and has not ended. */
interface Flight<T> {
  readonly what: T;
  readonly beganAt: number;
}

/** Says that something has ended. */
export type Landed = () => void;

export interface InFlightDeps {
  readonly after: After;
  readonly clock: Clock;
}

/**
 * Watches what is under way, and tells of each thing once that has been for too long. There is one timer for all of
 * them: most end within milliseconds, and nothing but a set's entry is made for those.
 */
export class InFlight<T> {
  readonly #deps: InFlightDeps;
  readonly #limitMs: number;
  readonly #tell: (late: readonly T[]) => void;
  /** In the order in which they began. */
  readonly #flights = new Set<Flight<T>>();
  /** Those that were told of. */
  readonly #late = new Set<Flight<T>>();
  #cancel: (() => void) | null = null;

  constructor(deps: InFlightDeps, limitMs: number, tell: (late: readonly T[]) => void) {
    this.#deps = deps;
    this.#limitMs = limitMs;
    this.#tell = tell;
  }

  /** Something begins. */
  begin(what: T): Landed {
    const flight = { what, beganAt: this.#deps.clock.now() };
    this.#flights.add(flight);
    if (this.#cancel === null) this.#look(this.#limitMs);
    return () => {
      if (!this.#flights.delete(flight)) this.#late.delete(flight);
    };
  }

  /** For how long what began first is under way, in milliseconds; 0 if nothing is. */
  get oldestMs(): number {
    const [oldest] = this.#late.size > 0 ? this.#late : this.#flights;
    return oldest === undefined ? 0 : this.#deps.clock.now() - oldest.beganAt;
  }

  /** Watches no more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#flights.clear();
    this.#late.clear();
  }

  #look(inMs: number): void {
    this.#cancel = this.#deps.after(inMs, () => {
      this.#cancel = null;
      const now = this.#deps.clock.now();
      const late: T[] = [];
      for (const flight of this.#flights) {
        const leftMs = flight.beganAt + this.#limitMs - now;
        if (leftMs > 0) {
          // A clock that was set back must not put this off.
          this.#look(Math.min(leftMs, this.#limitMs));
          break;
        }
        this.#flights.delete(flight);
        this.#late.add(flight);
        late.push(flight.what);
      }
      if (late.length > 0) this.#tell(late);
    });
  }
}
