import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRegExp, PatternFault } from '../../../core/linear-regexp/linear-regexp.ts';
import { Steps, StepsUsedUp } from '../../../core/steps.ts';

const MANY = 1_000_000;
const matches = (pattern: string, text: string, steps = MANY): boolean =>
  compileRegExp(pattern, 10_000).test(text, new Steps(steps));

/** Patterns of everything that is supported, and texts that have a chance with them. */
const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'é',
    '😀',
    '\\u{1F600}',
    '\\x61',
    '.',
    '\\d',
    '\\w',
    '\\W',
    '\\s',
    '[ab]',
    '[^a]',
    '[a-c\\d]',
  ],
  ...[
    '[^]',
    '[]',
    '\\p{L}',
    '\\P{Lu}',
    '\\p{Script=Greek}',
    '\\.',
    '^',
    '$',
    '\\b',
    '\\B',
    '',
    '\\/',
    '[\\b-]',
  ],
);
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    atom,
    fc.array(tie('pattern'), { maxLength: 3 }).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{0,2}', '{1,}', '{0}', '{2,3}?'))
      .map(([a, many]) => `(?:${a})${many}`),
    fc
      .tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!', '(?<x>'), tie('pattern'))
      .map(([open, a]) => (open === '(?<x>' ? `(${a})` : `${open}${a})`)),
  ),
}));
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'A',
    '1',
    ' ',
    '\n',
    '\u2028',
    'é',
    'Ω',
    '😀',
    '\ud83d',
    '.',
    '-',
    'ſ',
    'K',
  ),
  maxLength: 8,
});

test('a pattern means what it means to RegExp, with and without regard to case', () => {
  fc.assert(
    fc.property(pattern, text, fc.boolean(), (source, subject, ignoreCase) => {
      // V8 also looks around from the middle of a surrogate pair, where no match may begin (ECMA-262, AdvanceStringIndex):
      // it finds /(?!.|$)/u in '😀', at 1.
      fc.pre(!/\(\?<?[=!]/.test(source) || !/[\ud800-\udfff]/.test(subject));
      const expected = new RegExp(source, ignoreCase ? 'iu' : 'u').test(subject);
      const regexp = compileRegExp(source, 100_000, { ignoreCase });
      assert.equal(
        regexp.test(subject, new Steps(MANY)),
        expected,
        `/${source}/ on ${JSON.stringify(subject)}`,
      );
      assert.equal(regexp.test(subject, new Steps(MANY)), expected, 'the second time');
    }),
    { numRuns: 3_000 },
  );
});

test('C106: patterns that make a backtracking engine run for years take steps in proportion to the text', () => {
  const text = `${'a'.repeat(50_000)}!`;
  for (const dear of [
    '^([a-zA-Z0-9]+\\.?)+@x\\.com$',
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(x+x+)+y',
    '^(.*a){12}$',
    '^(?=(a+)+$).*$',
  ]) {
    assert.equal(matches(dear, text, 100 * text.length), false, dear);
  }
});

test('work that would take more steps than it was given ends there, and the next is none the worse', () => {
  const regexp = compileRegExp('^(?:a?){20}a{20}$', 10_000);
  const text = 'a'.repeat(30);
  assert.throws(() => regexp.test(text, new Steps(100)), StepsUsedUp);
  assert.equal(regexp.test(text, new Steps(MANY)), true);
  assert.equal(regexp.test('a'.repeat(41), new Steps(MANY)), false);
  // A lookahead at each of 5,000 places that looks at all the rest: the square of it is not run.
  const looking = compileRegExp('(?=a*b)c', 10_000);
  assert.throws(() => looking.test('a'.repeat(5_000), new Steps(MANY)), StepsUsedUp);
});

test('patterns that are none, refer back, or need too many states are refused in words', () => {
  const refused: readonly (readonly [pattern: string, reason: RegExp])[] = [
    ['(', /not a regular expression/],
    ['\\-', /not a regular expression/],
    ['(a)\\1', /refers back/],
    ['(?<n>a)\\k<n>', /refers back/],
    ['(?:a{1000}){1000}', /more than 10000 states/],
    ['a{1000000000}', /more than 10000 states/],
    ['(?=(?:a{100}){101})', /more than 10000 states/],
    [`${'('.repeat(100_000)}${')'.repeat(100_000)}`, /nested too deep|not a regular expression/],
  ];
  for (const [pattern, reason] of refused) {
    assert.throws(() => compileRegExp(pattern, 10_000), reason, pattern.slice(0, 40));
    assert.throws(() => compileRegExp(pattern, 10_000), PatternFault);
  }
});

test('repeating nothing a billion times costs nothing', () => {
  assert.equal(matches('^(?:(?:){1000000000}){1000000000}$', ''), true);
  assert.equal(matches('^(?:^){1000}$', ''), true);
});
