import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILTER, INGEST } from '../../../contract/limits.ts';
import { parseExactJson } from '../../../core/exact-number.ts';
import { parsePattern } from '../../../core/fan-out/event-pattern.ts';
import { compilePattern, filterView } from '../../../core/fan-out/match-pattern.ts';
import { Steps, TooCostlyError, type Verdict } from '../../../core/fan-out/match-steps.ts';

/**
 * Far above what the dearest one takes on a slow machine (0.1 s, reading the event included), far below what a step
 * that is not counted takes in the end. It is time of the processor, which does not run while others have it.
 */
const BOUND_MS = 1_000;

const each = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const list = (count: number, element: string): string => `[${Array(Math.floor(count)).fill(element).join()}]`;
const text = (length: number, unit: string): string => `"${unit.repeat(length / unit.length)}"`;
const ROOM = INGEST.maxEventBytes - 100;

const inexact = (from: number): unknown => parseExactJson(`{"numeric":[">",${from}e400]}`);

/** Filters at their bounds, on events at theirs. */
const HOSTILE: readonly (readonly [about: string, verdict: Verdict, data: unknown, event: string])[] = [
  [
    '100 fields on empty objects',
    'too-costly',
    { $or: each(99, (i) => ({ [`f${i}`]: [1] })) },
    list(ROOM / 3, '{}'),
  ],
  [
    '100 absences in an array of objects',
    'too-costly',
    Object.fromEntries(each(99, (i) => [`f${i}`, [{ exists: false }, 'x']])),
    list(ROOM / 3, '{}'),
  ],
  [
    '100 wildcards on texts',
    'too-costly',
    each(100, (i) => ({ wildcard: `*a*${i}` })),
    list(ROOM / 4, '"a"'),
  ],
  ['a wildcard of 4,000 parts', 'mismatch', [{ wildcard: `*${'a*'.repeat(3_900)}b*` }], text(ROOM, 'a')],
  ['a part that all but fits', 'mismatch', [{ wildcard: `*X${'a'.repeat(7_900)}*` }], text(ROOM, 'a')],
  [
    'a part that fits but for its middle',
    'mismatch',
    [{ wildcard: `*${'a'.repeat(3_900)}b${'a'.repeat(3_900)}*` }],
    text(ROOM, 'a'),
  ],
  [
    'many parts that all but fit',
    'too-costly',
    each(100, () => ({ wildcard: `*${'ab'.repeat(16)}c*` })),
    text(ROOM, 'ab'),
  ],
  ['100 ranges on numbers', 'mismatch', each(100, (i) => ({ numeric: ['=', i + 1] })), list(ROOM / 2, '0')],
  ['95 ranges no double holds', 'mismatch', each(95, inexact), list(ROOM / 2, '0')],
  ['as many on such numbers', 'mismatch', each(95, inexact), list(ROOM / 8, '-1e9999')],
  [
    'the same range in 99 alternatives',
    'too-costly',
    { $or: each(99, (i) => ({ a: [inexact(i)] })) },
    `{"a":${list(ROOM / 3, '-1')}}`,
  ],
  [
    '100 ranges on one endless number',
    'mismatch',
    each(100, (i) => ({ numeric: ['>', i] })),
    `-${'1'.repeat(ROOM)}`,
  ],
  ['a number of zeros', 'mismatch', [{ numeric: ['=', 1] }], `0.${'0'.repeat(ROOM)}1`],
  [
    '100 networks',
    'too-costly',
    each(100, (i) => ({ cidr: `10.0.${i}.0/24` })),
    list(ROOM / 10, '"1.2.3.4"'),
  ],
  [
    '100 networks on texts that are none',
    'mismatch',
    each(100, (i) => ({ cidr: `${i}::/16` })),
    list(ROOM / 62, text(58, ':')),
  ],
  [
    '100 spellings',
    'mismatch',
    each(100, (i) => ({ 'equals-ignore-case': `x${i}` })),
    list(ROOM / 7, '"x999"'),
  ],
  [
    '100 spellings of another script',
    'too-costly',
    { $or: each(99, (i) => ({ a: [{ 'equals-ignore-case': `ж${i}` }] })) },
    `{"a":${list(ROOM / 8, '"Жaa"')}}`,
  ],
  [
    'beginnings that all but fit',
    'too-costly',
    each(90, (i) => ({ prefix: `${'a'.repeat(60)}${i}` })),
    list(ROOM / 63, text(60, 'a')),
  ],
  [
    'an end of 4,000 characters, ignoring case',
    'mismatch',
    [{ suffix: { 'equals-ignore-case': `x${'é'.repeat(3_900)}` } }],
    text(ROOM / 2, 'É'),
  ],
  ['1,000 values', 'mismatch', each(1_000, (i) => `x${i}`), list(ROOM / 7, '"y999"')],
  [
    'anything but 1,000 values',
    'mismatch',
    [{ 'anything-but': each(1_000, (i) => `x${i}`) }],
    list(ROOM / 5, '"x7"'),
  ],
  [
    'anything but 90 wildcards',
    'too-costly',
    [{ 'anything-but': { wildcard: each(90, (i) => (i === 89 ? '*' : `*a${i}*`)) } }],
    list(ROOM / 4, '"b"'),
  ],
  ['arrays in arrays', 'mismatch', [1], `${'['.repeat(60)}${list(ROOM / 2 - 100, '0')}${']'.repeat(60)}`],
  [
    'alternatives below three arrays',
    'too-costly',
    { a: { b: { $or: each(97, (i) => ({ c: [i] })) } } },
    `{"a":${list(ROOM / 20, '{"b":[{"c":-1}]}')}}`,
  ],
  ['a pattern as deep as it may be, on arrays', 'mismatch', deep(29), `{"a":${list(ROOM / 8, '{"a":7}')}}`],
];

