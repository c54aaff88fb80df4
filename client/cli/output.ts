import { compactJson, indentJson } from '../json-text.ts';

/** Where output goes: standard output and error, or a test's. */
export interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Control characters and those that turn the direction of writing: texts of subscribers and producers must not
 * move the cursor or dress up as something else.
 */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text as it may be shown on a terminal, on one line. Compact JSON stays the same JSON: such characters stand in its strings alone. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

const CLEAR_LINE = '\r\u001b[2K';

/** What a command says: results to standard output, everything else to standard error. */
export class Output {
  readonly #stdout: Stream;
  readonly #stderr: Stream;
  #progressShown = false;

  constructor(stdout: Stream, stderr: Stream) {
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** A line of the result. */
  line(text: string): void {
    this.endProgress();
    this.#stdout.write(`${visible(text)}\n`);
  }

  /** JSON text of the result, token for token, on one line. */
  json(text: string): void {
    this.endProgress();
    this.#stdout.write(`${visible(compactJson(text))}\n`);
  }

  /** JSON text of the result: as `json`, or laid out for people. */
  document(text: string, json: boolean): void {
    if (json) this.json(text);
    else for (const line of indentJson(text).split('\n')) this.line(line);
  }

  /** Names and values, below each other. */
  facts(facts: Readonly<Record<string, string | null>>): void {
    const width = Math.max(...Object.keys(facts).map((name) => name.length));
    for (const [name, value] of Object.entries(facts)) {
      if (value !== null) this.line(`${name.padEnd(width)}  ${value}`);
    }
  }

  /** Rows below their headings. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [headings, ...rows].map((row) => row.map(visible));
    const widths = headings.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
    for (const row of all) {
      this.line(
        row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd(),
      );
    }
  }

  /** Something to know that is not the result. */
  note(text: string): void {
    this.endProgress();
    this.#stderr.write(`${visible(text)}\n`);
  }

  /** How far long work has come: one line that renews itself on a terminal, a line each time elsewhere. */
  progress(text: string): void {
    if (this.#stderr.isTTY) {
      this.#stderr.write(CLEAR_LINE + visible(text));
      this.#progressShown = true;
    } else this.note(text);
  }

  /** Takes away the line of progress, for something else to be written there. */
  endProgress(): void {
    if (this.#progressShown) this.#stderr.write(CLEAR_LINE);
    this.#progressShown = false;
  }
}
