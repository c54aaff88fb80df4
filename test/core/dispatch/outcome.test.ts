import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../../core/dispatch/outcome.ts';
import type { SendOutcome } from '../../../core/dispatch/ports.ts';

const answer = (status: number, retryAfter: string | null = null): SendOutcome => ({
  kind: 'answered',
  status,
  retryAfter,
  body: '',
  truncated: false,
  durationMs: 1,
  timings: null,
});

test('C025: 200 to 299 and nothing else is delivered', () => {
  for (let status = 200; status < 600; status++) {
    assert.equal(outcomeOf(answer(status), 0).kind === 'succeeded', status <= 299, String(status));
  }
});

test('C044: everything that is not delivered is tried again, but 410 and a blocked destination', () => {
  for (const status of [300, 302, 307, 400, 401, 404, 408, 409, 422, 425, 429, 500, 502, 503, 504]) {
    assert.deepEqual(outcomeOf(answer(status), 0), { kind: 'failed', notBefore: null }, String(status));
  }
  assert.deepEqual(outcomeOf(answer(410), 0), { kind: 'final', reason: '410' });
  for (const error of [
    'timeout',
    'dns',
    'connect',
    'tls',
    'reset',
    'response-too-large',
    'protocol',
    'no-secret',
  ] as const) {
    assert.equal(
      outcomeOf({ kind: 'unanswered', error, detail: '', durationMs: 1, timings: null }, 0).kind,
      'failed',
      error,
    );
  }
  const blocked = outcomeOf(
    { kind: 'unanswered', error: 'blocked', detail: '', durationMs: 1, timings: null },
    0,
  );
  assert.deepEqual(blocked, { kind: 'final', reason: 'blocked' });
});

test('any failure may ask for patience', () => {
  assert.deepEqual(outcomeOf(answer(503, '4'), 1_000), { kind: 'failed', notBefore: 5_000 });
});
