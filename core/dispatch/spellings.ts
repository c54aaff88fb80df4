import { asBytes, viewsOf } from './unescaped.ts';

/** How a value may be looked for: hex in small letters, base64 with the letters of URLs. */
export type Alphabet = 'as-it-is' | 'hex' | 'base64url';

/** A way of writing a value. */
export interface Spelling {
  readonly text: string;
  readonly alphabet: Alphabet;
  /** Characters before and behind that hold some bits of it. */
  readonly before: number;
  readonly behind: number;
}

/** Ways to write a value (bytes) besides escapes, which are undone before one looks. */
export function spellingsOf(value: string): readonly Spelling[] {
  const read = viewsOf(value, false).map(({ text }) => text);
  // A form writes a space as a plus.
  const plain = [...read, ...read.map((one) => one.replaceAll(' ', '+'))];
  const bytes = Buffer.from(value, 'latin1');
  return [
    ...[...new Set(plain)].map((text) => spelling(text, 'as-it-is')),
    spelling(bytes.toString('hex'), 'hex'),
    ...[0, 1, 2].map((offset) => inBase64(bytes, offset)),
  ];
}

function spelling(text: string, alphabet: Alphabet): Spelling {
  return { text, alphabet, before: 0, behind: 0 };
}

/** What is the same of a value's base64, whatever stands around it, when `offset` bytes of a group of three do before it. */
function inBase64(value: Buffer, offset: number): Spelling {
  const bits = (offset + value.length) * 8;
  const text = Buffer.concat([Buffer.alloc(offset), value]).toString('base64url');
  return {
    text: text.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6)),
    alphabet: 'base64url',
    before: offset === 0 ? 0 : 1,
    behind: bits % 6 === 0 ? 0 : 1,
  };
}

/** A text in which spellings of an alphabet are looked for; every character stays in its place. */
export function inAlphabet(text: string, alphabet: Alphabet): string {
  if (alphabet === 'hex') return text.replace(/[A-F]/g, (char) => char.toLowerCase());
  if (alphabet === 'base64url') return text.replaceAll('+', '-').replaceAll('/', '_');
  return text;
}

/** The secrets within a header's value: `Bearer …`, both sides of `Basic …`, `name=value; name="value"`. */
export function partsOf(value: string): readonly string[] {
  const [, scheme = '', credentials = ''] = /^([A-Za-z][\w-]*) +(.+)$/.exec(value) ?? [];
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString() : '';
  const password = pair.slice(pair.indexOf(':') + 1);
  const named = [...value.matchAll(/=\s*("[^"]*"|[^\s;,"]+)/g)].map(([, text = '']) =>
    text.replaceAll('"', ''),
  );
  return [credentials, pair, password, ...named];
}

/** The same as bytes, once each, without what is too short to be a secret. */
export function worthMasking(values: readonly string[], minLength: number): readonly string[] {
  return [...new Set(values.filter((value) => value.length >= minLength).map(asBytes))];
}
