import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DISPATCH } from '../../../contract/limits.ts';
import { maskedAnswer } from '../../../core/dispatch/answer-mask.ts';
import { subscription } from '../../support/subscription.ts';

type Spell = (value: string) => string;

const each = (value: string, write: (code: number, char: string) => string) =>
  [...value].map((char) => write(char.codePointAt(0) ?? 0, char)).join('');
const hex = (value: string) => Buffer.from(value).toString('hex');
const percent = (value: string) => hex(value).replace(/../g, '%$&');
const NAMED: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '"': 'quot',
  '/': 'sol',
  '=': 'equals',
  '@': 'commat',
};

/** Escapes, which may stand inside each other. */
const ESCAPES: Readonly<Record<string, Spell>> = {
  'percent-encoded': encodeURIComponent,
  'percent-encoded throughout': percent,
  'percent-encoded in capitals': (value) => percent(value).toUpperCase(),
  'in decimal entities': (value) => each(value, (code) => `&#${code};`),
  'in decimal entities without semicolons': (value) => each(value, (code) => `&#0${code}`),
  'in hex entities': (value) => each(value, (code) => `&#x${code.toString(16)};`),
  'in named entities': (value) => each(value, (_, char) => (char in NAMED ? `&${NAMED[char]};` : char)),
  'in JSON': (value) => JSON.stringify(value).slice(1, -1),
  'in JSON throughout': (value) =>
    [...Array(value.length).keys()]
      .map((at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  'in JSON throughout, in capitals': (value) =>
    [...Array(value.length).keys()]
      .map((at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0').toUpperCase()}`)
      .join(''),
  'in hex with backslashes': (value) => hex(value).replace(/../g, '\\x$&'),
};
const between =
  (before: string, encoding: 'base64' | 'base64url'): Spell =>
  (value) =>
    Buffer.from(`${before}${value}!`).toString(encoding);
/** What only a value itself is written in. */
const ENCODINGS: Readonly<Record<string, Spell>> = {
  'as it is': (value) => value,
  'in a form': (value) => new URLSearchParams([['', value]]).toString().slice(1),
  'in hex': hex,
  'in capital hex': (value) => hex(value).toUpperCase(),
  'in base64': (value) => Buffer.from(value).toString('base64'),
  'in base64, behind one byte': between('x', 'base64'),
  'in base64, behind two': between('xy', 'base64'),
  'in base64 for URLs': (value) => Buffer.from(value).toString('base64url'),
  'in base64 for URLs, behind one byte': between('x', 'base64url'),
  'in base64 for URLs, behind two': between('xy', 'base64url'),
};

const masked = (value: string, text: string, truncated = false) =>
  maskedAnswer(subscription({ headers: { 'x-key': value } }), text, truncated);
const VALUES = [`pa"ss/w<o>r&d+'x\\y z=@~?`, 'k-4711-secret', 'a%41b&amp;c\\n\\u0041', '++//++//++//'];

for (const [how, spell] of Object.entries({ ...ENCODINGS, ...ESCAPES })) {
  test(`a header value is masked ${how}; and that escaped once and twice more`, () => {
    for (const value of VALUES) {
      const once = spell(value);
      const outer = Object.values(ESCAPES);
      for (const spelt of [once, ...outer.map((f) => f(once)), ...outer.map((f) => f(f(once)))]) {
        const answer = masked(value, `before: ${spelt} :after`);
        assert.match(answer, /^before: .*….* :after$/s, `${spelt} ${answer}`);
        // Of neighbours in base64 a few letters stay.
        assert.ok(answer.length < 45 + spelt.length * 0.3, `${spelt} ${answer}`);
      }
    }
  });
}

test('a value in URLs that is no ASCII is masked however its bytes and characters are escaped', () => {
  const value = 'schlüssel-ключ-🔑';
  const one = subscription({ url: `https://h.example/?token=${encodeURIComponent(value)}` });
  for (const [how, spell] of [...Object.entries(ENCODINGS), ...Object.entries(ESCAPES)]) {
    const answer = maskedAnswer(one, `ä: ${spell(value)} :ö`, false);
    assert.match(answer, /^ä: .{0,6}….{0,6} :ö$/s, `${how} ${answer}`);
  }
});

test('C105: names that every object inherits stand for nothing, in an entity as well', () => {
  const secret = 'q9-very-secret';
  for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf']) {
    const around = `&${name};`.repeat(9);
    assert.equal(masked(secret, around), around, name);
    assert.equal(
      masked(secret, `${around} ${secret.replace('-', '%2D')} ${around}`),
      `${around} … ${around}`,
      name,
    );
  }
});

test('what no one wrote as a secret is left as it came', () => {
  for (const text of [
    '100 % sure &amp; \\"quoted\\" %zz &nope; \\u12 \\',
    '%f0%9f &#99999999; \\ud800',
    'ü \ud83d %41',
  ])
    assert.equal(masked('k-4711-secret', text), text);
  assert.equal(masked('k-4711-secret', '%41 k-4711-secret &lt; \\"'), '%41 … &lt; \\"');
});

test('an answer that was cut off inside an escape keeps nothing of a value', () => {
  const value = `se"cret<&>k-4711`;
  for (const [how, spell] of [...Object.entries(ENCODINGS), ...Object.entries(ESCAPES)]) {
    for (const outer of [(text: string) => text, ...Object.values(ESCAPES)]) {
      const spelt = outer(spell(value));
      for (let length = spelt.length - 1; spelt.length - length < 14 && length > spelt.length / 2; length--) {
        const answer = masked(value, `x: ${spelt.slice(0, length)}`, true);
        assert.ok(!answer.includes(spelt.slice(spelt.length / 4, spelt.length / 2)), answer);
        assert.match(answer, /^x: .{0,60}….{0,60}$/s, `${how}: ${spelt.slice(0, length)} ${answer}`);
      }
    }
  }
});

test('no value in any spelling, escaped up to twice in any way, is found in what is kept', () => {
  // A backslash that was not escaped where other characters were can't be told from the beginning of an escape.
  const value = fc
    .string({ unit: 'grapheme-ascii', minLength: 6, maxLength: 100 })
    .filter((text) => !text.includes('\\'));
  const encoding = fc.constantFrom(...Object.values(ENCODINGS));
  const escapes = fc.array(fc.constantFrom(...Object.values(ESCAPES)), { maxLength: 2 });
  fc.assert(
    fc.property(value, encoding, escapes, fc.lorem(), (secret, encode, outer, around) => {
      const spelt = outer.reduce((text, wrap) => wrap(text), encode(secret));
      const kept = masked(secret, `${around} ${spelt} ${around}`);
      assert.ok(kept.includes('…'), `${JSON.stringify(secret)} as ${spelt} in ${kept}`);
      assert.ok(!kept.includes(spelt));
    }),
    { numRuns: 2_000 },
  );
});

test('the longest answer of nothing but escapes, with all the values there may be, is looked through in bounded time', () => {
  const headers = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [
      `x-${at}`,
      `Bearer a="${'%25'.repeat(300)}${at}", b="${at}23456"`,
    ]),
  );
  const one = subscription({ headers });
  const began = process.cpuUsage();
  for (const part of ['%25', '&amp;', '\\\\', '&#x26;', '&#0000000', '%2525', '%25'.repeat(20), 'a'])
    for (const truncated of [true, false])
      maskedAnswer(one, part.repeat(DISPATCH.maxResponseBodyBytes / part.length), truncated);
  const { user } = process.cpuUsage(began);
  // About 0.2 s; whatever grows with the square takes minutes.
  assert.ok(user < 10_000_000, `${user} µs`);
});
