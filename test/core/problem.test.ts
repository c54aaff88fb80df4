import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROBLEMS, Problem } from '../../core/problem.ts';

test('a problem becomes the document of RFC 9457 section 3', () => {
  const problem = new Problem('invalid-event', 'The field "type" is missing.', [
    { pointer: '/type', detail: 'is required' },
  ]);
  assert.deepEqual(problem.toDocument(), {
    type: '/problems/invalid-event',
    title: 'The event is not valid',
    status: 400,
    detail: 'The field "type" is missing.',
    errors: [{ pointer: '/type', detail: 'is required' }],
  });
});

test('a problem without faults has no errors member', () => {
  assert.equal('errors' in new Problem('not-found', 'There is no such thing.').toDocument(), false);
});

test('every kind is a 4xx or 5xx with a slug that stands in a path', () => {
  for (const [slug, { status }] of Object.entries(PROBLEMS)) {
    assert.match(slug, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(status >= 400 && status < 600, slug);
  }
});
