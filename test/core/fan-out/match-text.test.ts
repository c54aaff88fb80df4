import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Steps } from '../../../core/fan-out/match-steps.ts';
import { compileTexts, foldCase } from '../../../core/fan-out/match-text.ts';

/** What the engine itself takes for one letter: simple case folding. */
const sameLetter = (a: string, b: string): boolean => new RegExp(`^${RegExp.escape(a)}$`, 'iu').test(b);

/** Every character that has another case. */
const CASED = Array.from({ length: 0x11_0000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((char) => char.toLowerCase() !== char || char.toUpperCase() !== char);

test('letters are folded together exactly where the engine takes them for one but for case', () => {
  const alike = Map.groupBy(CASED, (char) => foldCase(char));
  for (const [folded, letters] of alike)
    for (const letter of letters) assert.ok(sameLetter(folded, letter), `${folded} and ${letter}`);
  const all = CASED.join('');
  for (const letters of alike.values()) {
    const found = all.match(new RegExp(RegExp.escape(letters[0] ?? ''), 'giu')) ?? [];
    assert.deepEqual(found.toSorted(), letters.toSorted());
  }
});

test('folding never changes how long a text is, or folds it further when done again', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom(...CASED), fc.constantFrom('a', '\ud83d', '\ude00', 'ß')),
  });
  fc.assert(
    fc.property(text, (made) => {
      const folded = foldCase(made);
      assert.equal(folded.length, made.length);
      assert.equal(foldCase(folded), folded);
    }),
  );
});

test('a wildcard finds long parts where a search without end would, on any text', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), minLength: 1, maxLength: 24 });
  const parts = fc.array(part, { minLength: 1, maxLength: 3 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 200 });
  fc.assert(
    fc.property(
      parts,
      fc.oneof(
        text,
        parts.map((some) => `ba${some.join('b')}ab`),
      ),
      (middle, made) => {
        const [matches] = compileTexts([{ kind: 'wildcard', parts: ['', ...middle, ''] }]);
        const steps = new Steps();
        steps.begin();
        const expected = new RegExp(`^.*${middle.join('.*')}.*$`, 's').test(made);
        assert.equal(matches?.(made, steps), expected);
      },
    ),
    { numRuns: 3_000 },
  );
});
