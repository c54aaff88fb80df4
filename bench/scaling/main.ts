import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costChart, limitsChart } from './charts.ts';
import { AS_DEPLOYED, study, TURNED } from './study.ts';
import { tables } from './tables.ts';

/** `node bench/scaling/main.ts`: plays the scale model; writes the tables and charts of `docs/scaling.md`. */
const DOCS = join(import.meta.dirname, '../../docs');
const BEGIN = '<!-- tables: node bench/scaling/main.ts -->';
const END = '<!-- end of tables -->';

const deployed = study(AS_DEPLOYED);
const turned = study(TURNED);
const made = tables(deployed, turned);
console.log(made);

const page = join(DOCS, 'scaling.md');
const [before, rest] = readFileSync(page, 'utf8').split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined)
  throw new Error('docs/scaling.md has lost its marks for tables');
writeFileSync(page, `${before}${BEGIN}\n\n${made}\n\n${END}${after}`);
writeFileSync(join(DOCS, 'scaling-limits.svg'), await limitsChart('Limits as deployed', deployed));
writeFileSync(
  join(DOCS, 'scaling-limits-turned.svg'),
  await limitsChart('Limits with the knobs turned', turned),
);
writeFileSync(join(DOCS, 'scaling-cost.svg'), await costChart('Price of a delivery', [deployed, turned]));
