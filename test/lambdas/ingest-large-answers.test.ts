import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INGEST } from '../../contract/limits.ts';
import { ingestBench } from '../support/ingest-bench.ts';

/** Objects inside each other, whose names a JSON pointer makes twice as long, around twenty numbers. */
function deep(levels: number): string {
  const leaves = Array.from({ length: 20 }, (_, at) => `"${at}":1`).join();
  return `${`{"${'/'.repeat(128)}":`.repeat(levels)}{${leaves}}${'}'.repeat(levels)}`;
}

test('C098: a hundred events, each of which breaks its schema in twenty deep places, are answered with what fits', async () => {
  const bench = ingestBench();
  await bench.types.put({
    ...{ type: 'deep', description: '', mode: 'block', example: null, deprecated: false, createdAt: 0 },
    schema: JSON.stringify({ type: 'object', additionalProperties: { $ref: '#' } }),
  });
  const one = `{"type":"deep","data":${deep(INGEST.maxDepth - 4)}}`;
  const { status, body } = await bench.post(
    `[${Array.from({ length: INGEST.maxArrayEvents }, () => one).join()}]`,
  );
  assert.equal(status, 400);
  assert.equal(body.results.length, INGEST.maxArrayEvents);
  for (const { error } of body.results) {
    const [first] = error.errors;
    assert.match(first?.pointer ?? '', /^\/data\/(~1)+.*…$/);
    assert.equal(first?.detail, 'must be of type object');
    assert.match(error.detail, /^The field \/data\/(~1)+/);
  }
});

test('C098: names of members that are no fields of an event, as many and as long as may be, are answered with what fits', async () => {
  const bench = ingestBench();
  const names = Array.from({ length: 40 }, (_, at) => `"${'\\u0001'.repeat(126)}${at}":1`).join();
  const one = `{${names}}`;
  const count = Math.floor(INGEST.maxArrayBytes / (one.length + 1));
  const { status, body } = await bench.post(`[${Array.from({ length: count }, () => one).join()}]`);
  assert.equal(status, 400);
  assert.equal(body.results.length, count);
  assert.ok(body.results.every(({ error }) => error.errors.length > 15));
});
