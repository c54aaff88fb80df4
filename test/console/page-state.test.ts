import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonText, memberText, prettyJson } from '../../console/data/json-text.ts';
import { nextWait } from '../../console/data/polling.ts';
import {
  addressWith,
  filterFromAddress,
  filterOfTokens,
  tokensOf,
} from '../../console/deliveries/filter-query.ts';
import { percentile, sizeOf, slicesBefore } from '../../console/overview/statistics.ts';
import { draftOf, EMPTY_DRAFT, fieldsOf, filterOf, isMoved } from '../../console/subscriptions/draft.ts';
import type { SubscriptionBody } from '../../contract/api.ts';

test('printing JSON over several lines changes white space alone', () => {
  const text = '{"a":1.10,"a":9007199254740993,"b":["\\u00e9",1e400,{}],"c":{"d":[]}}';
  const pretty = prettyJson(text);
  assert.equal(pretty.replaceAll(/\s/g, ''), text);
  assert.match(pretty, /^\{\n {2}"a": 1\.10,\n {2}"a": 9007199254740993,/);
  assert.equal(memberText('{"data": 1.0 }', 'data'), '1.0');
  assert.equal(jsonText({ a: 1 }, { data: '1.0', none: null }), '{"a":1,"data":1.0}');
});

test('polling slows down while nothing changes, and starts anew when something does', () => {
  const first = { updates: 0, data: 'a', wait: 2_000 };
  const idle = nextWait(first, { updates: 1, data: 'a', failed: false });
  assert.equal(idle.wait, 3_000);
  assert.equal(nextWait(idle, { updates: 1, data: 'a', failed: false }), idle);
  const failing = nextWait(idle, { updates: 2, data: 'a', failed: true });
  assert.equal(failing.wait, 4_500);
  assert.equal(nextWait(failing, { updates: 3, data: 'b', failed: false }).wait, 2_000);
  let slow: ReturnType<typeof nextWait> = first;
  for (let updates = 1; updates < 50; updates++) slow = nextWait(slow, { updates, data: 'a', failed: false });
  assert.equal(slow.wait, 30_000);
});

test('a filter survives the way into the address and back, and leaves the rest of the address alone', () => {
  const filter = filterFromAddress(new URLSearchParams('status=failed&within=3600&code=5xx&event=evt_1'));
  const address = addressWith(new URLSearchParams('tenant=acme&status=old'), filter);
  assert.equal(address.get('tenant'), 'acme');
  assert.deepEqual(filterFromAddress(address), filter);
  assert.deepEqual(filterOfTokens(tokensOf(filter)), filter);
  assert.ok(tokensOf(filter).tokens.some(({ value }) => value === 'Last hour'));
});

const stored: SubscriptionBody = {
  ...{ id: 'sub_1', tenant: 'acme', url: 'https://h.example/hook', eventTypes: ['*'], description: '' },
  ...{ metadata: {}, headers: { 'X-Key': '***', 'X-Old': '***' }, format: 'standard', rateLimit: null },
  ...{ filter: {}, timeoutSeconds: 15, retrySchedule: [5], status: 'active', statusReason: null },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
};

test('an edit names only what changed of the headers, and keeps the digits of the filter', () => {
  const before = draftOf(stored, '{"data":{"n":[1.10]}}');
  assert.match(filterOf(before, before) ?? '', /1\.10/);
  const headers = [
    { name: 'X-Key', value: '', kept: true },
    { name: 'X-New', value: 'v', kept: false },
  ];
  const { headers: sent } = fieldsOf({ ...before, headers }, before);
  assert.deepEqual(sent, { 'X-Old': null, 'X-New': 'v' });
  assert.equal(filterOf({ ...before, filter: ' ' }, before), 'null');
  assert.deepEqual(fieldsOf({ ...EMPTY_DRAFT, url: ' https://h.example ' }, null), {
    ...{ url: 'https://h.example', description: '', eventTypes: ['*'], format: 'standard' },
  });
});

test('the form tells a URL of another host from another path, and from one that is half typed', () => {
  const before = draftOf(stored, null);
  const moved = (url: string) => isMoved(before, { ...before, url });
  assert.deepEqual(['https://other.example/', ' https://h.example:8443/hook '].map(moved), [true, true]);
  assert.deepEqual(['https://h.example/b', 'HTTPS://H.example:443/', 'https:/', ''].map(moved), [
    false,
    false,
    false,
    false,
  ]);
});

test('a slice that was read in part is scaled by the rate of what was read', () => {
  const at = (item: number) => item;
  assert.equal(sizeOf({ from: 0, until: 100, items: [90, 50], more: false }, at), 2);
  assert.equal(sizeOf({ from: 0, until: 100, items: [99, 90], more: true }, at), 20);
  assert.equal(percentile([1, 2, 3, 4], 50), 2);
  assert.equal(percentile([1, 2, 3, 4], 99), 4);
  assert.equal(percentile([], 50), null);
  assert.deepEqual(slicesBefore(100, 100, 2), [
    { from: 0, until: 50 },
    { from: 50, until: 100 },
  ]);
});
