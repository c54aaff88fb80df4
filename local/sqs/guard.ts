import type { buildApp } from 'fauxqs';
import type { Faults } from '../faults.ts';
import { isObject } from '../template/json.ts';
import { GUARDED } from './calls.ts';
import { favourQuietGroups } from './fairness.ts';
import { type Refusal, refusedHandle } from './limits.ts';
import type { Engine, SqsQueue } from './store.ts';

/** Codes that the older form of the protocol writes with this in front. */
const PREFIXED = /^(?:EmptyBatch|TooMany|BatchEntry|BatchRequest|InvalidBatch)/;

/**
 * Stands in front of the stand-in: holds the limits it does not hold, and lets faults strike.
 * Everything else passes.
 */
export function guard(app: ReturnType<typeof buildApp>, engine: Engine, faults: Faults): void {
  app.addHook('preHandler', async (request, reply) => {
    const call = readCall(engine, request);
    if (!call) return;
    const refuse = (status: number, { code, message }: Refusal): typeof reply =>
      reply
        .code(status)
        .header('content-type', 'application/x-amz-json-1.0')
        .header('x-amzn-query-error', queryError(code, status))
        .send(JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }));
    const { operation, queue, body } = call;
    if (faults.strike('throttle', queue.name, operation)) {
      return refuse(403, { code: 'RequestThrottled', message: 'Rate exceeded' });
    }
    if (operation === 'ReceiveMessage') {
      disturb(faults, queue);
      favourQuietGroups(queue);
    }
    if (operation === 'ChangeMessageVisibility') {
      const refusal = refusedHandle(body.ReceiptHandle);
      if (refusal) return refuse(400, refusal);
    }
    const outcome = GUARDED[operation]?.(engine, faults, queue, body);
    if (!outcome) return;
    if ('refusal' in outcome) return refuse(400, outcome.refusal);
    return reply.header('content-type', 'application/x-amz-json-1.0').send(JSON.stringify(outcome.answer));
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const call = readCall(engine, request);
    if (!call || !faults.strike('lost-answer', call.queue.name, call.operation)) return payload;
    reply.code(500).header('x-amzn-query-error', queryError('InternalFailure', 500));
    return JSON.stringify({ __type: 'com.amazonaws.sqs#InternalFailure', message: 'The answer got lost.' });
  });
}

/** What a standard queue may do at any time: give a message twice, or out of order. */
export function disturb(faults: Faults, queue: SqsQueue): void {
  queue.processTimers();
  const [first] = queue.messages;
  if (!first) return;
  if (faults.strike('duplicate', queue.name)) queue.messages.push(first);
  if (faults.strike('reorder', queue.name)) queue.messages.reverse();
}

interface SqsCall {
  readonly operation: string;
  readonly queue: SqsQueue;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The call, if it is one on a queue that exists. */
function readCall(
  engine: Engine,
  request: { readonly headers: Readonly<Record<string, unknown>>; readonly body: unknown },
): SqsCall | null {
  const target = request.headers['x-amz-target'];
  if (typeof target !== 'string' || !isObject(request.body)) return null;
  const url = request.body.QueueUrl;
  const queue = typeof url === 'string' ? engine.stores.sqsStore.getQueue(url) : undefined;
  return queue ? { operation: target.replace('AmazonSQS.', ''), queue, body: request.body } : null;
}

function queryError(code: string, status: number): string {
  const name = PREFIXED.test(code) ? `AWS.SimpleQueueService.${code}` : code;
  return `${name};${status < 500 ? 'Sender' : 'Receiver'}`;
}
