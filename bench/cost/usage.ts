/** What a bill is broken down by, in flow order. */
export const LINES = [
  'front door',
  'ingest runs',
  'events queue',
  'event record',
  'fan-out runs',
  'deliveries queue',
  'dispatch runs',
  'subscription reads',
  'delivery log',
  'health and pace',
  'function logs',
  'keys and secrets',
  'retries',
  'egress',
] as const;
export type Line = (typeof LINES)[number];

/** Amounts used, by line and price. */
export class Usage {
  readonly #amounts = new Map<string, number>();

  add(line: Line, price: string, amount: number): void {
    const key = `${line}\n${price}`;
    this.#amounts.set(key, (this.#amounts.get(key) ?? 0) + amount);
  }

  /** Every amount. */
  entries(): readonly { readonly line: Line; readonly price: string; readonly amount: number }[] {
    return [...this.#amounts].map(([key, amount]) => {
      const [line = '', price = ''] = key.split('\n');
      return { line: line as Line, price, amount };
    });
  }

  /** How much of a price was used, over all lines or one. */
  total(price: string, line?: Line): number {
    return this.entries()
      .filter((entry) => entry.price === price && (line === undefined || entry.line === line))
      .reduce((sum, { amount }) => sum + amount, 0);
  }
}

/** Dollars by line for `perEvents` events, when `usage` is what `events` events took. */
export function bill(
  usage: Usage,
  priceOf: (id: string) => number,
  events: number,
  perEvents = 1_000_000,
): ReadonlyMap<Line, number> {
  const dollars = new Map<Line, number>(LINES.map((line) => [line, 0]));
  for (const { line, price, amount } of usage.entries()) {
    dollars.set(line, (dollars.get(line) ?? 0) + (amount * priceOf(price) * perEvents) / events);
  }
  return dollars;
}

/** Lines that depend on subscribers and that are shown apart: egress is the same for everybody who sends. */
const APART: ReadonlySet<Line> = new Set(['egress', 'retries']);

/** The sum of what is not shown apart. */
export function totalOf(dollars: ReadonlyMap<Line, number>): number {
  return [...dollars].reduce((sum, [line, usd]) => (APART.has(line) ? sum : sum + usd), 0);
}
