/** Memory that may be taken for what is kept of subscriptions, in bytes, by estimate. */
export class Room {
  readonly #max: number;
  readonly #free: () => boolean;
  #taken = 0;

  /** `free` gives something back that is kept; false if there is nothing. */
  constructor(max: number, free: () => boolean) {
    this.#max = max;
    this.#free = free;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Takes as much if there is room for it, or if room can be made. Answers whether it did. */
  take(bytes: number): boolean {
    this.hold(bytes);
    if (this.#taken <= this.#max) return true;
    this.give(bytes);
    return false;
  }

  /** Takes as much: it is there. Makes room if need be; answers whether there is enough now. */
  hold(bytes: number): boolean {
    this.#taken += bytes;
    while (this.#taken > this.#max && this.#free());
    return this.#taken <= this.#max;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
