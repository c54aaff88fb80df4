import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { allowAllSqsCharacters } from '../../local/fauxqs-characters.ts';

/** An SQS stand-in in this process, for adapter tests. Close it when done. */
export interface SqsStandIn {
  readonly client: SQSClient;
  readonly server: FauxqsServer;
  /** Creates a queue and answers its URL. */
  queue(name: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

/** Starts the stand-in on a free loopback port. */
export async function startSqs(): Promise<SqsStandIn> {
  await allowAllSqsCharacters();
  const server = await startFauxqs({ port: 0, logger: false });
  const client = new SQSClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
  });
  return {
    client,
    server,
    queue: async (name, attributes = {}) => {
      const made = await client.send(
        new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } }),
      );
      if (!made.QueueUrl) throw new Error('the stand-in made no queue');
      return made.QueueUrl;
    },
    close: async () => {
      client.destroy();
      await server.stop();
    },
  };
}
