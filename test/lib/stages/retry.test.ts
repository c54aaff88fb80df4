import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUNCTION_PATHS, synthesize } from '../../support/template.ts';

const fanfare = synthesize();

test('retry runs each minute, and a run that failed is not repeated', () => {
  assert.deepEqual([...fanfare.allOf('AWS::Events::Rule').keys()], ['Retry/EachMinute']);
  const rule = fanfare.of('Retry/EachMinute');
  assert.equal(rule.ScheduleExpression, 'rate(1 minute)');
  assert.equal(rule.State, 'ENABLED');
  const [target, ...more] = rule.Targets as readonly Record<string, unknown>[];
  assert.deepEqual(more, []);
  assert.equal(fanfare.named(target?.Arn), FUNCTION_PATHS.retry);
  assert.deepEqual(target?.RetryPolicy, { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  const asynchronous = fanfare.of('Retry/Function/EventInvokeConfig');
  assert.equal(asynchronous.MaximumRetryAttempts, 0);
  assert.equal(asynchronous.MaximumEventAgeInSeconds, 60);
});

test('retry reserves no concurrency: an account may have ten in all', () => {
  assert.equal(fanfare.of(FUNCTION_PATHS.retry).ReservedConcurrentExecutions, undefined);
});
