import type { Budget } from './budget.ts';
import { Environment } from './environment.ts';
import type { LambdaFunction } from './functions.ts';
import { type FunctionError, failed, type Outcome } from './outcome.ts';
import { dueAt, type Machine, SCALING } from './scaling.ts';

/** An environment, held for one invocation. */
export interface Slot {
  invoke(payload: string): Promise<Outcome>;
  /** Gives it back unused. `invoke` gives it back on its own. */
  release(): void;
}

/** One of several callers that share the environments of a function; it is passed with each call. */
export interface Lane {
  /** Environments that are left to the others, free or to be started, when it takes more than one. */
  readonly leaves: number;
  /** Environments it holds; the pool counts them. */
  held: number;
}

/** Who gives out environments. */
export interface Environments {
  acquire(lane?: Lane): Promise<Slot>;
}

interface Idle {
  readonly environment: Environment;
  /** Ends it when it goes on having nothing to do. */
  readonly timer: NodeJS.Timeout;
}

interface Waiting {
  readonly since: number;
  readonly lane: Lane;
  readonly give: (slot: Slot) => void;
}

export interface PoolOptions {
  readonly machine: Machine;
  readonly budget: Budget;
  /** File that the function's output goes to. */
  readonly output: number;
  /** Environments that are started before anybody calls, and kept when there is nothing to do. @default 0 */
  readonly ahead?: number;
  /** An invocation that lasts this long is waiting for somebody else. @default - as `SCALING` says */
  readonly longMs?: number;
  /** Folder for compiled code, so that the next environment need not compile it. */
  readonly compileCache: string;
  /** Gets told of each invocation that failed. */
  readonly failed: (error: FunctionError) => void;
  /** Gets told of each invocation: how long it took, whether it failed, and how many environments were at work. */
  readonly ran: (durationMs: number, failed: boolean, atOnce: number) => void;
}

/** The environments of one function. */
export class Pool implements Environments {
  readonly lambda: LambdaFunction;
  readonly #options: PoolOptions;
  readonly #max: number;
  /** The one used last is at the end, and is used first; see `#pick`. */
  readonly #idle: Idle[] = [];
  /** Those at work, each with the time since when. */
  readonly #busy = new Map<Environment, number>();
  readonly #starting = new Set<Environment>();
  readonly #waiting: Waiting[] = [];
  #growing: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(lambda: LambdaFunction, options: PoolOptions) {
    this.lambda = lambda;
    this.#options = options;
    const { budget } = options;
    this.#max = Math.min(1 + budget.max, lambda.reservedConcurrency ?? Number.POSITIVE_INFINITY);
    budget.join(() => this.#spare());
    for (let i = 0; i < (options.ahead ?? 0); i++) this.#start();
  }

  /** Environments there are, at work or not. */
  get size(): number {
    return this.#idle.length + this.#busy.size + this.#starting.size;
  }

  /** Most environments there can be. */
  get max(): number {
    return this.#max;
  }

  /** Runs the function on an event as soon as an environment is free. */
  async invoke(payload: string): Promise<Outcome> {
    return (await this.acquire()).invoke(payload);
  }

  /** Waits for a free environment. One that is started meanwhile goes to whoever waits longest, like any other. */
  acquire(lane: Lane = { leaves: 0, held: 0 }): Promise<Slot> {
    return new Promise((give) => {
      this.#waiting.push({ since: Date.now(), lane, give });
      this.#serve();
    });
  }

  /** Takes no more work, waits for the running work at most `withinMs`, then ends every environment. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping = true;
    this.#serve();
    const givenUpAt = Date.now() + withinMs;
    while (this.#busy.size > 0 && Date.now() < givenUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (this.#growing) clearTimeout(this.#growing);
    for (const { timer } of this.#idle) clearTimeout(timer);
    const all = [
      ...this.#idle.map(({ environment }) => environment),
      ...this.#busy.keys(),
      ...this.#starting,
    ];
    await Promise.all(all.map((environment) => environment.stop()));
    this.#idle.length = 0;
  }

  /** Gives what is free to those who wait, and sees to more. */
  #serve(): void {
    if (this.#stopping) for (const { give } of this.#waiting.splice(0)) give(STOPPED);
    while (this.#idle.length > 0) {
      const place = this.#waiting.findIndex(({ lane }) => this.#mayTake(lane));
      const [next] = place < 0 ? [] : this.#waiting.splice(place, 1);
      const free = next && this.#pick(next.lane);
      if (!next || !free) break;
      clearTimeout(free.timer);
      if (free.environment.alive) next.give(this.#slot(free.environment, next.lane));
      else this.#waiting.unshift(next);
    }
    this.#grow();
  }

  /** Who leaves some to the others takes the first, which it used itself if any: the others find theirs warm. */
  #pick({ leaves }: Lane): Idle | undefined {
    return leaves > 0 ? this.#idle.shift() : this.#idle.pop();
  }

