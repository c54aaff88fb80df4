import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FILTER } from '../../../contract/limits.ts';
import { InterestIndex } from '../../../core/fan-out/interest-index.ts';
import type { StoredInterest } from '../../../core/fan-out/ports.ts';
import { Room } from '../../../core/fan-out/room.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Enough that what else happens in the process does not matter. */
const COUNT = 200;
const each = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const fields = (condition: (i: number) => unknown) =>
  Object.fromEntries(each(99, (i) => [`field${i}`, [condition(i)]]));
const nested = (levels: number): unknown => (levels === 0 ? { a: [1] } : { a: nested(levels - 1) });

/** Filters of the kinds that take most for their length. */
const FILTERS: Readonly<Record<string, unknown>> = {
  'one value': { total: [1] },
  'a few conditions': {
    total: [{ numeric: ['>', 100] }],
    email: [{ suffix: '@example.com' }],
    s: ['a', 'b'],
  },
  '1,500 numbers': { a: each(1_500, (i) => i + 1_000) },
  '300 texts': { a: each(300, (i) => `customer-${i}-abcdef`) },
  '99 fields of a value': fields((i) => `v${i}`),
  '99 alternatives': { $or: each(99, (i) => ({ [`f${i}`]: [1] })) },
  '30 levels': nested(29),
  '100 wildcards': { a: each(100, (i) => ({ wildcard: `*${'ab'.repeat(30)}${i}*` })) },
  'a wildcard of 3,900 parts': { a: [{ wildcard: 'a*'.repeat(3_900) }] },
  '100 prefixes': { a: each(100, (i) => ({ prefix: `${'a'.repeat(60)}${i}` })) },
  '99 fields, ignoring case': fields((i) => ({ 'equals-ignore-case': `${'a'.repeat(30)}${i}` })),
  '99 fields of a range': fields((i) => ({ numeric: ['>', i, '<', i + 1.5] })),
  '99 fields of a network': fields((i) => ({ cidr: `10.0.${i}.0/24` })),
  '99 fields that exclude': fields(() => ({ 'anything-but': ['a', 'b'] })),
};

function bytesTaken<T>(make: () => T): { readonly made: T; readonly bytes: number } {
  const used = (): number => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const made = make();
  return { made, bytes: used() - before };
}

function indexOf(filter: string | null, eventTypes: (i: number) => readonly string[]): InterestIndex {
  const index = new InterestIndex(new Room(1e9, () => false), 1e9);
  // Through text, as they come: nothing of what they are made from is shared or kept.
  const interests = JSON.parse(
    JSON.stringify(each(COUNT, (i) => ({ id: `sub_${100_000_000 + i}`, eventTypes: eventTypes(i), filter }))),
  ) as readonly StoredInterest[];
  index.add(interests);
  for (const candidate of index.candidates(['all']))
    if (candidate.filter !== null)
      assert.ok(index.read(candidate, candidate.filter).filter, 'it is a filter');
  return index;
}

/** The estimate is what keeps the function from running out of memory: never much too low, nor so high that nothing is kept. */
function judge(about: string, filter: string | null, eventTypes: (i: number) => readonly string[]): number {
  indexOf(filter, eventTypes);
  const { made, bytes } = bytesTaken(() => indexOf(filter, eventTypes));
  const ratio = made.bytes / bytes;
  assert.ok(ratio > 0.85 && ratio < 3, `${about}: ${made.bytes} estimated, ${bytes} taken`);
  return bytes / COUNT;
}

for (const [about, data] of Object.entries(FILTERS)) {
  test(`memory of a subscription is estimated well: ${about}`, () => {
    const filter = JSON.stringify({ data });
    assert.ok(filter.length <= FILTER.maxBytes);
    const bytes = judge(about, filter, () => ['all']);
    assert.ok(bytes < 130_000, `${bytes} bytes, where no filter takes more than 110 KB`);
  });
}

test('memory of a subscription is estimated well: no filter, one type or a hundred of its own', () => {
  judge('no filter', null, () => ['all']);
  judge('100 types', null, (i) => each(100, (k) => `${'t'.repeat(110)}.${i}.${k}`));
});
