import {
  type ComparableNumber,
  comparable,
  compareNumbers,
  type ExactNumber,
  isExactNumber,
  isRawNumber,
} from '../exact-number.ts';
import type { Fault } from '../problem.ts';
import { addressFamily } from './match-network.ts';

/** A value that holds no others. */
export type Scalar = ComparableNumber | string | boolean | null;

/** One thing a field may be asked to be. */
export type Condition =
  | { readonly kind: 'value'; readonly value: Scalar }
  | TextCondition
  | { readonly kind: 'numeric'; readonly bounds: readonly Bound[] }
  | { readonly kind: 'cidr'; readonly address: string; readonly bits: number }
  | { readonly kind: 'exists'; readonly exists: boolean }
  | { readonly kind: 'anything-but'; readonly none: readonly Condition[] };

/** A condition on text. */
export type TextCondition =
  | { readonly kind: 'prefix' | 'suffix'; readonly text: string; readonly ignoreCase: boolean }
  | { readonly kind: 'equals-ignore-case'; readonly text: string }
  /** What stands between the asterisks, escapes resolved; one part if there is none. */
  | { readonly kind: 'wildcard'; readonly parts: readonly string[] };

/** A side of a numeric condition. */
export interface Bound {
  readonly operator: '=' | '<' | '<=' | '>' | '>=';
  readonly number: ComparableNumber;
}

/** Where a fault is noted: reads on afterwards, so that one answer names them all. */
type Note = (detail: string, ...below: readonly (string | number)[]) => null;

type Reader = (operand: unknown, note: Note) => Condition | null;

const READERS: Readonly<Record<string, Reader>> = {
  prefix: (operand, note) => readAffix('prefix', operand, note),
  suffix: (operand, note) => readAffix('suffix', operand, note),
  'equals-ignore-case': readIgnoreCase,
  wildcard: readWildcard,
  numeric: readNumeric,
  cidr: readCidr,
  exists: (operand, note) =>
    typeof operand === 'boolean' ? { kind: 'exists', exists: operand } : note('must be true or false'),
  'anything-but': readAnythingBut,
};

/** What `anything-but` can turn round, each of one text or a list of texts. */
const TURNED: Readonly<Record<string, Reader>> = {
  prefix: noneOf((operand, note) => readExcludedAffix('prefix', operand, note)),
  suffix: noneOf((operand, note) => readExcludedAffix('suffix', operand, note)),
  'equals-ignore-case': noneOf(readIgnoreCase),
  wildcard: noneOf(readWildcard),
};

/** Reads one element of a field's array; null if it has a fault, which is noted in `faults`. */
export function parseCondition(item: unknown, pointer: string, faults: Fault[]): Condition | null {
  const note = noteIn(faults, pointer);
  if (isPlain(item)) return readValue(item, note);
  return readOperator(item, READERS, note);
}

