import type { Stage } from '../../contract/environment.ts';
import type { Logs } from '../logs.ts';
import { Budget } from './budget.ts';
import type { LambdaFunction } from './functions.ts';
import type { FunctionError } from './outcome.ts';
import { Pool, type PoolOptions } from './pool.ts';
import { MACHINE } from './scaling.ts';

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Functions on an event's way have environments before it comes; others start when somebody calls. Dispatch waits for
 * endpoints: it has a second environment, and works on more by itself when it is held up; one at work for longer than it takes
 * to learn who is slow is taken to be waiting. So is one of manage, sooner, because it waits for an endpoint while it
 * tests it. Those that call the stand-ins alone never wait, however long they take.
 */
const STAGES: Readonly<Partial<Record<Stage, Pick<PoolOptions, 'ahead' | 'longMs'>>>> = {
  manage: { ahead: 1, longMs: 200 },
  ingest: { ahead: 1, longMs: NEVER },
  'fan-out': { ahead: 1, longMs: NEVER },
  dispatch: { ahead: 2, longMs: 3_000 },
  retry: { longMs: NEVER },
  redrive: { longMs: NEVER },
};

/** Who is told what functions do. */
export interface PoolReports {
  failed(lambda: LambdaFunction, error: FunctionError): void;
  ran(lambda: LambdaFunction, durationMs: number, failed: boolean, atOnce: number): void;
}

/** A pool for each function, by ARN; together they keep within what this machine can run. */
export function startPools(
  functions: ReadonlyMap<string, LambdaFunction>,
  { logs, compileCache }: { readonly logs: Logs; readonly compileCache: string },
  reports: PoolReports,
): ReadonlyMap<string, Pool> {
  const budget = new Budget(MACHINE.more);
  return new Map(
    [...functions].map(([arn, lambda]) => [
      arn,
      new Pool(lambda, {
        machine: MACHINE,
        budget,
        output: logs.fileOf(lambda.label),
        compileCache,
        ...STAGES[lambda.label as Stage],
        failed: (error) => reports.failed(lambda, error),
        ran: (...run) => reports.ran(lambda, ...run),
      }),
    ]),
  );
}
