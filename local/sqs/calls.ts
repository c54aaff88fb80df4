import type { Faults } from '../faults.ts';
import {
  type OutgoingMessage,
  type Refusal,
  refusedBatch,
  refusedBatchSize,
  refusedHandle,
  refusedMessage,
} from './limits.ts';
import type { Engine, SqsQueue } from './store.ts';

interface SendEntry extends OutgoingMessage {
  readonly Id?: string;
}
interface DeleteEntry {
  readonly Id?: string;
  readonly ReceiptHandle?: string;
}
interface FailedEntry {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/** What a call came to: an answer, or the error SQS would give. */
export type Outcome = { readonly answer: object } | { readonly refusal: Refusal };

type Call = (
  engine: Engine,
  faults: Faults,
  queue: SqsQueue,
  body: Readonly<Record<string, unknown>>,
) => Outcome;

/** The calls whose limits the stand-in does not hold; they are answered here, the others by the stand-in. */
export const GUARDED: Readonly<Record<string, Call>> = {
  SendMessage: (engine, _faults, queue, body) => {
    const refusal = refusedMessage(body, maxBytes(queue));
    return refusal ? { refusal } : { answer: enqueue(engine, queue, body) };
  },

  SendMessageBatch: (engine, faults, queue, body) => {
    const entries = (body.Entries ?? []) as readonly SendEntry[];
    const refusal = refusedBatch(entries) ?? refusedBatchSize(entries);
    if (refusal) return { refusal };
    return eachEntry(faults, 'SendMessageBatch', queue, entries, (entry) => {
      return refusedMessage(entry, maxBytes(queue)) ?? enqueue(engine, queue, entry);
    });
  },

  DeleteMessage: (_engine, _faults, queue, body) => {
    const refusal = refusedHandle(body.ReceiptHandle);
    if (refusal) return { refusal };
    queue.deleteMessage(String(body.ReceiptHandle));
    return { answer: {} };
  },

  DeleteMessageBatch: (_engine, faults, queue, body) => {
    const entries = (body.Entries ?? []) as readonly DeleteEntry[];
    const refusal = refusedBatch(entries);
    if (refusal) return { refusal };
    return eachEntry(faults, 'DeleteMessageBatch', queue, entries, (entry) => {
      const refused = refusedHandle(entry.ReceiptHandle);
      if (refused) return refused;
      queue.deleteMessage(String(entry.ReceiptHandle));
      return {};
    });
  },
};

/** Puts a message in the queue, as one call does it. */
function enqueue(engine: Engine, queue: SqsQueue, outgoing: OutgoingMessage): object {
  const delay = outgoing.DelaySeconds ?? Number(queue.attributes.DelaySeconds);
  const message = engine.createMessage(
    outgoing.MessageBody ?? '',
    { ...outgoing.MessageAttributes },
    delay > 0 ? delay : undefined,
    outgoing.MessageGroupId,
  );
  queue.enqueue(message);
  return {
    MessageId: message.messageId,
    MD5OfMessageBody: message.md5OfBody,
    ...(message.md5OfMessageAttributes ? { MD5OfMessageAttributes: message.md5OfMessageAttributes } : {}),
  };
}

/** Carries out a batch call: an entry that fails does not hold up the others. */
function eachEntry<E extends { readonly Id?: string }>(
  faults: Faults,
  operation: 'SendMessageBatch' | 'DeleteMessageBatch',
  queue: SqsQueue,
  entries: readonly E[],
  work: (entry: E) => Refusal | object,
): Outcome {
  const struck = new Set(faults.strike('partial', queue.name, operation)?.entries);
  const Successful: object[] = [];
  const Failed: FailedEntry[] = [];
  for (const [place, entry] of entries.entries()) {
    const Id = entry.Id ?? '';
    const done = struck.has(place) ? INTERNAL : work(entry);
    if (isRefusal(done)) {
      Failed.push({ Id, SenderFault: done !== INTERNAL, Code: done.code, Message: done.message });
    } else {
      Successful.push({ Id, ...done });
    }
  }
  return { answer: { Successful, Failed } };
}

const INTERNAL: Refusal = { code: 'InternalError', message: 'We encountered an internal error.' };

function isRefusal(value: Refusal | object): value is Refusal {
  return 'code' in value;
}

function maxBytes(queue: SqsQueue): number {
  return Number(queue.attributes.MaximumMessageSize);
}
