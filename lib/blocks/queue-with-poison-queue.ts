import { Duration, Validations } from 'aws-cdk-lib';
import { type IQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { RETENTION } from '../../contract/limits.ts';

/** What every queue has. A group id on a message makes a standard queue fair; it needs no setting. */
export const SECURE: QueueProps = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };

/**
 * Visibility over function timeout; the time in which batches fill comes on top.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-queueconfig
 */
const VISIBILITY_FACTOR = 6;

/**
 * Receives until a message counts as poison. Generous, because a receive is also used up when Lambda is throttled
 * or a worker dies; a delivery's own attempts are counted in the message.
 */
const MAX_RECEIVES = 10;

export interface QueueWithPoisonQueueProps {
  /** Timeout of the function that works on the queue, in seconds. */
  readonly consumerTimeoutSeconds: number;
  /** How long that waits for its batches to fill, in seconds. @default 0 */
  readonly gatherSeconds?: number;
}

/**
 * A standard queue, and behind it the queue for messages that no worker can get through. Poison is our fault or
 * damage, never a subscriber's: those failures go to `dead-letters`.
 */
export class QueueWithPoisonQueue extends Construct {
  readonly queue: IQueue;
  readonly poison: IQueue;

  constructor(scope: Construct, id: string, props: QueueWithPoisonQueueProps) {
    super(scope, id);
    this.poison = new Queue(this, 'Poison', {
      ...SECURE,
      // Longer than the source's: the clock runs on from when the message was first sent.
      retentionPeriod: Duration.seconds(RETENTION.deadLetterSeconds),
    });
    Validations.of(this.poison).acknowledge({
      id: 'Serverless::Serverless-SQSRedrivePolicy',
      reason: 'This is where a redrive policy leads to.',
    });
    this.queue = new Queue(this, 'Queue', {
      ...SECURE,
      retentionPeriod: Duration.seconds(RETENTION.queueSeconds),
      visibilityTimeout: Duration.seconds(
        VISIBILITY_FACTOR * props.consumerTimeoutSeconds + (props.gatherSeconds ?? 0),
      ),
      deadLetterQueue: { queue: this.poison, maxReceiveCount: MAX_RECEIVES },
    });
  }
}
