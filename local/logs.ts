import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LogTail } from './log-tail.ts';
import { isObject } from './template/json.ts';

/** How often the files are looked at. */
const LOOK_EVERY_MS = 200;

/** Where the functions' lines go. */
export interface Logs {
  /** The file that a function's processes write to, for as long as the runner runs. */
  fileOf(functionName: string): number;
  /** Writes a line into that file. */
  line(functionName: string, line: string): void;
}

/** Who is told of lines, some moments after they were written. */
export interface LogReader {
  trouble(line: string): void;
  log?(line: string): void;
  /** Each line as it was printed. */
  printed?(line: string, functionName: string): void;
}

/**
 * One file for each function, as AWS has one log group for each, for the user alone. Functions write into it by
 * themselves, so that a line is there even if its process is killed in the next moment, and no line costs the runner a
 * wake-up. What was added is read a few times a second; lines that report an error are told.
 */
export class LogFiles implements Logs {
  readonly folder: string;
  readonly #reader: LogReader;
  readonly #files = new Map<string, LogTail>();
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, reader: LogReader) {
    this.folder = folder;
    this.#reader = reader;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  fileOf(functionName: string): number {
    return this.#of(functionName).file;
  }

  line(functionName: string, line: string): void {
    writeSync(this.fileOf(functionName), `${line}\n`);
  }

  /** Reads what is left and lets go of the files. */
  close(): void {
    clearInterval(this.#timer);
    this.#look();
    for (const tail of this.#files.values()) tail.close();
    this.#files.clear();
  }

  #of(functionName: string): LogTail {
    const known = this.#files.get(functionName);
    if (known) return known;
    const path = this.#pathOf(functionName);
    // Emptied here; from then on several processes write at its end.
    const tail = new LogTail(openSync(path, 'w+', 0o600), openSync(path, 'a'));
    this.#files.set(functionName, tail);
    return tail;
  }

  #look(): void {
    for (const [functionName, tail] of this.#files)
      for (const line of tail.added()) this.#tell(functionName, line);
  }

  #tell(functionName: string, line: string): void {
    this.#reader.printed?.(line, functionName);
    this.#reader.log?.(`${functionName}: ${line}`);
    const what = errorIn(line);
    if (what !== null) this.#reader.trouble(`${functionName}: ${what}  (${this.#pathOf(functionName)})`);
  }

  #pathOf(functionName: string): string {
    return join(this.folder, `${functionName}.log`);
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
