import type { IncomingMessage, ServerResponse } from 'node:http';
import type { buildApp } from 'fauxqs';
import type { Faults } from '../faults.ts';
import { isObject } from '../template/json.ts';
import { GUARDED } from './calls.ts';
import { disturb } from './disturb.ts';
import { favourQuietGroups } from './fairness.ts';
import { type Refusal, refusedHandle } from './limits.ts';
import type { Engine, SqsQueue } from './store.ts';

/** Codes that the older form of the protocol writes with this in front. */
const PREFIXED = /^(?:EmptyBatch|TooMany|BatchEntry|BatchRequest|InvalidBatch)/;
const TYPE = 'application/x-amz-json-1.0';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface SqsCall {
  readonly operation: string;
  readonly queue: SqsQueue;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Answers calls of SQS in its JSON protocol: holds the limits that the stand-in does not hold, and lets faults strike.
 * Sending and deleting, which is nearly all there is, is done here at once; the stand-in does the rest.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export class SqsProtocol {
  readonly #app: ReturnType<typeof buildApp>;
  readonly #engine: Engine;
  readonly #faults: Faults;

  constructor(app: ReturnType<typeof buildApp>, engine: Engine, faults: Faults) {
    this.#app = app;
    this.#engine = engine;
    this.#faults = faults;
  }

  listen(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      this.#answer(request, Buffer.concat(parts).toString()).then(
        ({ status, headers, body }) =>
          response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body),
        (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
      );
    });
  }

  async #answer(request: IncomingMessage, text: string): Promise<Answer> {
    const call = this.#read(request, text);
    if (!call) return this.#pass(request, text);
    const { operation, queue } = call;
    if (this.#faults.strike('throttle', queue.name, operation)) {
      return refuse(403, { code: 'RequestThrottled', message: 'Rate exceeded' });
    }
    const answer = this.#own(call) ?? (await this.#pass(request, text));
    if (!this.#faults.strike('lost-answer', queue.name, operation)) return answer;
    return refuse(500, { code: 'InternalFailure', message: 'The answer got lost.' });
  }

  /** What is answered here; null for what the stand-in answers. */
  #own({ operation, queue, body }: SqsCall): Answer | null {
    if (operation === 'ReceiveMessage') {
      disturb(this.#faults, queue);
      favourQuietGroups(queue);
    }
    if (operation === 'ChangeMessageVisibility') {
      const refusal = refusedHandle(body.ReceiptHandle);
      if (refusal) return refuse(400, refusal);
    }
    const outcome = GUARDED[operation]?.(this.#engine, this.#faults, queue, body);
    if (!outcome) return null;
    if ('refusal' in outcome) return refuse(400, outcome.refusal);
    return { status: 200, headers: { 'content-type': TYPE }, body: JSON.stringify(outcome.answer) };
  }

  async #pass({ method, url = '/', headers }: IncomingMessage, payload: string): Promise<Answer> {
    const {
      statusCode,
      headers: given,
      body,
    } = await this.#app.inject({
      method: (method ?? 'POST') as 'POST',
      url,
      headers,
      payload,
    });
    const kept = ['content-type', 'x-amzn-query-error'].flatMap((name) =>
      given[name] === undefined ? [] : [[name, String(given[name])]],
    );
    return { status: statusCode, headers: Object.fromEntries(kept), body };
  }

  /** The call, if it is one on a queue that exists. */
  #read({ headers }: IncomingMessage, text: string): SqsCall | null {
    const target = headers['x-amz-target'];
    if (typeof target !== 'string' || !target.startsWith('AmazonSQS.') || !text.startsWith('{')) return null;
    const body = parsed(text);
    if (!isObject(body) || typeof body.QueueUrl !== 'string') return null;
    const queue = this.#engine.stores.sqsStore.getQueue(body.QueueUrl);
    return queue ? { operation: target.slice('AmazonSQS.'.length), queue, body } : null;
  }
}

/** Null for what is no JSON: the stand-in says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function refuse(status: number, { code, message }: Refusal): Answer {
  const name = PREFIXED.test(code) ? `AWS.SimpleQueueService.${code}` : code;
  return {
    status,
    headers: {
      'content-type': TYPE,
      'x-amzn-query-error': `${name};${status < 500 ? 'Sender' : 'Receiver'}`,
    },
    body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }),
  };
}
