import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExactJson } from '../../../core/exact-number.ts';
import { parsePattern } from '../../../core/fan-out/event-pattern.ts';
import { compilePattern, type FilterView, filterView } from '../../../core/fan-out/match-pattern.ts';
import { Steps } from '../../../core/fan-out/match-steps.ts';
import { scanRawJson } from '../../../core/raw-json.ts';
import { EVENT_CASES } from './pattern-event-cases.ts';
import { VALUE_CASES } from './pattern-value-cases.ts';

function matcher(pattern: string): (event: FilterView) => boolean {
  const parsed = parsePattern(parseExactJson(pattern));
  assert.deepEqual(parsed.faults ?? [], [], pattern);
  assert.ok(parsed.pattern);
  const judge = compilePattern(parsed.pattern);
  return (event) => judge(event, new Steps()) === 'match';
}

/** An event from its JSON text; only the data keeps its tokens, as in a message. */
function view(text: string): FilterView {
  const { type = 'order.created', subject = null, metadata = {} } = JSON.parse(text);
  const data = scanRawJson(text).parts.find((part) => part.key === 'data')?.raw ?? '{}';
  return filterView({ type, subject, metadata, data });
}

for (const { about, pattern, matching, others } of VALUE_CASES) {
  test(`a value: ${about}`, () => {
    const matches = matcher(`{"data":{"x":${pattern}}}`);
    const event = (value: string): string => `{"data":${value === '-' ? '{"y":1}' : `{"x":${value}}`}}`;
    for (const value of matching) assert.ok(matches(view(event(value))), `${value} matches`);
    for (const value of others) assert.ok(!matches(view(event(value))), `${value} does not match`);
  });
}

for (const { about, pattern, matching, others } of EVENT_CASES) {
  test(`an event: ${about}`, () => {
    const matches = matcher(pattern);
    for (const event of matching) assert.ok(matches(view(event)), `${event} matches`);
    for (const event of others) assert.ok(!matches(view(event)), `${event} does not match`);
  });
}

test('case is ignored as Unicode folds it, and never changes how long a text is', () => {
  const matches = matcher(
    '{"data":[{"equals-ignore-case":"straße"},{"prefix":{"equals-ignore-case":"ΟΔΟΣ"}}]}',
  );
  for (const text of ['STRAẞE', 'Straße', 'οδος', 'οδοσ-1']) {
    assert.ok(matches(view(JSON.stringify({ data: text }))), text);
  }
  for (const text of ['STRASSE', 'οδο']) assert.ok(!matches(view(JSON.stringify({ data: text }))), text);
});

test('an IPv4 address in IPv6 notation is in its IPv4 network', () => {
  const matches = matcher('{"data":[{"cidr":"10.0.0.0/8"}]}');
  assert.ok(matches(view('{"data":"::ffff:10.1.2.3"}')));
  assert.ok(!matches(view('{"data":"::ffff:11.1.2.3"}')));
  assert.ok(!matches(view('{"data":"10.1.2.3/8"}')));
});

test('nothing of the prototype is seen, and nothing is put on it', () => {
  const matches = matcher('{"data":{"constructor":{"name":["Object"]},"__proto__":{"polluted":["yes"]}}}');
  assert.ok(!matches(view('{"data":{}}')));
  assert.ok(matches(view('{"data":{"constructor":{"name":"Object"},"__proto__":{"polluted":"yes"}}}')));
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
});
