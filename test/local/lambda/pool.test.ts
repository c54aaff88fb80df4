import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Budget } from '../../../local/lambda/budget.ts';
import type { LambdaFunction } from '../../../local/lambda/functions.ts';
import type { FunctionError } from '../../../local/lambda/outcome.ts';
import { type Lane, Pool } from '../../../local/lambda/pool.ts';
import { machineOf } from '../../../local/lambda/scaling.ts';
import { until } from '../until.ts';

interface Bench {
  readonly folder: string;
  readonly budget: Budget;
  /** Errors of environments that nobody waited for, and of invocations. */
  readonly failures: readonly FunctionError[];
  /** A pool of a function with this module. */
  pool(code: string, more?: { readonly ahead?: number; readonly reserved?: number }): Pool;
}

/** Pools that share so many environments beyond the first of each. */
async function withPools(more: number, work: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fanfare-pool-'));
  const output = openSync(join(folder, 'output.log'), 'a');
  const budget = new Budget(more);
  const pools: Pool[] = [];
  const failures: FunctionError[] = [];
  const pool: Bench['pool'] = (code, { ahead = 0, reserved = null as number | null } = {}) => {
    const name = `unit${pools.length}`;
    writeFileSync(join(folder, `${name}.mjs`), code);
    const lambda: LambdaFunction = {
      name,
      label: name,
      arn: `arn:${name}`,
      folder,
      timeoutMs: 60_000,
      memoryMb: 128,
      reservedConcurrency: reserved,
      variables: { _HANDLER: `${name}.handler`, LAMBDA_TASK_ROOT: folder },
    };
    const options = {
      machine: machineOf(2),
      budget,
      output,
      compileCache: join(folder, 'compile-cache'),
      ahead,
      failed: (error: FunctionError) => void failures.push(error),
      ran: () => {},
    };
    const made = new Pool(lambda, options);
    pools.push(made);
    return made;
  };
  try {
    await work({ folder, budget, failures, pool });
  } finally {
    await Promise.all(pools.map((each) => each.stop(0)));
    rmSync(folder, { recursive: true });
  }
}

/** Hangs until the file that the event names is there; tells its process. */
const HANGS = `import { existsSync } from 'node:fs';
export const handler = async ({ until }) => {
  while (until && !existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 5));
  return process.pid;
};`;

const hanging = (file: string): string => JSON.stringify({ until: file });

test('however many callers there are, there are no more environments than may be, and each caller has its turn', () =>
  withPools(2, async ({ pool, folder }) => {
    const unit = pool(HANGS);
    const gate = join(folder, 'gate');
    const calls = [1, 2, 3, 4, 5, 6].map(() => unit.invoke(hanging(gate)));
    await until('all that may be are there', () => unit.size === 3);
    writeFileSync(gate, '');
    const pids = new Set((await Promise.all(calls)).map((outcome) => outcome.ok && outcome.payload));
    assert.ok(pids.size <= 3 && !pids.has(false));
  }));

test('a caller gets the environment that is free first, not the one that is started for it', () =>
  withPools(2, async ({ pool, folder }) => {
    const [loads, gate] = [join(folder, 'loads'), join(folder, 'gate')];
    // The second one does not load before the file is there.
    const first = join(folder, 'first');
    const slow = `import * as fs from 'node:fs';
if (fs.existsSync('${first}')) while (!fs.existsSync('${loads}')) await new Promise((resolve) => setTimeout(resolve, 5));
fs.writeFileSync('${first}', '');`;
    const unit = pool(`${slow}\n${HANGS}`);
    const hung = unit.invoke(hanging(gate));
    await until('the first one works', () => existsSync(first));
    const waits = unit.invoke('{}');
    await until('another one is started', () => unit.size === 2);
    writeFileSync(gate, '');
    assert.deepEqual(await waits, await hung);
    writeFileSync(loads, '');
  }));

test('a lane that leaves an environment never has the last one, though all it has hang', () =>
  withPools(2, async ({ pool, folder }) => {
    const unit = pool(HANGS);
    const gate = join(folder, 'gate');
    const slow: Lane = { leaves: 1, held: 0 };
    const calls = [1, 2, 3].map(async () => (await unit.acquire(slow)).invoke(hanging(gate)));
    await until('all that may be are there', () => unit.size === 3);
    assert.ok((await unit.invoke('{}')).ok, 'the other lane has one');
    assert.equal(slow.held, 2);
    writeFileSync(gate, '');
    assert.ok(
      (await Promise.all(calls)).every(({ ok }) => ok),
      'and those that waited come to their turn',
    );
    assert.equal(slow.held, 0);
  }));

