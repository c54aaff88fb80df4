import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeSample, type Sample } from '../../console/subscriptions/sample-match.ts';

const judge = (sample: Partial<Sample>) =>
  judgeSample({ filter: '', eventTypes: [], type: 'order.created', data: '{"amount":120}', ...sample });

const FILTER = '{"data":{"amount":[{"numeric":[">=",100]}]}}';

test('without filter and types every event would be sent', () => {
  assert.deepEqual(judge({}), { kind: 'sent' });
});

test('a type that is not chosen is said to be the reason, before the filter', () => {
  const kept = { kind: 'kept', by: 'type' };
  assert.deepEqual(judge({ eventTypes: ['customer.*'], filter: '{"type":["never"]}' }), kept);
  assert.deepEqual(judge({ eventTypes: ['order.*'] }), { kind: 'sent' });
});

test('the filter decides by the last digit, as fan-out does', () => {
  assert.deepEqual(judge({ filter: FILTER }), { kind: 'sent' });
  assert.deepEqual(judge({ filter: FILTER, data: '{"amount":99.99}' }), { kind: 'kept', by: 'filter' });
  const exact = '{"data":{"id":[9007199254740993]}}';
  assert.deepEqual(judge({ filter: exact, data: '{"id":9007199254740993}' }), { kind: 'sent' });
  assert.deepEqual(judge({ filter: exact, data: '{"id":9007199254740992}' }), { kind: 'kept', by: 'filter' });
});

test('a filter that is too costly for the sample is said to be, as fan-out would find it', () => {
  const fields = Array.from({ length: 99 }, (_, i) => ({ [`f${i}`]: [1] }));
  const data = `[${Array(80_000).fill('{}').join()}]`;
  assert.deepEqual(judge({ filter: JSON.stringify({ data: { $or: fields } }), data }), {
    kind: 'kept',
    by: 'filter-too-costly',
  });
});

test('what cannot be judged yet says what is missing', () => {
  const what = (sample: Partial<Sample>) => {
    const verdict = judge(sample);
    return verdict.kind === 'unready' ? verdict.what : verdict.kind;
  };
  assert.equal(what({ filter: '{"data":' }), 'The filter is not valid JSON yet');
  assert.equal(what({ data: '{' }), 'The sample is not valid JSON yet');
  assert.match(what({ filter: '{"amount":[1]}' }), /^\/amount is unknown/);
  assert.match(what({ filter: '[]' }), /^The filter must be an object/);
});
