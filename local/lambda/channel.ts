import type { Duplex } from 'node:stream';
import { type ReplyHead, readFrames, writeFrame } from './frames.mjs';
import { type FunctionError, failed, MAX_PAYLOAD_BYTES, type Outcome } from './outcome.ts';

/** One piece of work for a function. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  /** Epoch milliseconds at which the function is stopped. */
  readonly deadline: number;
}

interface UnderWay {
  readonly requestId: string;
  readonly settle: (outcome: Outcome) => void;
}

/**
 * The runner's end of the pipe to one environment. What goes over it is what Lambda's Runtime API says; it is a pipe
 * and no port, because a port is open to every web page and program of the machine, and takes three times as long.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class Channel {
  readonly #pipe: Duplex;
  readonly #ready = Promise.withResolvers<void>();
  #underWay: UnderWay | null = null;

  constructor(pipe: Duplex) {
    this.#pipe = pipe;
    this.#ready.promise.catch(() => 'whoever invokes gets the same error');
    // The environment is gone; its process tells why.
    pipe.on('error', () => pipe.destroy());
    readFrames<ReplyHead>(pipe, (head, body) => this.#take(head, body));
  }

  /** Settles when the function was loaded; rejects with an `InitError` if it can't be. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Hands over one piece of work; one at a time, to an environment that is ready. */
  invoke({ requestId, functionArn, payload, deadline }: Invocation): Promise<Outcome> {
    if (this.#underWay) throw new Error('this environment is at work');
    return new Promise((settle) => {
      this.#underWay = { requestId, settle };
      writeFrame(this.#pipe, { requestId, functionArn, deadline, traceId: traceOf(requestId) }, payload);
    });
  }

  /** The environment is gone, and why. Ends the work it had. */
  lost(error: FunctionError): void {
    this.#ready.reject(new InitError(error));
    this.#settle({ ok: false, error });
    this.#pipe.destroy();
  }

  #take({ kind, requestId }: ReplyHead, body: string): void {
    if (kind === 'ready') this.#ready.resolve();
    else if (kind === 'init-error') this.#ready.reject(new InitError(JSON.parse(body)));
    else if (requestId === this.#underWay?.requestId) this.#settle(outcomeOf(kind, body));
  }

  #settle(outcome: Outcome): void {
    const underWay = this.#underWay;
    this.#underWay = null;
    underWay?.settle(outcome);
  }
}

/** The function could not be loaded. */
export class InitError extends Error {
  override readonly name = 'InitError';
  readonly reported: FunctionError;

  constructor(reported: FunctionError) {
    super(`${reported.errorType}: ${reported.errorMessage}`);
    this.reported = reported;
  }
}

function outcomeOf(kind: 'response' | 'error', body: string): Outcome {
  if (Buffer.byteLength(body) > MAX_PAYLOAD_BYTES) {
    const message = `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`;
    return failed('Function.ResponseSizeTooLarge', message);
  }
  return kind === 'error' ? { ok: false, error: JSON.parse(body) } : { ok: true, payload: body };
}

function traceOf(requestId: string): string {
  return `Root=1-${requestId.slice(0, 8)}-${requestId.replaceAll('-', '').slice(8)};Sampled=0`;
}
