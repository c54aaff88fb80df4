/**
 * A text as it reads with some of its escapes undone. Texts are UTF-8 here, a character for each byte, because URLs
 * escape bytes and the rest escapes characters.
 */
export interface View {
  readonly text: string;
  /** Where each byte of it begins in the text as it came; one more tells where that ends. Null: it is that text. */
  readonly starts: Uint32Array | null;
}

/** Escapes undone inside each other: `%2541` is two. A value may hold what looks like an escape, which is one more. */
const LEVELS = 4;

/** What HTML calls ASCII's punctuation; a parser takes the first four without their semicolon, too. */
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ amp: '&', lt: '<', gt: '>', quot: '"', AMP: '&', LT: '<', GT: '>', QUOT: '"', apos: "'" },
    ...{ Tab: '\t', NewLine: '\n', excl: '!', num: '#', dollar: '$', percnt: '%', lpar: '(', rpar: ')' },
    ...{ ast: '*', midast: '*', plus: '+', comma: ',', period: '.', sol: '/', colon: ':', semi: ';' },
    ...{ equals: '=', quest: '?', commat: '@', lsqb: '[', lbrack: '[', bsol: '\\', rsqb: ']', rbrack: ']' },
    ...{ Hat: '^', lowbar: '_', UnderBar: '_', grave: '`', DiacriticalGrave: '`', lcub: '{', lbrace: '{' },
    ...{ verbar: '|', vert: '|', VerticalLine: '|', rcub: '}', rbrace: '}' },
  }),
);

/** A backslash and one of these, in JSON and most languages. */
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Percent-encoding, HTML's entities, JSON's and most languages' backslashes. */
const TOKEN = new RegExp(
  [
    '%(?<byte>[0-9a-f]{2})',
    '&#x0*(?<hex>[0-9a-f]{1,6});?',
    '&#0*(?<decimal>[0-9]{1,7});?',
    '&(?<named>[a-z]{2,20});',
    '&(?<bare>amp|lt|gt|quot)',
    '\\\\u(?<pair>d[89ab][0-9a-f]{2}\\\\ud[c-f][0-9a-f]{2})',
    '\\\\u(?<unit>[0-9a-f]{4})',
    '\\\\x(?<raw>[0-9a-f]{2})',
    '\\\\(?<char>[^ux])',
  ].join('|'),
  'gi',
);

/** What may be the beginning of a token, at the end of a text that was cut off. */
const HALF_TOKEN = /(?:%[0-9a-f]?|&[#a-z0-9]{0,20}|\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?)$/i;

/**
 * The text as it came, then with escapes undone once, twice, and so on while that changes it. Escapes of all kinds are
 * undone together. Of a text that was cut off, half an escape at the end is left out. Takes time and memory by its length.
 */
export function viewsOf(text: string, truncated: boolean): readonly View[] {
  const views: View[] = [{ text, starts: null }];
  for (let last = views[0]; last !== undefined && views.length <= LEVELS; last = views.at(-1)) {
    const next = undone(truncated ? shortened(last) : last);
    if (next.text === last.text) break;
    views.push(next);
  }
  return views;
}

function shortened(view: View): View {
  const at = view.text.search(HALF_TOKEN);
  return at < 0 ? view : { text: view.text.slice(0, at), starts: view.starts };
}

function undone(view: View): View {
  const { text } = view;
  if (!/[%&\\]/.test(text)) return view;
  const starts = new Uint32Array(text.length + 1);
  let made = '';
  let from = 0;
  const copy = (to: number): void => {
    for (let at = from; at < to; at++) starts[made.length + at - from] = startOf(view, at);
    made += text.slice(from, to);
  };
  for (const match of text.matchAll(TOKEN)) {
    const bytes = bytesOf(match.groups ?? {});
    if (bytes === null) continue;
    copy(match.index);
    starts.fill(startOf(view, match.index), made.length, made.length + bytes.length);
    made += bytes;
    from = match.index + match[0].length;
  }
  copy(text.length);
  starts[made.length] = startOf(view, text.length);
  return { text: made, starts: starts.subarray(0, made.length + 1) };
}

/** Where a byte of a view begins in the text as it came. */
export function startOf({ starts }: View, at: number): number {
  return starts === null ? at : (starts[at] ?? 0);
}

/** What one token stands for; null if for nothing. Never longer than the token. */
function bytesOf(token: Readonly<Record<string, string | undefined>>): string | null {
  const { byte, hex, decimal, named, bare, pair, unit, raw, char } = token;
  const code = byte ?? raw;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (hex !== undefined) return utf8(Number.parseInt(hex, 16));
  if (decimal !== undefined) return utf8(Number(decimal));
  if (named !== undefined) return ENTITIES.get(named) ?? null;
  if (bare !== undefined) return ENTITIES.get(bare.toLowerCase()) ?? null;
  if (unit !== undefined) return utf8(Number.parseInt(unit, 16));
  if (pair !== undefined) return asBytes(JSON.parse(`"\\u${pair}"`));
  return char === undefined ? null : (ESCAPED[char] ?? char);
}

function utf8(codePoint: number): string | null {
  return codePoint > 0x10_ff_ff ? null : asBytes(String.fromCodePoint(codePoint));
}

/** A text as its UTF-8 bytes, a character for each. */
export function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The other way round. */
export function ofBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}
