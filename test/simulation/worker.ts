import type { VirtualTime } from './virtual-time.ts';

/** What goes wrong with calls to AWS, as probabilities. */
export interface Faults {
  /** A call fails before it did anything (throttled, unavailable). */
  readonly refused: number;
  /** A call did its work, but its answer is lost. */
  readonly answerLost: number;
  /** The worker dies while a call is under way. */
  readonly death: number;
  /** Longest time a call takes, in milliseconds. */
  readonly slowestMs: number;
}

/** The call failed on AWS's side. */
export class ServiceFault extends Error {
  override readonly name = 'ServiceFault';
}

/** One invocation of a function: it lives until it answers, dies at some await, or runs out of time. */
export class Worker {
  #dead = false;
  #ranOut = false;
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #onDeath: () => void;
  readonly #endsAt: number;
  readonly #cancelTimeout: () => void;
  /** When it answered or died; infinity while it has not. */
  endedAt = Number.POSITIVE_INFINITY;

  constructor(time: VirtualTime, faults: Faults, timeoutMs: number, onDeath: () => void) {
    this.#time = time;
    this.#faults = faults;
    this.#onDeath = onDeath;
    this.#endsAt = time.now() + timeoutMs;
    this.#cancelTimeout = time.after(timeoutMs, () => {
      this.#ranOut = !this.#dead;
      this.die();
    });
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Whether it was stopped because its time was over. */
  get ranOut(): boolean {
    return this.#ranOut;
  }

  /** Milliseconds until the function is stopped. */
  remainingMs(): number {
    return this.#endsAt - this.#time.now();
  }

  /** Ends it: whatever it still awaits never comes. Nothing happens if it is over already. */
  die(): void {
    if (this.#dead) return;
    this.finish();
    this.#onDeath();
  }

  /** Marks a worker that has answered: a later time-out is no death. */
  finish(): void {
    this.endedAt = Math.min(this.endedAt, this.#time.now());
    this.#dead = true;
    this.#cancelTimeout();
  }

  /** One call to a service: takes its time, may fail, may be the worker's last. */
  async call<T>(work: () => Promise<T> | T): Promise<T> {
    await this.#await(this.#time.between(1, this.#faults.slowestMs));
    if (this.#time.chance(this.#faults.refused)) throw new ServiceFault('refused');
    if (this.#time.chance(this.#faults.death)) {
      if (this.#time.chance(0.5)) await work();
      this.die();
      return never();
    }
    const answer = await work();
    await this.#await(this.#time.between(1, this.#faults.slowestMs));
    if (this.#time.chance(this.#faults.answerLost)) throw new ServiceFault('answer lost');
    return answer;
  }

  /** A wait that is no service call, such as an endpoint's answer. */
  async wait(ms: number): Promise<void> {
    await this.#await(ms);
  }

  /** Does something later, unless it is cancelled or the worker is gone by then. */
  after(ms: number, work: () => void): () => void {
    return this.#time.after(ms, () => {
      if (!this.#dead) work();
    });
  }

  async #await(ms: number): Promise<void> {
    await this.#time.sleep(ms);
    if (this.#dead) await never();
  }
}

/** A promise nothing ever comes of: what a dead worker awaits. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** The same port, with every call of it a call to a service made by the worker of the moment. */
export function through<T extends object>(workerOf: () => Worker, port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const answer = (): unknown => Reflect.apply(member, target, args);
        return PAGED.has(name) ? pages(workerOf(), answer) : workerOf().call(answer);
      };
    },
  });
}

/** Ports name their paged reads by listing them here, because a proxy cannot see a return type. */
const PAGED = new Set<PropertyKey>(['due', 'entries', 'interests', 'newest']);

async function* pages(worker: Worker, open: () => unknown): AsyncIterable<unknown> {
  const source = open() as AsyncIterable<unknown>;
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const page = await worker.call(() => iterator.next());
    if (page.done) return;
    yield page.value;
  }
}

/** The worker an environment's calls are made by: whichever it serves at the moment. */
export function currentWorker() {
  let serving: Worker | null = null;
  return {
    of: (): Worker => {
      if (!serving) throw new Error('a call outside an invocation');
      return serving;
    },
    pause: (ms: number): Promise<void> => {
      if (!serving) throw new Error('a wait outside an invocation');
      return serving.wait(ms);
    },
    after: (ms: number, work: () => void): (() => void) => {
      if (!serving) throw new Error('a timer outside an invocation');
      return serving.after(ms, work);
    },
    run: <T>(by: Worker, work: () => Promise<T>): Promise<T> => {
      serving = by;
      return work();
    },
  };
}

/** A programming error, as against a failure that was simulated. */
export function isBug(cause: unknown): boolean {
  return cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError;
}
