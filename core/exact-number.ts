/**
 * A JSON number as its sender wrote it: an ordinary number where its shortest notation has the same value as the
 * token, otherwise the token itself (`9007199254740993`, `1e400`), which `JSON.stringify` writes as it stood.
 */
export type ExactNumber = number | RawNumber;

/** A number kept as text. https://tc39.es/proposal-json-parse-with-source/ */
export interface RawNumber {
  readonly rawJSON: string;
}

/** The part of `JSON` that TypeScript's library does not describe yet; Node has it since 21. */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}
const SOURCE = JSON as unknown as JsonWithSource;

/**
 * What a number must look like for a double to get it wrong: more than 15 digits, or an exponent of three digits.
 * Most texts have neither, and are spared the slow way of reading (8 times slower at 256 KiB). Strings that look
 * like that cost time only.
 */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE][+-]?\d{3}/;

/** Reads JSON without rounding its numbers; otherwise like `JSON.parse`. Throws `SyntaxError`. */
export function parseExactJson(text: string): unknown {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text);
  return SOURCE.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? exactNumber(value, source) : value,
  );
}

/** Whether a value read by `parseExactJson` is a number. Nothing that a text can spell passes for one by accident. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return typeof value === 'number' || isRawNumber(value);
}

/** Whether it is a number that is kept as text. */
export function isRawNumber(value: unknown): value is RawNumber {
  return SOURCE.isRawJSON(value);
}

/** Negative, zero or positive, as `a` is below, at or above `b`, to the last digit. */
export function compareNumbers(a: ExactNumber, b: ExactNumber): number {
  return comparisonWith(b)(a);
}

/** Compares many numbers with one: negative, zero or positive as they are below, at or above it. */
export function comparisonWith(fixed: ExactNumber): (value: ExactNumber) => number {
  const decimal = decimalOf(fixed);
  return (value) =>
    typeof value === 'number' && typeof fixed === 'number'
      ? value - fixed
      : compareDecimals(decimalOf(value), decimal);
}

/** The same text for equal numbers, however they are written: `1.0`, `1` and `10e-1` are one. */
export function numberKey(value: ExactNumber): string {
  return keyOf(decimalOf(value));
}

function exactNumber(value: number, source: string): ExactNumber {
  const same = Number.isFinite(value) && keyOf(readDecimal(source)) === keyOf(readDecimal(String(value)));
  return same ? value : SOURCE.rawJSON(source);
}

/** 0.`digits` × 10^`exponent`, no zeros at either end of the digits. Zero has none, and no sign. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const ZERO: Decimal = { negative: false, digits: '', exponent: 0 };

/** Numbers kept as text that were compared before: a long one is read once, not once for each condition. */
const READ = new WeakMap<RawNumber, Decimal>();

function decimalOf(value: ExactNumber): Decimal {
  if (typeof value === 'number') return readDecimal(String(value));
  const decimal = READ.get(value) ?? readDecimal(value.rawJSON);
  READ.set(value, decimal);
  return decimal;
}

/** Reads a number token of JSON (RFC 8259, section 6), or one that `String` wrote. One pass. */
function readDecimal(token: string): Decimal {
  const negative = token.startsWith('-');
  const [mantissa = '', power = '0'] = token.slice(negative ? 1 : 0).split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  let first = 0;
  while (digits.charAt(first) === '0') first++;
  if (first === digits.length) return ZERO;
  let end = digits.length;
  while (digits.charAt(end - 1) === '0') end--;
  return { negative, digits: digits.slice(first, end), exponent: whole.length - first + Number(power) };
}

function keyOf({ negative, digits, exponent }: Decimal): string {
  return `${negative ? '-' : ''}${digits}e${exponent}`;
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const sign = signOf(a);
  if (sign !== signOf(b)) return sign - signOf(b);
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -sign : sign;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -sign : sign;
}

function signOf({ negative, digits }: Decimal): number {
  if (digits === '') return 0;
  return negative ? -1 : 1;
}
