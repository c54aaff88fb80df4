import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeDescending } from '../../../adapters/aws/merge-descending.ts';

async function* paged(items: readonly string[], size: number, reads: string[][]) {
  for (let at = 0; at < items.length; at += size) {
    reads.push(items.slice(at, at + size));
    yield items.slice(at, at + size);
    // A page that a filter left empty, as DynamoDB gives them.
    yield [];
  }
}

test('whatever is in the sources comes out downwards, each item once, in pages that are not empty', async () => {
  const source = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(source, { maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (sources, size) => {
        const sorted = sources.map((items) => [...items].sort().reverse());
        const merged: string[] = [];
        for await (const page of mergeDescending(
          sorted.map((items) => paged(items, size, [])),
          (item) => item,
        )) {
          assert.ok(page.length > 0);
          merged.push(...page);
        }
        assert.deepEqual(merged, sorted.flat().sort().reverse());
      },
    ),
  );
});

test('a source is read no further than the reader needs', async () => {
  const reads: string[][] = [];
  const merged = mergeDescending(
    [paged(['d', 'c', 'b', 'a'], 2, reads), paged(['f', 'e'], 2, reads)],
    (item) => item,
  );
  assert.deepEqual((await merged.next()).value, ['f', 'e']);
  assert.deepEqual(reads, [
    ['d', 'c'],
    ['f', 'e'],
  ]);
});
