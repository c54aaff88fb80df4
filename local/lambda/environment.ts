import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Channel, InitError } from './channel.ts';
import type { LambdaFunction } from './functions.ts';
import { failed, type Outcome } from './outcome.ts';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));
/**
 * Time a function has to load. On Lambda it is ten seconds, then once more within the function's own timeout:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html. Here several may load at once, on
 * processors that others use too.
 */
const INIT_MS = 60_000;
/** Share of the memory that Node gets for its objects, as in Lambda's own runtime. */
const HEAP_SHARE = 0.9;

/** What the machine gives it. */
export interface EnvironmentFiles {
  /** File that its output goes to, line after line. */
  readonly output: number;
  /** Folder for compiled code, so that the next environment need not compile it. */
  readonly compileCache: string;
}

/**
 * One execution environment: a process of its own with its own variables, working on one invocation at a time.
 * Like on Lambda it is stopped when an invocation takes too long, and is of no more use once its process ended.
 */
export class Environment {
  readonly #function: LambdaFunction;
  readonly #process: ChildProcess;
  readonly #channel: Channel;
  readonly #gone: Promise<void>;
  /** Settles when the function can work, or with why it can't. */
  readonly loaded: Promise<Outcome>;
  #alive = true;

  /** `ended` is called when the process is gone. */
  constructor(lambda: LambdaFunction, { output, compileCache }: EnvironmentFiles, ended: () => void) {
    this.#function = lambda;
    const heap = Math.floor(lambda.memoryMb * HEAP_SHARE);
    const child = spawn(process.execPath, [`--max-old-space-size=${heap}`, BOOTSTRAP, compileCache], {
      cwd: lambda.folder,
      env: lambda.variables,
      stdio: ['ignore', output, output, 'pipe'],
      // A group of its own, so that an interrupt from the keyboard does not end the work under way.
      detached: true,
    });
    this.#process = child;
    this.#channel = new Channel(child.stdio[3] as Duplex);
    child.once('error', (error) => this.#lost('Runtime.ExitError', error.message));
    this.#gone = new Promise((resolve) => {
      // Not `exit`: by now all it sent was read.
      child.once('close', (code, signal) => {
        const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
        this.#lost('Runtime.ExitError', `Runtime exited with error: ${how}`);
        ended();
        resolve();
      });
    });
    this.loaded = this.#load();
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Runs the function on an event, JSON text. Failures are outcomes: this never rejects. */
  async invoke(payload: string): Promise<Outcome> {
    const loaded = await this.loaded;
    if (!loaded.ok) return loaded;
    const requestId = randomUUID();
    const { timeoutMs, arn: functionArn } = this.#function;
    const timer = setTimeout(() => {
      const seconds = (timeoutMs / 1000).toFixed(2);
      this.#lost(
        'Sandbox.Timedout',
        `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
      );
      this.#process.kill('SIGKILL');
    }, timeoutMs);
    const deadline = Date.now() + timeoutMs;
    const outcome = await this.#channel.invoke({ requestId, functionArn, payload, deadline });
    clearTimeout(timer);
    return outcome;
  }

  /** Ends the process at once; settles when it is gone. */
  async stop(): Promise<void> {
    this.#lost('Runtime.Stopped', 'the runner is stopping');
    this.#process.kill('SIGKILL');
    await this.#gone;
  }

  async #load(): Promise<Outcome> {
    const timer = setTimeout(() => {
      this.#lost('Sandbox.Timedout', `the function did not load within ${INIT_MS / 1000} s`);
    }, INIT_MS);
    try {
      await this.#channel.ready;
      return { ok: true, payload: '' };
    } catch (error) {
      this.#alive = false;
      this.#process.kill('SIGKILL');
      if (error instanceof InitError) return { ok: false, error: error.reported };
      return failed('Runtime.InitError', String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #lost(errorType: string, errorMessage: string): void {
    this.#alive = false;
    this.#channel.lost({ errorType, errorMessage });
  }
}