/** The pointer of a member or element below `pointer`. RFC 6901. */
export function step(pointer: string, below: string | number): string {
  return `${pointer}/${String(below).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function noteIn(faults: Fault[], pointer: string): Note {
  return (detail, ...below) => {
    faults.push({ pointer: below.reduce<string>(step, pointer), detail });
    return null;
  };
}

function under(note: Note, ...path: readonly (string | number)[]): Note {
  return (detail, ...below) => note(detail, ...path, ...below);
}

function readOperator(
  item: unknown,
  readers: Readonly<Record<string, Reader>>,
  note: Note,
): Condition | null {
  const names = Object.keys(readers).join(', ');
  if (Array.isArray(item) || typeof item !== 'object' || item === null) {
    return note(`must be a text, a number, true, false, null or an object with one of ${names}`);
  }
  const entries = Object.entries(item);
  const [operator, operand] = entries[0] ?? [''];
  if (entries.length !== 1) return note(`must have exactly one of ${names}`);
  const read = Object.hasOwn(readers, operator) ? readers[operator] : undefined;
  return read ? read(operand, under(note, operator)) : note(`is unknown: use one of ${names}`, operator);
}

function readValue(value: ExactNumber | string | boolean | null, note: Note): Condition | null {
  if (!isUsable(value)) return note('is out of the range of numbers');
  return { kind: 'value', value: isExactNumber(value) ? comparable(value) : value };
}

function readAffix(kind: 'prefix' | 'suffix', operand: unknown, note: Note): Condition | null {
  if (typeof operand !== 'object' || operand === null || isRawNumber(operand)) {
    return readPlainAffix(kind, operand, note);
  }
  const inner = readOperator(operand, { 'equals-ignore-case': readIgnoreCase }, note);
  return inner?.kind === 'equals-ignore-case' ? { kind, text: inner.text, ignoreCase: true } : null;
}

function readPlainAffix(kind: 'prefix' | 'suffix', operand: unknown, note: Note): Condition | null {
  return typeof operand === 'string' ? { kind, text: operand, ignoreCase: false } : note('must be a text');
}

function readIgnoreCase(operand: unknown, note: Note): Condition | null {
  return typeof operand === 'string' ? { kind: 'equals-ignore-case', text: operand } : note('must be a text');
}

/** `*` stands for any run of characters; `\*` and `\\` for themselves. */
function readWildcard(operand: unknown, note: Note): Condition | null {
  if (typeof operand !== 'string') return note('must be a text');
  const parts: string[][] = [[]];
  for (let i = 0; i < operand.length; i++) {
    let char = operand.charAt(i);
    if (char === '*') {
      if (operand.charAt(i + 1) === '*') return note(`has two asterisks in a row at character ${i + 1}`);
      parts.push([]);
      continue;
    }
    if (char === '\\') {
      char = operand.charAt(++i);
      if (char !== '*' && char !== '\\')
        return note(`has a backslash before neither * nor \\ at character ${i}`);
    }
    parts.at(-1)?.push(char);
  }
  // Joined, and not put together one by one: such a text would keep all its beginnings.
  return { kind: 'wildcard', parts: parts.map((part) => part.join('')) };
}

/** `["=", n]`, or a lower bound, an upper bound, or both in that order. */
function readNumeric(operand: unknown, note: Note): Condition | null {
  if (!Array.isArray(operand)) return note('must be an array such as [">", 0, "<=", 5]');
  const bounds: Bound[] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const [operator, number]: readonly unknown[] = operand.slice(i, i + 2);
    if (!isOperator(operator)) return note('must be one of =, <, <=, >, >=', i);
    if (!isExactNumber(number) || !isUsable(number))
      return note(`must have a number after ${operator}`, i + 1);
    bounds.push({ operator, number: comparable(number) });
  }
  const [first, second] = bounds;
  if (!first || bounds.length > 2) return note('must have one or two comparisons');
  if (!second) return { kind: 'numeric', bounds };
  if (!first.operator.startsWith('>') || !second.operator.startsWith('<')) {
    return note('with two comparisons must be a lower bound, then an upper one');
  }
  if (compareNumbers(first.number, second.number) >= 0)
    return note('must have a lower bound below the upper one');
  return { kind: 'numeric', bounds };
}

function readCidr(operand: unknown, note: Note): Condition | null {
  const [, address = '', digits] =
    typeof operand === 'string' ? (/^([^/%]*)\/(\d{1,3})$/.exec(operand) ?? []) : [];
  const family = addressFamily(address);
  const bits = Number(digits);
  if (family === 0 || bits > (family === 4 ? 32 : 128)) {
    return note('must be a network such as 10.0.0.0/8 or 2001:db8::/32');
  }
  return { kind: 'cidr', address, bits };
}

/** A text or number, a list of one kind of them, or one of `TURNED`. */
function readAnythingBut(operand: unknown, note: Note): Condition | null {
  if (isPlain(operand) || Array.isArray(operand)) return noneOf(readExcluded)(operand, note);
  return readOperator(operand, TURNED, note);
}

function noneOf(read: Reader): Reader {
  return (operand, note) => {
    if (!Array.isArray(operand)) {
      const one = read(operand, note);
      return one && { kind: 'anything-but', none: [one] };
    }
    if (operand.length === 0) return note('must hold at least one value');
    if (operand.some((item) => typeof item === 'string') && operand.some(isExactNumber)) {
      return note('must hold texts only or numbers only');
    }
    return { kind: 'anything-but', none: operand.flatMap((item, i) => read(item, under(note, i)) ?? []) };
  };
}

/** An empty prefix or suffix would leave nothing to match. */
function readExcludedAffix(kind: 'prefix' | 'suffix', operand: unknown, note: Note): Condition | null {
  return operand === '' ? note('must not be empty') : readPlainAffix(kind, operand, note);
}

function readExcluded(operand: unknown, note: Note): Condition | null {
  if (typeof operand !== 'string' && !isExactNumber(operand)) return note('must be a text or a number');
  return readValue(operand, note);
}

function isPlain(value: unknown): value is ExactNumber | string | boolean | null {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || isExactNumber(value);
}

/** `Infinity` is what an inexact reader makes of `1e400`. */
function isUsable(value: unknown): boolean {
  return typeof value !== 'number' || Number.isFinite(value);
}

function isOperator(value: unknown): value is Bound['operator'] {
  return value === '=' || value === '<' || value === '<=' || value === '>' || value === '>=';
}
