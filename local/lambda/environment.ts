import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { LambdaFunction } from './functions.ts';
import { failed, type Outcome } from './outcome.ts';
import { InitError, RuntimeApi } from './runtime-api.ts';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));
/**
 * Time a function has to load. On Lambda it is ten seconds, then once more within the function's own timeout:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html. Here dozens may load at once, on
 * processors that others use too.
 */
const INIT_MS = 60_000;
/** Share of the memory that Node gets for its objects, as in Lambda's own runtime. */
const HEAP_SHARE = 0.9;

/** Gets what a function writes, line by line. */
export type LogLine = (line: string) => void;

/**
 * One execution environment: a process of its own with its own variables, working on one invocation at a time.
 * Like on Lambda it is stopped when an invocation takes too long, and is of no more use once its process ended.
 */
export class Environment {
  readonly #function: LambdaFunction;
  readonly #api = new RuntimeApi();
  readonly #started: Promise<ChildProcess>;
  #alive = true;

  constructor(lambda: LambdaFunction, log: LogLine) {
    this.#function = lambda;
    this.#started = this.#start(log);
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Runs the function on an event, JSON text. Failures are outcomes: this never rejects. */
  async invoke(payload: string): Promise<Outcome> {
    const child = await this.#started;
    const loaded = await this.#loaded();
    if (!loaded.ok) return loaded;
    const requestId = randomUUID();
    const { timeoutMs, arn: functionArn } = this.#function;
    const timer = setTimeout(() => {
      const seconds = (timeoutMs / 1000).toFixed(2);
      this.#lost(
        'Sandbox.Timedout',
        `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
      );
      child.kill('SIGKILL');
    }, timeoutMs);
    const deadline = Date.now() + timeoutMs;
    const outcome = await this.#api.invoke({ requestId, functionArn, payload, deadline });
    clearTimeout(timer);
    return outcome;
  }

  /** Ends the process at once; settles when it is gone. */
  async stop(): Promise<void> {
    const child = await this.#started;
    this.#lost('Runtime.Stopped', 'the runner is stopping');
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async #start(log: LogLine): Promise<ChildProcess> {
    await this.#api.start();
    const heap = Math.floor(this.#function.memoryMb * HEAP_SHARE);
    const child = spawn(process.execPath, [`--max-old-space-size=${heap}`, BOOTSTRAP], {
      cwd: this.#function.folder,
      env: { ...this.#function.variables, AWS_LAMBDA_RUNTIME_API: this.#api.address },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that an interrupt from the keyboard does not end the work under way.
      detached: true,
    });
    forward(child.stdout, log);
    forward(child.stderr, log);
    child.once('error', (error) => this.#lost('Runtime.ExitError', error.message));
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
      this.#lost('Runtime.ExitError', `Runtime exited with error: ${how}`);
    });
    return child;
  }

  async #loaded(): Promise<Outcome> {
    const timer = setTimeout(() => {
      this.#lost('Sandbox.Timedout', `the function did not load within ${INIT_MS / 1000} s`);
    }, INIT_MS);
    try {
      await this.#api.ready;
      return { ok: true, payload: '' };
    } catch (error) {
      this.#alive = false;
      (await this.#started).kill('SIGKILL');
      if (error instanceof InitError) return { ok: false, error: error.reported };
      return failed('Runtime.InitError', String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #lost(errorType: string, errorMessage: string): void {
    this.#alive = false;
    this.#api.lost({ errorType, errorMessage });
    this.#api.close();
  }
}

function forward(stream: Readable, log: LogLine): void {
  createInterface({ input: stream }).on('line', log);
}
