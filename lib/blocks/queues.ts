import { Duration, Validations } from 'aws-cdk-lib';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { RETENTION } from '../../contract/limits.ts';
import { QueueWithPoisonQueue, SECURE } from './queue-with-poison-queue.ts';
import { SLOW_LANE } from './slow-lane.ts';
import { TIMEOUT_SECONDS } from './timeouts.ts';

/** Where messages wait between the stages, in flow order. */
export class Queues extends Construct {
  /** Accepted events, for fan-out. */
  readonly events: QueueWithPoisonQueue;
  /** Deliveries to make, for dispatch. */
  readonly deliveries: QueueWithPoisonQueue;
  /** The same for subscriptions that answer slowly, so that they hold up nobody else. */
  readonly slowDeliveries: QueueWithPoisonQueue;
  /** Redrives and replays to carry on with. */
  readonly tasks: QueueWithPoisonQueue;
  /** Deliveries whose schedule is used up. Nothing reads it on its own; a redrive does. */
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const between = (
      name: string,
      consumer: keyof typeof TIMEOUT_SECONDS,
      gatherSeconds = 0,
    ): QueueWithPoisonQueue =>
      new QueueWithPoisonQueue(this, name, {
        consumerTimeoutSeconds: TIMEOUT_SECONDS[consumer],
        gatherSeconds,
      });
    this.events = between('Events', 'fan-out');
    this.deliveries = between('Deliveries', 'dispatch');
    this.slowDeliveries = between('SlowDeliveries', 'dispatch', SLOW_LANE.gatherSeconds);
    this.tasks = between('Tasks', 'redrive');
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...SECURE,
      retentionPeriod: Duration.seconds(RETENTION.deadLetterSeconds),
      visibilityTimeout: Duration.seconds(TIMEOUT_SECONDS.redrive),
    });
    const reason = 'It is the dead-letter queue itself: dispatch fills it, a redrive empties it.';
    Validations.of(this.deadLetters).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-SQS3', reason },
      { id: 'Serverless::Serverless-SQSRedrivePolicy', reason },
    );
  }
}
