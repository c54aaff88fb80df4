import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { STAGES } from '../../contract/environment.ts';
import { bundle } from '../bundles.ts';
import { type Bench, BenchError, type Figures } from '../figures.ts';
import { pinned } from '../process/child.ts';
import { median, shuffled } from '../statistics.ts';

const IMPORTER = fileURLToPath(new URL('./import.mjs', import.meta.url));

/** Size of each function's bundle, and the time it takes to load in a new process. */
export async function measureColdStart(bench: Bench): Promise<Figures> {
  bench.say('loading each function in new processes');
  const all = [
    ['empty', await bundle('empty', 'bench/cold-start/empty.ts')],
    ...STAGES.map((stage) => [stage, bench.functions[stage].bundle] as const),
  ] as const;
  const times = new Map<string, number[]>(all.map(([name]) => [name, []]));
  for (let round = 0; round < (bench.quick ? 5 : 15); round++) {
    for (const [name, path] of shuffled(all)) times.get(name)?.push(loadMs(path));
  }
  return Object.fromEntries(
    all.flatMap(([name, path]) => [
      ...(name === 'empty' ? [] : [[`coldStart.${name}.kb`, statSync(path).size / 1000] as const]),
      [`coldStart.${name}.initMs`, median(times.get(name) ?? [])] as const,
    ]),
  );
}

function loadMs(path: string): number {
  const [command, args] = pinned('measured', [IMPORTER, path]);
  const { stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '' },
  });
  const ms = Number(stdout);
  if (stdout === '' || !Number.isFinite(ms)) throw new BenchError(`${path} does not load: ${stderr}`);
  return ms;
}
