/** Gives a slot back. */
export type Release = () => void;

interface Waiting {
  readonly origin: string;
  readonly go: (release: Release) => void;
}

/** Bounds how many sockets are open at once, in all and per origin. Waits are served in order. */
export class SocketSlots {
  readonly #max: number;
  readonly #maxPerOrigin: number;
  readonly #perOrigin = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #open = 0;

  constructor(max: number, maxPerOrigin: number) {
    this.#max = max;
    this.#maxPerOrigin = maxPerOrigin;
  }

  /** Slots taken now. */
  get open(): number {
    return this.#open;
  }

  /** Resolves when a socket to this origin may be opened. */
  take(origin: string): Promise<Release> {
    return new Promise((go) => this.whenFree(origin, go));
  }

  /** Calls `go` when a socket to this origin may be opened; at once, if it may be now. */
  whenFree(origin: string, go: (release: Release) => void): void {
    if (this.#isFree(origin)) go(this.#occupy(origin));
    else this.#waiting.push({ origin, go });
  }

  #isFree(origin: string): boolean {
    return this.#open < this.#max && (this.#perOrigin.get(origin) ?? 0) < this.#maxPerOrigin;
  }

  #occupy(origin: string): Release {
    this.#open++;
    this.#perOrigin.set(origin, (this.#perOrigin.get(origin) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#open--;
      const left = (this.#perOrigin.get(origin) ?? 1) - 1;
      if (left === 0) this.#perOrigin.delete(origin);
      else this.#perOrigin.set(origin, left);
      this.#serveNext();
    };
  }

  #serveNext(): void {
    const next = this.#waiting.findIndex(({ origin }) => this.#isFree(origin));
    // Mostly it is the first, and to take that moves none of those behind it.
    const served =
      next > 0 ? this.#waiting.splice(next, 1)[0] : next === 0 ? this.#waiting.shift() : undefined;
    served?.go(this.#occupy(served.origin));
  }
}
