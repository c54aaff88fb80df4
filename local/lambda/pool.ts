import { Environment, type LogLine } from './environment.ts';
import type { LambdaFunction } from './functions.ts';
import { type FunctionError, failed, type Outcome } from './outcome.ts';

/** How a function's environments come and go; see docs/local-parity.md for what AWS does. */
export const SCALING = {
  /** Environments of one function. */
  max: 64,
  /** A caller that waited this long gets a new environment, and no more than one starts in this time. */
  growAfterMs: 200,
  /** An environment with nothing to do is ended after this time… */
  idleMs: 30_000,
  /** …and the last one of a function after this. */
  lastIdleMs: 600_000,
} as const;

/** An environment, held for one invocation. */
export interface Slot {
  invoke(payload: string): Promise<Outcome>;
  /** Gives it back unused. `invoke` gives it back on its own. */
  release(): void;
}

interface Waiting {
  readonly since: number;
  readonly give: (slot: Slot) => void;
}

/** Gets told of each invocation that failed. */
export type Failure = (lambda: LambdaFunction, error: FunctionError) => void;

/** Gets told of each invocation: how long it took, whether it failed, and how many environments were at work. */
export type Ran = (lambda: LambdaFunction, durationMs: number, failed: boolean, atOnce: number) => void;

/** The environments of one function. */
export class Pool {
  readonly lambda: LambdaFunction;
  readonly #log: LogLine;
  readonly #failure: Failure;
  readonly #ran: Ran;
  readonly #max: number;
  /** The one used last is at the end, and is used first. */
  readonly #idle: { readonly environment: Environment; readonly timer: NodeJS.Timeout }[] = [];
  readonly #all = new Set<Environment>();
  readonly #waiting: Waiting[] = [];
  #grewAt = 0;
  #growing: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(lambda: LambdaFunction, log: LogLine, failure: Failure, ran: Ran = () => undefined) {
    this.lambda = lambda;
    this.#log = log;
    this.#failure = failure;
    this.#ran = ran;
    this.#max = Math.min(SCALING.max, lambda.reservedConcurrency ?? SCALING.max);
  }

  /** Environments there are, at work or not. */
  get size(): number {
    return this.#all.size;
  }

  /** Runs the function on an event as soon as an environment is free. */
  async invoke(payload: string): Promise<Outcome> {
    return (await this.acquire()).invoke(payload);
  }

  /** Waits for a free environment; starts one when the wait is long. */
  acquire(): Promise<Slot> {
    for (let free = this.#idle.pop(); free; free = this.#idle.pop()) {
      clearTimeout(free.timer);
      if (free.environment.alive) return Promise.resolve(this.#slot(free.environment));
      this.#all.delete(free.environment);
    }
    return new Promise((give) => {
      this.#waiting.push({ since: Date.now(), give });
      this.#grow();
    });
  }

  /** Takes no more work, waits for the running work at most `withinMs`, then ends every environment. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping = true;
    for (const { give } of this.#waiting.splice(0)) give(STOPPED);
    const givenUpAt = Date.now() + withinMs;
    while (this.#all.size > this.#idle.length && Date.now() < givenUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (this.#growing) clearTimeout(this.#growing);
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    await Promise.all([...this.#all].map((environment) => environment.stop()));
    this.#all.clear();
  }

  #slot(environment: Environment): Slot {
    const giveBack = (): void => this.#giveBack(environment);
    return {
      invoke: async (payload) => {
        const began = performance.now();
        const atOnce = this.#all.size - this.#idle.length;
        const outcome = await environment.invoke(payload);
        this.#ran(this.lambda, performance.now() - began, !outcome.ok, atOnce);
        giveBack();
        if (!outcome.ok) this.#failure(this.lambda, outcome.error);
        return outcome;
      },
      release: giveBack,
    };
  }

  #giveBack(environment: Environment): void {
    if (!environment.alive) {
      this.#all.delete(environment);
      this.#grow();
      return;
    }
    const next = this.#waiting.shift();
    if (next) {
      next.give(this.#slot(environment));
      return;
    }
    const idleMs = this.#all.size > 1 ? SCALING.idleMs : SCALING.lastIdleMs;
    const timer = setTimeout(() => this.#retire(environment), idleMs).unref();
    this.#idle.push({ environment, timer });
  }

  #retire(environment: Environment): void {
    const place = this.#idle.findIndex((idle) => idle.environment === environment);
    if (place < 0) return;
    this.#idle.splice(place, 1);
    this.#all.delete(environment);
    environment.stop().catch((error: unknown) => this.#log(String(error)));
  }

  /** Starts an environment for whoever waits longest, now or when its wait is long enough. */
  #grow(): void {
    const [longest] = this.#waiting;
    if (!longest) return;
    if (this.#stopping) {
      for (const { give } of this.#waiting.splice(0)) give(STOPPED);
      return;
    }
    if (this.#all.size >= this.#max || this.#growing) return;
    const dueAt = this.#all.size === 0 ? 0 : Math.max(longest.since, this.#grewAt) + SCALING.growAfterMs;
    const left = dueAt - Date.now();
    if (left > 0) {
      this.#growing = setTimeout(() => {
        this.#growing = null;
        this.#grow();
      }, left).unref();
      return;
    }
    this.#grewAt = Date.now();
    const environment = new Environment(this.lambda, this.#log);
    this.#all.add(environment);
    this.#waiting.shift()?.give(this.#slot(environment));
    this.#grow();
  }
}

const STOPPED: Slot = {
  invoke: async () => failed('Runtime.Stopped', 'the runner is stopping'),
  release: () => {},
};
