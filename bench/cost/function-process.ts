import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LambdaFunction } from '../../local/lambda/functions.ts';

/** What one run took. */
export interface Run {
  readonly result: unknown;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** What it wrote to its log. */
  readonly lines: number;
  readonly bytes: number;
}

/** One execution environment of a function, from its bundle and with its variables. */
export class FunctionProcess {
  readonly #child: ChildProcess;
  readonly #lambda: LambdaFunction;

  private constructor(child: ChildProcess, lambda: LambdaFunction) {
    this.#child = child;
    this.#lambda = lambda;
  }

  static async start(
    lambda: LambdaFunction,
    extra: Readonly<Record<string, string>>,
  ): Promise<FunctionProcess> {
    const child = fork(join(import.meta.dirname, 'function-host.mjs'), {
      env: { ...lambda.variables, ...extra },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [said] = await once(child, 'message');
    if (said !== 'ready') throw new Error(`${lambda.label} did not start`);
    return new FunctionProcess(child, lambda);
  }

  /** Runs it on an event, `ahead` milliseconds after what the clock says. Throws what the function throws. */
  async run(event: unknown, ahead: number): Promise<Run> {
    const answer = once(this.#child, 'message');
    this.#child.send({ event, timeoutMs: this.#lambda.timeoutMs, ahead });
    const [run] = await answer;
    if (run.error !== undefined) throw new Error(`${this.#lambda.label} failed: ${run.error}`);
    return run;
  }

  stop(): void {
    this.#child.disconnect();
    this.#child.kill();
  }
}
