import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { parseBody, parseOptionalBody } from '../../../core/manage/body.ts';
import { Problem } from '../../../core/problem.ts';

const schema = z.strictObject({
  name: z.string('must be a string').optional(),
  'a/b~c': z.array(z.number('must be a number')).optional(),
  any: z.unknown().optional(),
});

function refusal(body: string | Buffer): Problem {
  try {
    parseBody(schema, Buffer.from(body));
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  assert.fail(`${body} was taken`);
}

test('an object that fits comes back as it is', () => {
  assert.deepEqual(parseBody(schema, Buffer.from('{"name":"é😀","any":{"x":[1]}}')), {
    name: 'é😀',
    any: { x: [1] },
  });
});

test('all faults are named at once, by JSON pointer with its escapes (RFC 6901), unknown members too', () => {
  assert.deepEqual(refusal('{"name":1,"a/b~c":[1,"x"],"no/pe":{}}').faults, [
    { pointer: '/name', detail: 'must be a string' },
    { pointer: '/a~1b~0c/1', detail: 'must be a number' },
    { pointer: '/no~1pe', detail: 'is not a known field' },
  ]);
});

test('an answer names twenty faults at most', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, 1]));
  assert.equal(refusal(JSON.stringify(many)).faults.length, 20);
});

test('a body that is no JSON object in UTF-8 is 400, and is not repeated in the answer', () => {
  for (const body of ['', ' ', 'secret', '{"secret"', '[]', 'null', '"secret"', '1', '\uFEFF{}', '{}{}']) {
    const problem = refusal(body);
    assert.equal(problem.status, 400, body);
    assert.doesNotMatch(JSON.stringify(problem.toDocument()), /secret/);
  }
  assert.equal(refusal(Buffer.from([0x7b, 0xff, 0x7d])).status, 400);
});

test('a body over 256 KiB is 413 with limit and size; one of just that size is read', () => {
  const bodyOf = (bytes: number): string => `{"name":"${'x'.repeat(bytes - 11)}"}`;
  const problem = refusal(bodyOf(262_145));
  assert.deepEqual(
    [problem.status, /262145/.test(problem.message), /262144/.test(problem.message)],
    [413, true, true],
  );
  parseBody(schema, Buffer.from(bodyOf(262_144)));
});

test('values nested deeper than 64 levels are refused, whatever the schema takes', () => {
  const nested = (depth: number): string => `{"any":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  parseBody(schema, Buffer.from(nested(64)));
  for (const depth of [65, 100_000]) assert.equal(refusal(nested(depth)).status, 400);
});

test('an empty body stands for an empty object only where a body is optional', () => {
  assert.deepEqual(parseOptionalBody(schema, Buffer.alloc(0)), {});
  assert.throws(() => parseOptionalBody(schema, Buffer.from('{"nope":1}')), Problem);
});
