import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INGEST } from '../../../contract/limits.ts';
import { parsePattern } from '../../../core/fan-out/event-pattern.ts';
import { compilePattern, filterView } from '../../../core/fan-out/match-pattern.ts';

/**
 * Far above what the dearest one takes on a slow machine (0.25 s), far below what a quadratic search takes. It is
 * time of the processor, which does not run while others have it.
 */
const BOUND_MS = 4_000;

const each = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const list = (count: number, element: string): string => `[${Array(Math.floor(count)).fill(element).join()}]`;
const text = (length: number, unit: string): string => `"${unit.repeat(length / unit.length)}"`;
const ROOM = INGEST.maxEventBytes - 100;

/** Filters at their bounds, on events at theirs. */
const HOSTILE: readonly (readonly [about: string, data: unknown, event: string])[] = [
  ['100 fields on empty objects', { $or: each(99, (i) => ({ [`f${i}`]: [1] })) }, list(ROOM / 3, '{}')],
  [
    '100 absences in an array of objects',
    Object.fromEntries(each(99, (i) => [`f${i}`, [{ exists: false }, 'x']])),
    list(ROOM / 3, '{}'),
  ],
  [
    '100 wildcards on an array of texts',
    each(100, (i) => ({ wildcard: `*a*c*${i}` })),
    list(ROOM / 4, '"a"'),
  ],
  ['a wildcard of 4,000 parts', [{ wildcard: `*${'a*'.repeat(3_900)}b` }], text(ROOM, 'a')],
  ['parts that all but fit', [{ wildcard: `*${'a'.repeat(3_900)}b${'a'.repeat(3_900)}*` }], text(ROOM, 'a')],
  ['many parts that all but fit', each(100, () => ({ wildcard: `*${'ab'.repeat(16)}c*` })), text(ROOM, 'ab')],
  ['100 ranges on an array of numbers', each(100, (i) => ({ numeric: ['>', i + 1] })), list(ROOM / 2, '0')],
  [
    '100 ranges on numbers no double holds',
    each(100, (i) => ({ numeric: ['>', i] })),
    list(ROOM / 8, '-1e9999'),
  ],
  ['100 ranges on one endless number', each(100, (i) => ({ numeric: ['>', i] })), `-${'1'.repeat(ROOM)}`],
  ['a number of zeros', [{ numeric: ['=', 1] }], `0.${'0'.repeat(ROOM)}1`],
  ['100 networks', each(100, (i) => ({ cidr: `10.0.${i}.0/24` })), list(ROOM / 10, '"1.2.3.4"')],
  ['100 spellings', each(100, (i) => ({ 'equals-ignore-case': `x${i}` })), list(ROOM / 7, '"x999"')],
  ['1,000 values', each(1_000, (i) => `x${i}`), list(ROOM / 7, '"y999"')],
  ['arrays as deep as an event may be', { a: [1] }, `{"a":${'['.repeat(60)}0${']'.repeat(60)}}`],
];

for (const [about, data, event] of HOSTILE) {
  test(`hostile: ${about} costs no more than its bound`, () => {
    const { pattern, faults } = parsePattern({ data });
    assert.ok(pattern, JSON.stringify(faults));
    assert.ok(event.length <= INGEST.maxEventBytes);
    const began = process.cpuUsage();
    compilePattern(pattern)(filterView({ type: 't', subject: null, metadata: {}, data: event }));
    assert.ok(process.cpuUsage(began).user / 1_000 < BOUND_MS);
  });
}

test('hostile: a filter nested 100,000 levels or a megabyte long is refused, not followed', () => {
  const deep = JSON.parse(`{"data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`);
  assert.equal(parsePattern(deep).faults?.length, 1);
  assert.equal(
    parsePattern({ data: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) }).faults?.length,
    1,
  );
  assert.equal(parsePattern({ data: each(200_000, () => ({ nonsense: 1 })) }).faults?.length, 1);
});
