import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed } from '../../../local/lambda/outcome.ts';
import { comeAgain } from '../../../local/lambda/partial-batch.ts';

const IDS = ['a', 'b', 'c'];

function again(payload: string, reportsFailures = true): readonly string[] {
  return [...comeAgain({ ok: true, payload }, IDS, reportsFailures)].sort();
}

// The rules of https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html, one by one.
const ANSWERS: readonly (readonly [answer: string, comeAgain: readonly string[]])[] = [
  ['null', []],
  ['', []],
  ['{}', []],
  ['{"batchItemFailures":null}', []],
  ['{"batchItemFailures":[]}', []],
  ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', ['b']],
  ['{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}', ['b', 'c']],
  ['{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"unknown"}]}', IDS],
  ['{"batchItemFailures":[{"itemIdentifier":""}]}', IDS],
  ['{"batchItemFailures":[{"itemIdentifier":null}]}', IDS],
  ['{"batchItemFailures":[{"itemId":"b"}]}', IDS],
  ['{"batchItemFailures":"b"}', IDS],
  ['not json', IDS],
  ['[]', IDS],
  ['"done"', IDS],
];

for (const [answer, expected] of ANSWERS) {
  test(`an answer of ${answer || 'nothing'} brings back ${expected.join(' and ') || 'no message'}`, () => {
    assert.deepEqual(again(answer), expected);
  });
}

test('an error brings the whole batch back', () => {
  assert.deepEqual([...comeAgain(failed('Error', 'boom'), IDS, true)], IDS);
  assert.deepEqual([...comeAgain(failed('Error', 'boom'), IDS, false)], IDS);
});

test('without failure reports only an error counts', () => {
  assert.deepEqual(again('{"batchItemFailures":[{"itemIdentifier":"b"}]}', false), []);
  assert.deepEqual(again('not json', false), []);
});
