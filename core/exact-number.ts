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
  return parseNumbers(text, (_value, source) => SOURCE.rawJSON(source));
}

/**
 * Reads JSON to be compared: the same, but a number that no double holds becomes an `InexactNumber`, which is read here
 * once and not each time it is compared. Nothing that a text can spell passes for one by accident.
 */
export function parseComparableJson(text: string): unknown {
  return parseNumbers(text, (value, source) => new InexactNumber(value, readDecimal(source)));
}

/** Whether reading a text takes the slow way. */
export function isReadSlowly(text: string): boolean {
  return MAY_BE_INEXACT.test(text);
}

function parseNumbers(text: string, keep: (value: number, source: string) => unknown): unknown {
  if (!isReadSlowly(text)) return JSON.parse(text);
  return SOURCE.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && !isExact(value, source)
      ? keep(value, source)
      : value,
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

/** A number as it is compared. */
export type ComparableNumber = number | InexactNumber;

/** A number that no double holds: the double next to it, and what tells it from that and from its like. */
export class InexactNumber {
  readonly nearest: number;
  /** Negative or positive, as it is below or above `nearest`, which may be infinite or zero. */
  readonly offset: number;
  readonly decimal: Decimal;
  /** The same text for equal numbers, however they are written: `1.0e400` and `10e399` are one. */
  readonly key: string;

  constructor(nearest: number, decimal: Decimal) {
    this.nearest = nearest;
    this.offset = Number.isFinite(nearest)
      ? compareDecimals(decimal, readDecimal(String(nearest)))
      : -Math.sign(nearest);
    this.decimal = decimal;
    this.key = keyOf(decimal);
  }
}

/** Reads a number for comparing. */
export function comparable(value: ExactNumber): ComparableNumber {
  if (typeof value === 'number') return value;
  return new InexactNumber(Number(value.rawJSON), readDecimal(value.rawJSON));
}

/**
 * Negative, zero or positive, as `a` is below, at or above `b`, to the last digit. Doubles decide where they differ:
 * rounding keeps the order.
 */
export function compareNumbers(a: ComparableNumber, b: ComparableNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [near, other] = [nearestOf(a), nearestOf(b)];
  if (near !== other) return near < other ? -1 : 1;
  if (typeof a === 'number') return typeof b === 'number' ? 0 : -b.offset;
  if (typeof b === 'number' || Math.sign(a.offset) !== Math.sign(b.offset)) return a.offset;
  return compareDecimals(a.decimal, b.decimal);
}

function nearestOf(value: ComparableNumber): number {
  return typeof value === 'number' ? value : value.nearest;
}

/** Shorter than any number that a double may not hold, if it has no exponent. */
const EXACT = /^-?[\d.]{1,15}$/;

function isExact(value: number, source: string): boolean {
  if (EXACT.test(source)) return true;
  return Number.isFinite(value) && keyOf(readDecimal(source)) === keyOf(readDecimal(String(value)));
}

/** Compares many numbers with one: negative, zero or positive as they are below, at or above it. */
export function comparisonWith(fixed: ExactNumber): (value: ExactNumber) => number {
  const other = comparable(fixed);
  return (value) => compareNumbers(comparable(value), other);
}

/** The same text for equal numbers, however they are written: `1.0`, `1` and `10e-1` are one. */
export function numberKey(value: ExactNumber): string {
  return keyOf(decimalOf(value));
}

/** Whether it is a whole number, however it is written: `1.0` and `1e400` are, `9007199254740993.5` is not. */
export function isWhole(value: ExactNumber): boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  const { digits, exponent } = decimalOf(value);
  return exponent >= digits.length;
}

/** Whether one is a whole multiple of the other, to the last digit; `step` must be above zero. */
export function isMultipleOf(value: ExactNumber, step: ExactNumber): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return Number(value) % Number(step) === 0;
  const [a, b] = [decimalOf(value), decimalOf(step)];
  if (a.digits === '') return true;
  // Neither's digits end in a zero, so where the step has more places behind its digits, it can't divide.
  const places = a.exponent - a.digits.length - (b.exponent - b.digits.length);
  if (places < 0) return false;
  const divisor = BigInt(b.digits);
  // Of a power of ten only twos and fives can matter, and the divisor has at most four of them for each digit.
  const power = 10n ** BigInt(Math.min(places, 4 * b.digits.length));
  return ((BigInt(a.digits) % divisor) * power) % divisor === 0n;
}

/** What comparing it costs: 1, or for a number kept as text its length. */
export function lengthOfNumber(value: ExactNumber): number {
  return typeof value === 'number' ? 1 : value.rawJSON.length;
}

function decimalOf(value: ExactNumber): Decimal {
  return readDecimal(typeof value === 'number' ? String(value) : value.rawJSON);
}

/** 0.`digits` × 10^`exponent`, no zeros at either end of the digits. Zero has none, and no sign. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** Exponents beyond are taken for this one, so that all can be reckoned with. */
const MAX_EXPONENT = 1e15;

const ZERO: Decimal = { negative: false, digits: '', exponent: 0 };

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
  const shift = Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, Number(power)));
  return { negative, digits: digits.slice(first, end), exponent: whole.length - first + shift };
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
