/** Takes items in portions of its own size out of pages of any size. */
export class PagePuller<T> {
  readonly #pages: AsyncIterator<readonly T[]>;
  #left: readonly T[] = [];

  constructor(pages: AsyncIterable<readonly T[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** Up to `count` items; none at the end. */
  async take(count: number): Promise<readonly T[]> {
    while (this.#left.length < count) {
      const page = await this.#pages.next();
      if (page.done) break;
      this.#left = [...this.#left, ...page.value];
    }
    const taken = this.#left.slice(0, count);
    this.#left = this.#left.slice(count);
    return taken;
  }
}
