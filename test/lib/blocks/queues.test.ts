import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISPATCH, RETENTION, SUBSCRIPTION } from '../../../contract/limits.ts';
import { TIMEOUT_SECONDS } from '../../../lib/blocks/timeouts.ts';
import { FUNCTION_PATHS, synthesize } from '../../support/template.ts';

const DAY = 86_400;
const fanfare = synthesize();
const queues = fanfare.allOf('AWS::SQS::Queue');
/** Working queues, each with the mapping that empties it and the function behind the mapping. */
const WORKED: readonly (readonly [queue: string, mapping: string, fn: string])[] = [
  ['Queues/Events', 'FanOut/Function/Events', FUNCTION_PATHS['fan-out']],
  ['Queues/Deliveries', 'Dispatch/Function/Deliveries', FUNCTION_PATHS.dispatch],
  ['Queues/SlowDeliveries', 'Dispatch/Function/SlowDeliveries', FUNCTION_PATHS.dispatch],
  ['Queues/Tasks', 'Redrive/Function/Tasks', FUNCTION_PATHS.redrive],
];

test('there are four working queues, a poison queue behind each, and one for dead letters', () => {
  assert.deepEqual([...queues.keys()].sort(), [
    'Queues/DeadLetters',
    'Queues/Deliveries/Poison',
    'Queues/Deliveries/Queue',
    'Queues/Events/Poison',
    'Queues/Events/Queue',
    'Queues/SlowDeliveries/Poison',
    'Queues/SlowDeliveries/Queue',
    'Queues/Tasks/Poison',
    'Queues/Tasks/Queue',
  ]);
  for (const [queue] of WORKED) {
    const redrive = fanfare.of(`${queue}/Queue`).RedrivePolicy as Record<string, unknown>;
    assert.equal(fanfare.named(redrive.deadLetterTargetArn), `${queue}/Poison`);
    assert.ok(Number(redrive.maxReceiveCount) >= 5, `${queue}: crashes and throttling use up receives too`);
  }
});

test('nothing but a redrive takes a dead letter away', () => {
  assert.equal(fanfare.of('Queues/DeadLetters').RedrivePolicy, undefined);
  const sources = [...fanfare.allOf('AWS::Lambda::EventSourceMapping').values()];
  const read = sources.map((mapping) => fanfare.named(mapping.Properties.EventSourceArn));
  assert.deepEqual(read.sort(), WORKED.map(([queue]) => `${queue}/Queue`).sort());
});

test('every queue is a standard one, encrypted, and refuses plain http', () => {
  for (const [path, { Properties }] of queues) {
    assert.equal(Properties.FifoQueue, undefined, path);
    assert.equal(Properties.SqsManagedSseEnabled, true, path);
  }
  const policies = [...fanfare.allOf('AWS::SQS::QueuePolicy').values()];
  const guarded = policies.map((policy) => {
    const { PolicyDocument, Queues } = policy.Properties as {
      PolicyDocument: { Statement: readonly Record<string, unknown>[] };
      Queues: unknown[];
    };
    const [statement, ...more] = PolicyDocument.Statement;
    assert.deepEqual(more, []);
    assert.deepEqual(
      [statement?.Effect, statement?.Action, statement?.Condition],
      ['Deny', 'sqs:*', { Bool: { 'aws:SecureTransport': 'false' } }],
    );
    return fanfare.named(Queues[0]);
  });
  assert.deepEqual(guarded.sort(), [...queues.keys()].sort());
});

test('queue names are left to CloudFormation, so that two stacks fit one account', () => {
  for (const [path, { Properties }] of queues) assert.equal(Properties.QueueName, undefined, path);
});

test('C086: visibility, function and HTTP timeouts are in step', () => {
  for (const [queue, mapping, fn] of WORKED) {
    const visibility = Number(fanfare.of(`${queue}/Queue`).VisibilityTimeout);
    const window = Number(fanfare.of(mapping).MaximumBatchingWindowInSeconds ?? 0);
    const timeout = Number(fanfare.of(fn).Timeout);
    assert.ok(visibility >= 6 * timeout + window, `${queue}: ${visibility} s for ${timeout} s`);
  }
  // The slowest attempt a subscription may ask for, begun when half of the time is left, ends before the deadline.
  const slowest = SUBSCRIPTION.maxTimeoutSeconds + DISPATCH.deadlineMarginMs / 1000 + 5;
  assert.ok(TIMEOUT_SECONDS.dispatch >= slowest);
  assert.ok(SUBSCRIPTION.maxTimeoutSeconds >= 15 && SUBSCRIPTION.maxTimeoutSeconds <= 30);
  assert.ok(TIMEOUT_SECONDS.manage < 30, 'an HTTP API waits 30 s');
  assert.ok(TIMEOUT_SECONDS.ingest < 30);
  assert.ok(TIMEOUT_SECONDS.retry < 60, 'the next minute begins a new run');
});

test('C087: dead letters and poison are kept for 14 days, longer than they can have waited before', () => {
  const workingWeek = 7 * DAY;
  for (const [path, { Properties }] of queues) {
    const days = Number(Properties.MessageRetentionPeriod) / DAY;
    assert.equal(days, path.endsWith('/Queue') ? 4 : 14, path);
  }
  // A poisonous message's clock runs on from its first sending; a dead letter is a new message.
  assert.ok(RETENTION.queueSeconds + workingWeek <= RETENTION.deadLetterSeconds);
  // What waits longer than a queue can delay is parked in a table, so a schedule's length adds nothing.
  assert.ok(RETENTION.recordSeconds > RETENTION.deadLetterSeconds, 'a letter never outlives its record');
});
