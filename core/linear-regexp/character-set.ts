const ASCII = 128;

/**
 * The characters that a class such as `[a-f]`, `\d` or `\p{L}` stands for. V8 is asked, one character at a time, so that
 * classes mean what ECMAScript says; over one character nothing can take long. What it says of ASCII is kept.
 */
export class CharacterSet {
  readonly #ascii = new Uint8Array(ASCII);
  readonly #one: RegExp;

  /** `source` is the class as a pattern spells it. */
  constructor(source: string, flags: string) {
    this.#one = new RegExp(`^${source}$`, flags);
    for (let character = 0; character < ASCII; character++) {
      if (this.#one.test(String.fromCharCode(character))) this.#ascii[character] = 1;
    }
  }

  /** Whether a code point is one of them. */
  has(character: number): boolean {
    return character < ASCII ? this.#ascii[character] === 1 : this.#one.test(String.fromCodePoint(character));
  }
}
