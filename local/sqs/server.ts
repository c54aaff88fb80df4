import { buildApp } from 'fauxqs';
import type { Credentials } from '../credentials.ts';
import { Faults } from '../faults.ts';
import { guardedServer } from '../http/guarded-server.ts';
import { LOOPBACK, listen } from '../loopback.ts';
import { arn, PLACE } from '../template/names.ts';
import { keepTime } from './arrivals.ts';
import { disturb } from './disturb.ts';
import { favourQuietGroups, noteInFlight } from './fairness.ts';
import { SqsProtocol } from './protocol.ts';
import { QueueFile } from './queue-file.ts';
import { createEngine, type SqsQueue, type SqsStore } from './store.ts';

/** SQS on a loopback port, and in this process. */
export interface QueueServer {
  readonly url: string;
  readonly faults: Faults;
  /** The address of a queue of this name, whether it is there or not. */
  queueUrl(name: string): string;
  /** Creates a queue, with the messages that were kept for it. */
  create(name: string, attributes: Readonly<Record<string, string>>): SqsQueue;
  /** Takes up to this many messages that are visible now (ten at most) out of the queue for its visibility timeout. */
  receive(queue: SqsQueue, max: number): readonly Received[];
  close(): Promise<void>;
}

/** A message as a receiver sees it, with what the queue knows about it. */
export interface Received {
  readonly receiptHandle: string;
  readonly message: SqsQueue['messages'][number];
}

/**
 * Starts it on a free port, for whoever has the credentials. Messages are kept in `file` if one is named, else in memory.
 */
export async function startQueueServer(file: string | null, credentials: Credentials): Promise<QueueServer> {
  const engine = await createEngine();
  const store = engine.stores.sqsStore;
  store.region = PLACE.region;
  const kept = file === null ? null : new QueueFile(file);
  if (kept) store.persistence = kept as unknown as NonNullable<SqsStore['persistence']>;
  const faults = new Faults();
  const app = buildApp({ logger: false, stores: engine.stores });
  await app.ready();
  const protocol = new SqsProtocol(app, engine, faults);
  const server = guardedServer({ credentials }, (request, response) => protocol.listen(request, response));
  const url = `http://${LOOPBACK}:${await listen(server, 0)}`;
  const queueUrl = (name: string): string => `${url}/${PLACE.account}/${name}`;
  const stopTime = keepTime(() => store.allQueues());
  const expiry = setInterval(() => dropExpired(store), 30_000).unref();
  return {
    url,
    faults,
    queueUrl,
    create: (name, attributes) => {
      const queue = store.createQueue(name, queueUrl(name), arn('sqs', name), { ...attributes });
      kept?.load(queue);
      return queue;
    },
    receive: (queue, max) => {
      disturb(faults, queue);
      favourQuietGroups(queue);
      const handles = queue.dequeue(max, undefined, (target) => store.getQueueByArn(target));
      noteInFlight(queue);
      return handles.flatMap(({ ReceiptHandle }) => {
        const entry = queue.inflightMessages.get(ReceiptHandle);
        return entry ? [{ receiptHandle: ReceiptHandle, message: entry.message }] : [];
      });
    },
    close: async () => {
      stopTime();
      clearInterval(expiry);
      server.close();
      server.closeAllConnections();
      await app.close();
      kept?.close();
    },
  };
}

/** Drops messages past their queue's retention, which the stand-in does not do. */
function dropExpired(store: SqsStore): void {
  for (const queue of store.allQueues()) {
    const oldest = Date.now() - Number(queue.attributes.MessageRetentionPeriod) * 1000;
    for (const message of queue.messages) {
      if (message.sentTimestamp < oldest) queue.persistence?.deleteMessage(message.messageId);
    }
    queue.messages = queue.messages.filter((message) => message.sentTimestamp >= oldest);
  }
}
