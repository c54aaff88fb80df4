import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { deployedFunctions } from './bundles.ts';
import { type Baseline, lossesAgainst } from './check.ts';
import { measureColdStart } from './cold-start/measure.ts';
import { measure as measureCost } from './cost/measure.ts';
import { measureDispatch } from './dispatch/measure.ts';
import { measureTls } from './dispatch/tls.ts';
import { measureWarmUp } from './dispatch/warm-up.ts';
import { measureLargest } from './fan-out/largest.ts';
import { measureFanOut } from './fan-out/measure.ts';
import type { Bench, Figures } from './figures.ts';
import { measureIngest } from './ingest/measure.ts';
import { type BenchOptions, isPart, readBenchOptions, USAGE, UsageError } from './options.ts';
import { measureOtherPages, measurePages } from './pages/measure.ts';
import { measureFootprint } from './pipeline/footprint.ts';
import { measureIsolation } from './pipeline/isolation.ts';
import { measurePipeline } from './pipeline/measure.ts';
import { pinning } from './process/child.ts';
import { jsonOf, table } from './report.ts';
import { StandIns } from './stand-ins/stand-ins.ts';

/** The parts of the bench, in the order they run. */
const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Figures>>> = {
  dispatch: measureDispatch,
  tls: measureTls,
  warmUp: measureWarmUp,
  ingest: measureIngest,
  fanout: measureFanOut,
  largest: measureLargest,
  coldStart: measureColdStart,
  pipeline: measurePipeline,
  footprint: measureFootprint,
  isolation: measureIsolation,
  'pages-full': measurePages('full'),
  'pages-packed': measurePages('packed'),
  'pages-failures': measurePages('failures'),
  'pages-others': measureOtherPages,
  cost: ({ quick, say }) => {
    say('what a million events cost');
    return measureCost({ quick });
  },
};

/** These look at processor time, and not at the clock. */
const BESIDE_EACH_OTHER = ['fanout', 'coldStart', 'cost'];

const BASELINE = new URL('./baseline.json', import.meta.url);

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readBenchOptions(args, Object.keys(PARTS));
    if (options !== 'help') return await run(options);
    console.log(USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

async function run(options: BenchOptions): Promise<number> {
  const began = performance.now();
  const say = (what: string): void => {
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stderr.write(`${String(seconds).padStart(4)} s  ${what}\n`);
  };
  if (!pinning()) say('no taskset here: processes share all cores, so expect more noise');
  const functions = await deployedFunctions(() => say('bundling the functions as they deploy'));
  const standIns = await StandIns.start();
  const figures: Record<string, number> = {};
  try {
    const wanted = Object.keys(PARTS).filter(
      (name) => options.only.length === 0 || options.only.some((only) => isPart(name, only)),
    );
    const bench = { quick: options.quick, standIns, functions, say };
    for (const names of groupsOf(wanted, options.quick)) {
      const measured = await Promise.all(names.map((name) => PARTS[name]?.(bench)));
      Object.assign(figures, ...measured);
    }
  } finally {
    await standIns.stop();
  }
  const about = aboutThisRun(options, (performance.now() - began) / 1000);
  console.log(`${Object.values(about).join(', ')}\n\n${table(figures)}\n`);
  const losses = options.check ? lossesAgainst(readBaseline(), figures) : [];
  for (const loss of losses) console.error(`worse than the baseline: ${loss}`);
  if (options.json) console.log(JSON.stringify(jsonOf(figures, about)));
  return losses.length === 0 ? 0 : 1;
}

/** One part at a time; a quick run counts costs beside parts that compare processor time alone. */
function groupsOf(wanted: readonly string[], quick: boolean): readonly (readonly string[])[] {
  const together = quick ? wanted.filter((name) => BESIDE_EACH_OTHER.includes(name)) : [];
  const alone = wanted.filter((name) => !together.includes(name)).map((name) => [name]);
  return together.length === 0 ? alone : [...alone, together];
}

function aboutThisRun({ quick }: BenchOptions, seconds: number) {
  return {
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    date: new Date().toISOString().slice(0, 10),
    run: `${quick ? 'quick' : 'full'}, ${Math.round(seconds)} s`,
  };
}

function readBaseline(): Baseline {
  return JSON.parse(readFileSync(BASELINE, 'utf8'));
}