  /** One each lane may have; beyond that it has to leave some to the others, who may hold all the rest. */
  #mayTake({ leaves, held }: Lane): boolean {
    const more = Math.min(this.#max - this.size, this.#options.budget.left);
    return held === 0 || this.#idle.length + this.#starting.size + more > leaves;
  }

  #slot(environment: Environment, lane: Lane): Slot {
    this.#busy.set(environment, Date.now());
    lane.held++;
    const giveBack = (): void => {
      this.#busy.delete(environment);
      lane.held--;
      if (environment.alive) this.#rest(environment, lane.leaves > 0 ? 'first' : 'last');
      this.#serve();
    };
    return {
      invoke: async (payload) => {
        const began = performance.now();
        const atOnce = this.#busy.size;
        const outcome = await environment.invoke(payload);
        this.#options.ran(performance.now() - began, !outcome.ok, atOnce);
        giveBack();
        if (!outcome.ok) this.#options.failed(outcome.error);
        return outcome;
      },
      release: giveBack,
    };
  }

  /** Keeps one with nothing to do, at the place in the row of those where it is taken from. */
  #rest(environment: Environment, place: 'first' | 'last'): void {
    const kept = this.size < Math.max(1, this.#options.ahead ?? 0);
    const timer = setTimeout(() => this.#retire(environment), kept ? SCALING.keptIdleMs : SCALING.idleMs);
    const idle = { environment, timer: timer.unref() };
    if (place === 'first') this.#idle.unshift(idle);
    else this.#idle.push(idle);
  }

  #retire(environment: Environment): void {
    const place = this.#idle.findIndex((idle) => idle.environment === environment);
    for (const { timer } of place < 0 ? [] : this.#idle.splice(place, 1)) clearTimeout(timer);
    void environment.stop();
  }

  /** Ends an environment that has nothing to do, unless it is the only one. */
  #spare(): boolean {
    const [free] = this.#idle;
    if (!free || this.size === 1 || this.#waiting.length > 0) return false;
    this.#retire(free.environment);
    return true;
  }

  /** Starts an environment when one is due, one at a time. */
  #grow(): void {
    if (this.#growing) clearTimeout(this.#growing);
    this.#growing = null;
    const longest = this.#waiting[0]?.since ?? null;
    const isWanted = longest !== null || (this.#busy.size > 0 && this.#idle.length === 0);
    if (!isWanted || this.#stopping || this.#starting.size > 0 || this.size >= this.#max) return;
    const due = this.size === 0 ? 0 : this.#due(longest);
    const left = due - Date.now();
    if (left <= 0 && this.#start()) return;
    // Nothing but the end of an invocation will change this, and that looks again by itself.
    if (due === Number.POSITIVE_INFINITY) return;
    this.#growing = setTimeout(() => this.#grow(), left > 0 ? left : SCALING.askAgainMs).unref();
  }

  #due(waitingSince: number | null): number {
    // Some are free, but not for the one who waits: its share is used up.
    if (this.#idle.length > 0) return (waitingSince ?? 0) + SCALING.callerMs;
    const { longMs = SCALING.longMs, machine } = this.#options;
    return dueAt({ busySince: [...this.#busy.values()], waitingSince, longMs }, machine);
  }

  /** Starts an environment; false if all functions together have as many as they may. */
  #start(): boolean {
    const isFirst = this.size === 0;
    if (!isFirst && !this.#options.budget.take()) return false;
    const { output, compileCache, budget } = this.#options;
    const environment = new Environment(this.lambda, { output, compileCache }, () => {
      if (!isFirst) budget.give();
    });
    this.#starting.add(environment);
    void environment.loaded.then((loaded) => {
      this.#starting.delete(environment);
      if (this.#stopping) return;
      // Nothing in it is compiled yet: whoever can wait shall have it first.
      if (loaded.ok) this.#rest(environment, 'first');
      else this.#tell(environment, loaded.error);
      this.#serve();
    });
    return true;
  }

  /** One that can't be loaded fails the invocation of whoever waits longest. */
  #tell(environment: Environment, error: FunctionError): void {
    const next = this.#waiting.shift();
    if (next) next.give(this.#slot(environment, next.lane));
    else this.#options.failed(error);
  }
}

const STOPPED: Slot = {
  invoke: async () => failed('Runtime.Stopped', 'the runner is stopping'),
  release: () => {},
};
