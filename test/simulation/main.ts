import { parseArgs } from 'node:util';
import { DELIVERY_LOG_MODES } from '../../contract/delivery-log.ts';
import { type SeedReport, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    first: { type: 'string', default: '1' },
    log: { type: 'string', default: 'full' },
    json: { type: 'boolean', default: false },
  },
});
const seeds = Number(values.seeds);
const first = Number(values.first);
const mode = DELIVERY_LOG_MODES.find((known) => known === values.log) ?? 'full';
const sums = { seeds: 0, events: 0, deliveries: 0, crashes: 0, duplicates: 0, violations: 0 };

for (let seed = first; seed < first + seeds; seed++) {
  const report = await simulate(seed, mode);
  sums.seeds++;
  sums.events += report.events;
  sums.deliveries += report.deliveries;
  sums.crashes += report.crashes;
  sums.duplicates += report.duplicates;
  sums.violations += report.violations.length;
  if (report.violations.length > 0) tell(report);
  else if (!values.json && sums.seeds % 50 === 0)
    process.stderr.write(`${sums.seeds} of ${seeds}: ${summary()}\n`);
}
process.stdout.write(`${values.json ? JSON.stringify(sums) : summary()}\n`);
process.exitCode = sums.violations > 0 ? 1 : 0;

function tell({ seed, violations, story }: SeedReport): void {
  process.stderr.write(`seed ${seed}: ${violations.length} violations\n`);
  for (const violation of violations.slice(0, 10)) process.stderr.write(`  ${violation}\n`);
  for (const line of story) process.stderr.write(`  ${line}\n`);
  process.stderr.write(`  again: npm run simulate -- --first ${seed} --seeds 1 --log ${mode}\n`);
}

function summary(): string {
  return `${sums.seeds} seeds: ${sums.events} events, ${sums.deliveries} deliveries, ${sums.crashes} crashes, ${sums.duplicates} duplicates, ${sums.violations} violations`;
}
