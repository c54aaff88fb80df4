import { styleText } from 'node:util';

type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'bold' | 'dim';

/** What the user sees: results on standard output, troubles on standard error. Colours only on a terminal. */
export class Screen {
  readonly #quiet: boolean;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  /** Something to read; nothing when quiet. */
  say(line = ''): void {
    if (!this.#quiet) process.stdout.write(`${line}\n`);
  }

  /** The line that programs wait for. */
  ready(url: string): void {
    process.stdout.write(`ready ${url}\n`);
  }

  trouble(line: string): void {
    process.stderr.write(`${paint('red', line, process.stderr)}\n`);
  }

  /** What is going on, for whoever waits. */
  notice(line: string): void {
    if (!this.#quiet) process.stderr.write(`${line}\n`);
  }

  /** A line of a function's own log. */
  log(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  paint(colour: Colour, text: string): string {
    return paint(colour, text, process.stdout);
  }
}

function paint(colour: Colour, text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY ? styleText(colour, text, { stream }) : text;
}
