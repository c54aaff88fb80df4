import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIST } from '../../../contract/limits.ts';
import { cursorScope } from '../../../core/manage/cursor.ts';
import { itemBytes, type Page, pageRequest, parseLimit, readPage } from '../../../core/manage/page.ts';
import { Problem } from '../../../core/problem.ts';

const cursorKey = async (): Promise<Uint8Array> => Buffer.alloc(32, 7);
const scope = cursorScope('listEvents', 'acme', {});
const still = { cursorKey, clock: { now: () => 0 } };

async function* pages<T>(...batches: readonly (readonly T[])[]): AsyncGenerator<readonly T[]> {
  yield* batches;
}

/** A page of numbers, and where it goes on; null at the end. */
async function numbers(
  source: AsyncIterable<readonly number[]>,
  limit: number,
  wanted: (n: number) => boolean = () => true,
  clock = still.clock,
): Promise<{ data: readonly number[]; after: string | null }> {
  const positionOf = (n: number): readonly string[] => [String(n)];
  const list = { source, limit, wanted, positionOf, view: (n: number) => n };
  const { data, cursor } = await readPage({ cursorKey, clock }, scope, list);
  if (cursor === null) return { data, after: null };
  return { data, after: (await pageRequest(cursorKey, scope, { cursor })).after?.[0] ?? null };
}

/** Everything that following cursors shows of rows that come in these batches, page by page. */
async function walk<T, V>(
  batches: readonly (readonly T[])[],
  list: { readonly limit: number; readonly wanted: (row: T) => boolean; readonly view: (row: T) => V },
): Promise<readonly Page<V>[]> {
  const rows = batches.flatMap((batch, at) => batch.map((row) => ({ row, at })));
  const found: Page<V>[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = cursor === null ? {} : { cursor };
    const { after } = await pageRequest(cursorKey, scope, query);
    const left = [...rows.entries()].slice(after === null ? 0 : Number(after[0]) + 1);
    const page: Page<V> = await readPage(still, scope, {
      source: pages(...Map.groupBy(left, ([, { at }]) => at).values()),
      limit: list.limit,
      wanted: ([, { row }]) => list.wanted(row),
      positionOf: ([index]) => [String(index)],
      view: ([, { row }]) => list.view(row),
    });
    found.push(page);
    cursor = page.cursor;
  } while (cursor !== null);
  return found;
}

test('C078: a limit is a whole number from 1 to 250, and 50 when absent', () => {
  assert.equal(parseLimit(undefined), 50);
  assert.equal(parseLimit('10'), 10);
  assert.equal(parseLimit('250'), 250);
  for (const text of [
    '',
    '0',
    '-1',
    '251',
    '1e9',
    '1e2',
    'abc',
    '10,20',
    ' 10',
    '10.0',
    '0x10',
    '9'.repeat(30),
  ]) {
    assert.throws(
      () => parseLimit(text),
      (error) => error instanceof Problem && error.status === 400 && error.faults[0]?.pointer === 'limit',
      text,
    );
  }
});

test('C069: empty and filtered pages in the middle are read past', async () => {
  const found = await numbers(pages([], [1, 2, 3], [], [4], [5, 6]), 2, (n) => n % 3 === 0);
  assert.deepEqual(found, { data: [3, 6], after: null });
});

test('there is more only if a wanted item follows', async () => {
  assert.deepEqual(await numbers(pages([1, 2], []), 2), { data: [1, 2], after: null });
  assert.deepEqual(await numbers(pages([1, 2], [3]), 2), { data: [1, 2], after: '2' });
  assert.deepEqual(await numbers(pages([1, 2], [3]), 2, (n) => n < 3), { data: [1, 2], after: null });
});

test('following cursors shows every wanted item once, in order, whatever the limit', async () => {
  const batches = fc.array(fc.array(fc.nat(20), { maxLength: 5 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 1, max: 7 }), async (some, limit) => {
      const wanted = (n: number): boolean => n > 5;
      const found = await walk(some, { limit, wanted, view: (n) => n });
      assert.ok(found.every(({ data, cursor }) => cursor === null || data.length === limit));
      assert.deepEqual(
        found.flatMap(({ data }) => data),
        some.flat().filter(wanted),
      );
    }),
  );
});

test('C098: pages are cut by bytes as well; a walk shows every item once, and no answer is over 4 MiB', async () => {
  // Control characters, of which JSON makes six bytes each, and letters of one, two and four bytes in UTF-8.
  const letter = fc.constantFrom('\u0000', '"', 'a', 'ü', '🙂');
  const item = fc.record({ letter, length: fc.nat({ max: 300_000 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(item, { maxLength: 12 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: LIST.maxLimit }),
      async (batches, limit) => {
        const view = (one: { letter: string; length: number }) => ({ text: one.letter.repeat(one.length) });
        const found = await walk(batches, { limit, wanted: () => true, view });
        for (const page of found) {
          assert.ok(Buffer.byteLength(JSON.stringify(page)) <= LIST.maxBytes);
          assert.ok(page.data.length > 0 || page.cursor === null, 'a page gets on');
        }
        assert.ok(
          found.flatMap(({ data }) => data.map(({ text }) => text)).join('') ===
            batches
              .flat()
              .map((one) => view(one).text)
              .join(''),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('C098: a page is as full as it may be, and nothing is read that it has no room for', async () => {
  const big = 'x'.repeat(LIST.maxBytes / 4);
  let read = 0;
  const source = (async function* () {
    for (; ; read++) yield [`${read}${big}`];
  })();
  const list = { source, limit: 250, positionOf: () => ['0'], view: (text: string) => text };
  const { data, cursor } = await readPage(still, scope, list);
  assert.equal(data.length, 3);
  assert.ok(itemBytes(data) > LIST.maxBytes / 2);
  assert.notEqual(cursor, null);
  assert.equal(read, 3);
});

test('C098: an item that alone is larger than a page is shown alone, so that a walk ends', async () => {
  const big = 'x'.repeat(LIST.maxBytes);
  const found = await walk([['a', big, 'b']], { limit: 250, wanted: () => true, view: (text) => text });
  assert.deepEqual(
    found.map(({ data }) => data.map((text) => text.length)),
    [[1], [big.length], [1]],
  );
});

test('C098: a page ends after four seconds of reading, also within a batch, and goes on behind what was looked at', async () => {
  let now = 0;
  const clock = { now: () => now };
  const passing = (n: number): boolean => {
    now += 1_500;
    return n % 2 === 1;
  };
  assert.deepEqual(await numbers(pages([1, 2, 3, 4, 5, 6, 7]), 250, passing, clock), {
    data: [1],
    after: '2',
  });
  assert.deepEqual(await numbers(pages([1, 2], [4, 6, 8], [9]), 250, passing, clock), {
    data: [1],
    after: '8',
  });
});

test('C098: with nothing to show yet, a list reads on, and says after 24 seconds that it found too little', async () => {
  let now = 0;
  const clock = { now: () => now };
  const passing = (n: number): boolean => {
    now += 7_000;
    return n === 4;
  };
  assert.deepEqual(await numbers(pages([1], [2], [3], [4], [5]), 250, passing, clock), {
    data: [4],
    after: '4',
  });
  await assert.rejects(
    numbers(pages([1], [2], [3], [5], [6]), 250, passing, clock),
    (error) => error instanceof Problem && error.status === 503,
  );
});
