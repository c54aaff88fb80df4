import type { Stage } from '../../contract/environment.ts';
import type { Logs } from '../logs.ts';
import { Budget } from './budget.ts';
import type { LambdaFunction } from './functions.ts';
import type { FunctionError } from './outcome.ts';
import { Pool } from './pool.ts';
import { MACHINE } from './scaling.ts';

/**
 * Environments that are started with the runner, so that the first event finds them: one of each function on its way. An
 * invocation of dispatch may wait for an endpoint, so it has a second one. Others start when somebody calls.
 */
const AHEAD: Readonly<Partial<Record<Stage, number>>> = { manage: 1, ingest: 1, 'fan-out': 1, dispatch: 2 };

/** Who is told what functions do. */
export interface PoolReports {
  failed(lambda: LambdaFunction, error: FunctionError): void;
  ran(lambda: LambdaFunction, durationMs: number, failed: boolean, atOnce: number): void;
}

/** A pool for each function, by ARN; together they keep within what this machine can run. */
export function startPools(
  functions: ReadonlyMap<string, LambdaFunction>,
  logs: Logs,
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
        ahead: AHEAD[lambda.label as Stage] ?? 0,
        failed: (error) => reports.failed(lambda, error),
        ran: (...run) => reports.ran(lambda, ...run),
      }),
    ]),
  );
}
