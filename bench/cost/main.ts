import { type Bill, costNumbers, measureCost } from './measure.ts';
import { MODEL } from './model.ts';
import { others } from './others.ts';
import { priceOf, readPrices } from './prices.ts';
import { LINES } from './usage.ts';

/** `node bench/cost/main.ts [--quick] [--json]`: what a million events cost, by line item. */
const quick = process.argv.includes('--quick');
const measured = await measureCost({ quick, progress: (what) => process.stderr.write(`${what}\n`) });
const prices = readPrices();

for (const mode of new Set(measured.bills.map((bill) => bill.mode))) {
  console.log(
    `\nDollars per million events, delivery log "${mode}" (${prices.region}, list prices of ${prices.asOf})\n`,
  );
  table(measured.bills.filter((bill) => bill.mode === mode));
  if (!quick) row('a million times held back: +', [money(measured.holds.get(mode) ?? 0)]);
}
console.log('\nElsewhere, dollars per million events\n');
row('', ['fan-out 1', 'fan-out 10', 'fan-out 100']);
for (const { name, usd } of others(priceOf(prices)))
  row(
    name,
    [1, 10, 100].map((fanOut) => money(usd(fanOut))),
  );
console.log('\nBy the month, whatever comes\n');
for (const [what, usd] of measured.fixed) row(what, [money(usd)]);
console.log(`\nThe model: ${JSON.stringify(MODEL)}`);
if (process.argv.includes('--json')) console.log(JSON.stringify(costNumbers(measured)));

function table(bills: readonly Bill[]): void {
  row(
    '',
    bills.map(
      ({ fanOut, posting, load }) =>
        `${fanOut} ${load === 'quiet' ? 'quiet' : posting === 'array' ? '×100' : 'single'}`,
    ),
  );
  for (const line of LINES) {
    if (line === 'egress' || line === 'retries') continue;
    row(
      line,
      bills.map(({ lines }) => money(lines.get(line) ?? 0)),
    );
  }
  row(
    'total',
    bills.map(({ total }) => money(total)),
  );
  row(
    'per million deliveries',
    bills.map(({ total, fanOut }) => money(total / fanOut)),
  );
  if (!quick) {
    row(
      `if ${MODEL.retryShare * 100} % need a retry: +`,
      bills.map(({ lines }) => money(lines.get('retries') ?? 0)),
    );
  }
  row(
    'egress: +',
    bills.map(({ lines }) => money(lines.get('egress') ?? 0)),
  );
}

function row(name: string, cells: readonly string[]): void {
  console.log(`${name.padEnd(34)}${cells.map((cell) => cell.padStart(11)).join('')}`);
}

function money(usd: number): string {
  return usd.toFixed(usd < 10 ? 3 : 2);
}
