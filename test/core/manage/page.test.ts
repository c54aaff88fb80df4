import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorScope } from '../../../core/manage/cursor.ts';
import { fillPage, pageAnswer, pageRequest, parseLimit } from '../../../core/manage/page.ts';
import { Problem } from '../../../core/problem.ts';

const key = async (): Promise<Uint8Array> => Buffer.alloc(32, 7);
const scope = cursorScope('listEvents', 'acme', {});

async function* pages(...batches: readonly (readonly number[])[]): AsyncGenerator<readonly number[]> {
  yield* batches;
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
  const found = await fillPage(pages([], [1, 2, 3], [], [4], [5, 6]), 2, (n) => n % 3 === 0);
  assert.deepEqual(found, { items: [3, 6], more: false });
});

test('there is more only if a wanted item follows', async () => {
  assert.deepEqual(await fillPage(pages([1, 2], []), 2), { items: [1, 2], more: false });
  assert.deepEqual(await fillPage(pages([1, 2], [3]), 2), { items: [1, 2], more: true });
  assert.deepEqual(await fillPage(pages([1, 2], [3]), 2, (n) => n < 3), { items: [1, 2], more: false });
});

test('following cursors shows every wanted item once, in order, whatever the limit', async () => {
  const numbers = fc.array(fc.array(fc.nat(20), { maxLength: 5 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(numbers, fc.integer({ min: 1, max: 7 }), async (batches, limit) => {
      const rows = batches.flat().map((value, index) => ({ value, index }));
      const wanted = (row: { value: number }): boolean => row.value > 5;
      const seen: number[] = [];
      let cursor: string | null = null;
      do {
        const query: Record<string, string> = {
          limit: String(limit),
          ...(cursor === null ? {} : { cursor }),
        };
        const { after } = await pageRequest(key, scope, query);
        const start = after === null ? 0 : Number(after[0]) + 1;
        const source = (async function* () {
          for (const row of rows.slice(start)) yield [row];
        })();
        const filled = await fillPage(source, limit, wanted);
        const page = await pageAnswer(
          key,
          scope,
          filled,
          (row) => [String(row.index)],
          (row) => row.index,
        );
        assert.ok(page.cursor === null || page.data.length === limit);
        seen.push(...page.data);
        cursor = page.cursor;
      } while (cursor !== null);
      assert.deepEqual(
        seen,
        rows.filter(wanted).map((row) => row.index),
      );
    }),
  );
});
