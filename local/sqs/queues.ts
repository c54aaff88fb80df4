import { resourcesOf, type Template } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { isObject, object, text } from '../template/json.ts';
import { arn } from '../template/names.ts';
import type { QueueServer } from './server.ts';
import type { SqsQueue } from './store.ts';

/** Properties of `AWS::SQS::Queue` that are attributes of the same name. */
const ATTRIBUTES = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
] as const;

/** Creates the template's queues. The answer holds them by ARN. */
export function createQueues(
  template: Template,
  resolve: Resolve,
  server: QueueServer,
): ReadonlyMap<string, SqsQueue> {
  const queues = new Map<string, SqsQueue>();
  for (const [id, properties] of resourcesOf(template, 'AWS::SQS::Queue')) {
    if (properties.FifoQueue === true) throw new Error(`${id} is a FIFO queue; the runner has standard ones`);
    const name = text(resolve({ 'Fn::GetAtt': [id, 'QueueName'] }), `${id}.QueueName`);
    const attributes: Record<string, string> = {};
    for (const attribute of ATTRIBUTES) {
      const value = resolve(properties[attribute]);
      if (value !== undefined) attributes[attribute] = String(value);
    }
    const redrive = resolve(properties.RedrivePolicy);
    if (isObject(redrive)) attributes.RedrivePolicy = JSON.stringify(readRedrive(redrive, id));
    queues.set(arn('sqs', name), server.create(name, attributes));
  }
  return queues;
}

function readRedrive(policy: unknown, id: string): object {
  const { deadLetterTargetArn, maxReceiveCount } = object(policy, `${id}.RedrivePolicy`);
  return { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
}
