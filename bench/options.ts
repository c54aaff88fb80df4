import { parseArgs } from 'node:util';

/** What to measure, and how to say it. */
export interface BenchOptions {
  readonly quick: boolean;
  readonly json: boolean;
  readonly check: boolean;
  /** Parts to run; empty: all. */
  readonly only: readonly string[];
}

/** An option that makes no sense; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `npm run bench -- [options]
  --quick      fewer rounds, without the hundred origins: about a minute instead of eight
  --json       the last line is one JSON object with every figure
  --check      fail if a figure is 15 % worse than bench/baseline.json
  --only A,B   these parts alone; pages: all of pages-…
  --help       print this`;

/** Reads the command line. Throws `UsageError`. */
export function readBenchOptions(args: readonly string[], parts: readonly string[]): BenchOptions | 'help' {
  const given = parse(args);
  if (given.help) return 'help';
  const only = given.only?.split(',') ?? [];
  const unknown = only.find((wanted) => !parts.some((part) => isPart(part, wanted)));
  if (unknown !== undefined)
    throw new UsageError(`--only takes some of ${parts.join(', ')}, not "${unknown}"`);
  return {
    quick: given.quick === true,
    json: given.json === true,
    check: given.check === true,
    only,
  };
}

/** Whether a part is meant by a name, which may be that of several. */
export function isPart(part: string, name: string): boolean {
  return part === name || part.startsWith(`${name}-`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        check: { type: 'boolean' },
        only: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause), {
      cause,
    });
  }
}
