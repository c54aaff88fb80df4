import type { BuildAppOptions } from 'fauxqs';

/** The parts of fauxqs that its package does not export: the queues themselves. */
export type Stores = NonNullable<BuildAppOptions['stores']>;
export type SqsStore = Stores['sqsStore'];
export type SqsQueue = NonNullable<ReturnType<SqsStore['getQueueByName']>>;
export type SqsMessage = SqsQueue['messages'][number];

/** What a queue writes through to; fauxqs' own writer fails when a message is made visible at once. */
export type Writer = Pick<
  NonNullable<SqsStore['persistence']>,
  | 'insertQueue'
  | 'deleteQueue'
  | 'updateQueueAttributes'
  | 'updateQueueSequenceCounter'
  | 'insertMessage'
  | 'deleteMessage'
  | 'updateMessageInflight'
  | 'updateMessageReady'
  | 'deleteQueueMessages'
>;

interface SqsStoreClass {
  new (): SqsStore;
  createMessage(
    body: string,
    attributes: SqsMessage['messageAttributes'],
    delaySeconds: number | undefined,
    groupId: string | undefined,
  ): SqsMessage;
}

export interface Engine {
  readonly stores: Stores;
  readonly createMessage: SqsStoreClass['createMessage'];
}

/**
 * Empty stores. The package's own `startFauxqs` is not used because it listens on all interfaces and refuses
 * characters outside the basic plane, which SQS takes; its version is pinned, so the files stay where they are.
 */
export async function createEngine(): Promise<Engine> {
  const part = (path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href);
  const [sqs, sns, s3] = await Promise.all([
    part('./sqs/sqsStore.js'),
    part('./sns/snsStore.js'),
    part('./s3/s3Store.js'),
  ]);
  const SqsStore: SqsStoreClass = sqs.SqsStore;
  return {
    stores: { sqsStore: new SqsStore(), snsStore: new sns.SnsStore(), s3Store: new s3.S3Store() },
    createMessage: SqsStore.createMessage,
  };
}