function deep(levels: number): unknown {
  return levels === 0 ? { a: [1] } : { a: deep(levels - 1) };
}

interface Cost {
  readonly verdict: Verdict;
  readonly steps: number;
  readonly cpuMs: number;
}

function costOf(data: unknown, event: string): Cost {
  const { pattern, faults } = parsePattern({ data });
  assert.ok(pattern, JSON.stringify(faults));
  assert.ok(event.length <= INGEST.maxEventBytes);
  const began = process.cpuUsage();
  const steps = new Steps();
  const view = filterView({ type: 't', subject: null, metadata: {}, data: event });
  const verdict = compilePattern(pattern)(view, steps);
  return { verdict, steps: steps.taken, cpuMs: process.cpuUsage(began).user / 1_000 };
}

for (const [about, expected, data, event] of HOSTILE) {
  test(`hostile: ${about} costs no more than its bound`, () => {
    const { verdict, steps, cpuMs } = costOf(data, event);
    assert.equal(verdict, expected, `${steps} steps`);
    assert.ok(steps <= FILTER.maxSteps * 1.1, `${steps} steps`);
    assert.ok(cpuMs < BOUND_MS, `${cpuMs} ms`);
  });
}

test('a number is read and placed once, however many conditions ask about it', () => {
  const numbers = list(ROOM / 2, '7');
  const ask = (count: number) =>
    parseExactJson(`[${each(count, (i) => `{"numeric":["=",${i}.00000000000000000001]}`).join()}]`);
  const [one, many] = [costOf(ask(1), numbers), costOf(ask(95), numbers)];
  assert.deepEqual([one.verdict, many.verdict], ['mismatch', 'mismatch']);
  assert.ok(many.steps <= one.steps * 2, `${one.steps} and ${many.steps} steps`);
});

test('a long text is folded once for all conditions that ignore its case', () => {
  const text = `"${'É'.repeat(3_500)}"`;
  const ask = (count: number) => each(count, (i) => ({ 'equals-ignore-case': `${'x'.repeat(3_498)}${i}` }));
  const [one, two] = [costOf(ask(1), text), costOf(ask(2), text)];
  assert.equal(two.steps, one.steps);
});

test('the same filter takes the same steps on the same event each time, and stops at its limit', () => {
  const [, , data, event] = HOSTILE[0] ?? [];
  assert.ok(event);
  const [first, second] = [costOf(data, event), costOf(data, event)];
  assert.deepEqual([first.verdict, first.steps], ['too-costly', second.steps]);
});

test('what is not known to match is too costly also where the filter asks what is not there', () => {
  const empty = list(ROOM / 3, '{}');
  const fields = each(49, (i) => ({ [`f${i}`]: [{ exists: false }], [`g${i}`]: [{ 'anything-but': 'x' }] }));
  assert.equal(costOf({ $or: fields }, empty).verdict, 'too-costly');
});

test('once all filters together took much of one event, each of the rest has little left', () => {
  const steps = new Steps();
  const spend = (count: number): boolean => {
    steps.begin();
    try {
      steps.take(count);
      return true;
    } catch (cause) {
      assert.ok(cause instanceof TooCostlyError);
      return false;
    }
  };
  const dear = FILTER.maxStepsOfEvent / FILTER.maxSteps;
  assert.ok(each(dear, () => spend(FILTER.maxSteps)).every((fits) => fits));
  assert.ok(!spend(FILTER.maxSteps));
  assert.ok(each(10_000, () => spend(FILTER.leastSteps)).every((fits) => fits));
  assert.ok(!spend(FILTER.leastSteps + 1));
});

test('hostile: a filter nested 100,000 levels or a megabyte long is refused, not followed', () => {
  const deep = JSON.parse(`{"data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`);
  assert.equal(parsePattern(deep).faults?.length, 1);
  assert.equal(
    parsePattern({ data: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) }).faults?.length,
    1,
  );
  assert.equal(parsePattern({ data: each(200_000, () => ({ nonsense: 1 })) }).faults?.length, 1);
});
