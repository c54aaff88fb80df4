/** Remembers answers for a while, at most `size` of them: the oldest make room. Times in milliseconds. */
export class Recent<T> {
  readonly #size: number;
  readonly #answers = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string, now: number): { readonly value: T } | null {
    const answer = this.#answers.get(key);
    return answer !== undefined && now < answer.until ? answer : null;
  }

  set(key: string, value: T, until: number): void {
    this.#answers.delete(key);
    this.#answers.set(key, { value, until });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#size) break;
      this.#answers.delete(oldest);
    }
  }
}
