import { styleText } from 'node:util';

/** To the beginning of the line, and erase it. */
const CLEAR_LINE = '\r\x1b[2K';

type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'bold' | 'dim';

/** What the user sees: results on standard output, troubles on standard error. Colours only on a terminal. */
export class Screen {
  readonly #quiet: boolean;
  /** What stands on the last line of a terminal, and is written anew below everything that is said. */
  #status = '';

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  /** Something to read; nothing when quiet. */
  say(line = ''): void {
    if (!this.#quiet) this.#above(process.stdout, line);
  }

  /** The line that programs wait for. */
  ready(url: string): void {
    this.#above(process.stdout, `ready ${url}`);
  }

  trouble(line: string): void {
    this.#above(process.stderr, paint('red', line, process.stderr));
  }

  /** What is going on, for whoever waits. */
  notice(line: string): void {
    if (!this.#quiet) this.#above(process.stderr, line);
  }

  /** A line of a function's own log. */
  log(line: string): void {
    this.#above(process.stderr, line);
  }

  /** Shows how things are at this moment, on the last line, where the one before is replaced. Only on a terminal. */
  status(line: string): void {
    if (this.#quiet || !process.stdout.isTTY) return;
    // Whatever comes after the runner begins on a clean line.
    if (this.#status === '') process.once('exit', () => process.stdout.write(CLEAR_LINE));
    this.#status = line.slice(0, Math.max(0, process.stdout.columns - 1));
    process.stdout.write(`${CLEAR_LINE}${paint('dim', this.#status, process.stdout)}`);
  }

  #above(stream: NodeJS.WriteStream, line: string): void {
    if (this.#status === '') {
      stream.write(`${line}\n`);
      return;
    }
    process.stdout.write(CLEAR_LINE);
    stream.write(`${line}\n`);
    this.status(this.#status);
  }

  paint(colour: Colour, text: string): string {
    return paint(colour, text, process.stdout);
  }
}

function paint(colour: Colour, text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY ? styleText(colour, text, { stream }) : text;
}
