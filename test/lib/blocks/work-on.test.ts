import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUNCTION_PATHS, synthesize } from '../../support/template.ts';

/** Messages that SQS has in flight at most per queue, halved for safety. */
const IN_FLIGHT = 60_000;
/** The most that AWS takes as maximum concurrency. */
const MAX_CONCURRENCY = 1_000;

const fanfare = synthesize();
const mappings = fanfare.allOf('AWS::Lambda::EventSourceMapping');

test('C088: every mapping reports which messages of a batch failed', () => {
  assert.equal(mappings.size, 4);
  for (const [path, { Properties }] of mappings) {
    assert.deepEqual(Properties.FunctionResponseTypes, ['ReportBatchItemFailures'], path);
  }
});

test('each queue is worked on by its own stage', () => {
  const work = [...mappings.values()].map(({ Properties }) => [
    fanfare.named(Properties.EventSourceArn),
    fanfare.named(Properties.FunctionName),
  ]);
  assert.deepEqual(work, [
    ['Queues/Events/Queue', FUNCTION_PATHS['fan-out']],
    ['Queues/Deliveries/Queue', FUNCTION_PATHS.dispatch],
    ['Queues/SlowDeliveries/Queue', FUNCTION_PATHS.dispatch],
    ['Queues/Tasks/Queue', FUNCTION_PATHS.redrive],
  ]);
});

test('batches are ten and wait for nothing; a task comes alone; many slow deliveries share a run', () => {
  const batches = [...mappings].map(([path, { Properties }]) => [
    path.split('/').at(-1),
    Properties.BatchSize,
    Properties.MaximumBatchingWindowInSeconds,
  ]);
  assert.deepEqual(batches, [
    ['Events', 10, undefined],
    ['Deliveries', 10, undefined],
    ['SlowDeliveries', 50, 2],
    ['Tasks', 1, undefined],
  ]);
});

test('no setting can put more in flight than SQS hands out', () => {
  for (const [path, { Properties }] of mappings) {
    assert.ok(Number(Properties.BatchSize) * MAX_CONCURRENCY <= IN_FLIGHT, path);
  }
});

test('by default the stages leave a third of an account of 1,000 to the API', () => {
  const most = [...mappings.values()].map(({ Properties }) => {
    const { MaximumConcurrency } = Properties.ScalingConfig as { MaximumConcurrency: number };
    assert.ok(MaximumConcurrency >= 2);
    return MaximumConcurrency;
  });
  assert.ok(most.reduce((sum, each) => sum + each, 0) <= 667);
});

test('no message is filtered away: a filter would delete it', () => {
  for (const [path, { Properties }] of mappings) assert.equal(Properties.FilterCriteria, undefined, path);
});