test('a lane that leaves an environment takes no second one when the others have all but that', () =>
  withPools(2, async ({ pool, folder }) => {
    const unit = pool(HANGS, { ahead: 3 });
    const gate = join(folder, 'gate');
    const slow: Lane = { leaves: 1, held: 0 };
    const others = unit.invoke(hanging(gate));
    const calls = [1, 2].map(async () => (await unit.acquire(slow)).invoke(hanging(gate)));
    await until('it has its first one', () => slow.held === 1);
    assert.ok((await unit.invoke('{}')).ok, 'the others have the last one');
    assert.equal(slow.held, 1);
    writeFileSync(gate, '');
    assert.ok((await Promise.all([others, ...calls])).every(({ ok }) => ok));
  }));

test('a lane that comes seldom keeps to environments of its own, so that the other lane finds its own warm', () =>
  withPools(2, async ({ pool }) => {
    const unit = pool(HANGS, { ahead: 2 });
    await until('both are there', () => unit.size === 2);
    const slow: Lane = { leaves: 1, held: 0 };
    const pidOf = async (lane?: Lane): Promise<string> => {
      const outcome = await (await unit.acquire(lane)).invoke('{}');
      return outcome.ok ? outcome.payload : '';
    };
    const both = [await unit.acquire(), await unit.acquire()];
    for (const slot of both) slot.release();
    const [seldom, often] = [await pidOf(slow), await pidOf()];
    assert.notEqual(seldom, often);
    for (let i = 0; i < 3; i++) assert.deepEqual([await pidOf(slow), await pidOf()], [seldom, often]);
  }));

test('where there is one environment alone, both lanes use it in turn', () =>
  withPools(2, async ({ pool }) => {
    const unit = pool(HANGS, { reserved: 1 });
    const slot = await unit.acquire({ leaves: 1, held: 0 });
    const next = unit.invoke('{}');
    assert.ok((await slot.invoke('{}')).ok);
    assert.ok((await next).ok);
    assert.equal(unit.size, 1);
  }));

test('an environment with nothing to do is given up for a function that needs one', () =>
  withPools(1, async ({ pool, folder }) => {
    const [idle, busy] = [pool(HANGS, { ahead: 2 }), pool(HANGS)];
    assert.ok((await idle.invoke('{}')).ok);
    await until('it has both', () => idle.size === 2);
    const gate = join(folder, 'gate');
    const calls = [1, 2].map(() => busy.invoke(hanging(gate)));
    await until('the other one has two', () => busy.size === 2 && idle.size === 1);
    writeFileSync(gate, '');
    assert.ok((await Promise.all(calls)).every(({ ok }) => ok));
    assert.ok((await idle.invoke('{}')).ok, 'the last one stays');
  }));

test('environments are there before anybody calls, and one that crashes is replaced', () =>
  withPools(1, async ({ pool, folder }) => {
    const started = join(folder, 'started');
    const unit = pool(
      `import { appendFileSync } from 'node:fs';
appendFileSync('${started}', 'x');
export const handler = ({ die }) => { if (die) process.exit(1); return process.pid; };`,
      { ahead: 2 },
    );
    await until('both were started', () => existsSync(started) && unit.size === 2);
    for (let i = 0; i < 5; i++) {
      const outcome = await unit.invoke('{"die":true}');
      assert.ok(!outcome.ok);
      assert.equal(outcome.error.errorType, 'Runtime.ExitError');
    }
    assert.ok((await unit.invoke('{}')).ok, 'what they took of the budget came back');
  }));

test('a module that can’t be loaded ahead of need says so, and each caller hears why', () =>
  withPools(1, async ({ pool, failures }) => {
    const unit = pool('throw new TypeError("no config");', { ahead: 1 });
    await until('it was told', () => failures.length === 1);
    for (let i = 0; i < 2; i++) {
      const outcome = await unit.invoke('{}');
      assert.ok(!outcome.ok);
      assert.equal(outcome.error.errorMessage, 'no config');
    }
  }));
