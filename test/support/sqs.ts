import { SQSClient } from '@aws-sdk/client-sqs';
import { startQueueServer } from '../../local/sqs/server.ts';

/** What this stand-in wants to be called with. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** An SQS stand-in in this process, for adapter tests: the one the local runner uses, limits included. Close it when done. */
export interface SqsStandIn {
  readonly client: SQSClient;
  readonly endpoint: string;
  /** Creates a queue and answers its URL. */
  queue(name: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  /** Bodies of the messages that nobody received yet, delayed ones included, in no order; they stay on the queue. */
  bodies(name: string): readonly string[];
  close(): Promise<void>;
}

/** Starts the stand-in on a free loopback port. */
export async function startSqs(): Promise<SqsStandIn> {
  const server = await startQueueServer(null, LOCAL_CREDENTIALS);
  const client = new SQSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
  });
  const queues = new Map<string, ReturnType<typeof server.create>>();
  return {
    client,
    endpoint: server.url,
    queue: async (name, attributes = {}) => {
      queues.set(name, server.create(name, attributes));
      return server.queueUrl(name);
    },
    bodies: (name) => {
      const queue = queues.get(name);
      if (!queue) throw new Error(`there is no queue ${name}`);
      return [...queue.messages, ...queue.delayedMessages].map((message) => message.body);
    },
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
}
