import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { isObject } from './template/json.ts';

/** Where the functions' lines go. */
export interface Logs {
  line(functionName: string, line: string): void;
}

/** Who is told while lines are written. */
export interface LogReader {
  trouble(line: string): void;
  log?(line: string): void;
  /** Each line as it was printed. */
  printed?(line: string): void;
}

/**
 * One file for each function, as AWS has one log group for each, for the user alone. Lines that report an error are
 * told as well.
 */
export class LogFiles implements Logs {
  readonly folder: string;
  readonly #reader: LogReader;
  readonly #files = new Map<string, WriteStream>();

  constructor(folder: string, reader: LogReader) {
    this.folder = folder;
    this.#reader = reader;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  line(functionName: string, line: string): void {
    let file = this.#files.get(functionName);
    if (!file) {
      file = createWriteStream(join(this.folder, `${functionName}.log`), { mode: 0o600 });
      this.#files.set(functionName, file);
    }
    file.write(`${line}\n`);
    this.#reader.printed?.(line);
    this.#reader.log?.(`${functionName}: ${line}`);
    const what = errorIn(line);
    if (what !== null)
      this.#reader.trouble(`${functionName}: ${what}  (${join(this.folder, `${functionName}.log`)})`);
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#files.values()].map((file) => new Promise<void>((done) => file.end(() => done()))),
    );
  }
}

/** What a JSON line of level error is about, or null for any other line. */
export function errorIn(line: string): string | null {
  if (!line.startsWith('{') || !/"level":\s*"(ERROR|error|CRITICAL|FATAL)"/.test(line)) return null;
  try {
    const entry: unknown = JSON.parse(line);
    if (!isObject(entry)) return null;
    const why = typeof entry.errorMessage === 'string' ? `: ${entry.errorMessage}` : '';
    return `${String(entry.message ?? 'error')}${why}`;
  } catch {
    // A line that was cut is still in the file.
    return null;
  }
}
