import { closeSync, fstatSync, readSync } from 'node:fs';

/** Read at once at most; a burst of lines takes several reads. */
const CHUNK_BYTES = 256 * 1024;

/** A file that others write to, and what came since one looked. */
export class LogTail {
  /** Where to write. */
  readonly file: number;
  readonly #reading: number;
  #read = 0;
  /** The beginning of a line that is not written to its end. */
  #begun: Buffer = Buffer.alloc(0);

  /** Takes over both ends: one to read from, one that appends. */
  constructor(reading: number, appending: number) {
    this.#reading = reading;
    this.file = appending;
  }

  /** The lines that were completed since this was last asked. */
  *added(): Generator<string> {
    const { size } = fstatSync(this.file);
    while (this.#read < size) {
      const part = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - this.#read));
      const bytes = readSync(this.#reading, part, 0, part.length, this.#read);
      if (bytes === 0) return;
      this.#read += bytes;
      yield* this.#lines(Buffer.concat([this.#begun, part.subarray(0, bytes)]));
    }
  }

  close(): void {
    closeSync(this.#reading);
    closeSync(this.file);
  }

  *#lines(text: Buffer): Generator<string> {
    const end = text.lastIndexOf(0x0a);
    this.#begun = text.subarray(end + 1);
    if (end >= 0) yield* text.toString('utf8', 0, end).split('\n');
  }
}
