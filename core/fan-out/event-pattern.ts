import { FILTER } from '../../contract/limits.ts';
import { isRawNumber } from '../exact-number.ts';
import type { Fault } from '../problem.ts';
import { type Condition, parseCondition, step } from './pattern-condition.ts';

/**
 * A subscription's filter, read: all fields match, and one of the alternatives if there are any. EventBridge's event
 * patterns, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
 */
export interface Pattern {
  readonly fields: readonly PatternField[];
  /** The members of `$or`; null without one. */
  readonly either: readonly Pattern[] | null;
}

/** What a pattern says of one member: a pattern for the object in it, or conditions of which one must hold. */
export type PatternField =
  | { readonly name: string; readonly within: Pattern }
  | { readonly name: string; readonly oneOf: readonly Condition[] };

export type ParsedPattern =
  | { readonly pattern: Pattern; readonly faults?: undefined }
  | { readonly pattern?: undefined; readonly faults: readonly Fault[] };

/** Not `Buffer`: the console's form runs this code in the browser. */
const UTF8 = new TextEncoder();

/** What may stand at the top, and what its value must be. */
const TOP: Readonly<Record<string, 'values' | 'object' | 'either'>> = {
  type: 'values',
  subject: 'values',
  metadata: 'object',
  data: 'either',
};

/**
 * Reads a filter, as `parseExactJson` gave it, or names all its faults. `pointer` is where the filter stands in
 * the request. The cost is bounded (`FILTER` in `contract/limits.ts`) before anything is looked at closely.
 */
export function parsePattern(value: unknown, pointer = ''): ParsedPattern {
  const oversize = sizeFault(value);
  if (oversize !== null) return { faults: [{ pointer, detail: oversize }] };
  const faults: Fault[] = [];
  const pattern = parseObject(value, pointer, faults, true);
  const heavy = countFault(pattern);
  if (heavy !== null) faults.push({ pointer, detail: heavy });
  return faults.length > 0 ? { faults } : { pattern };
}

function parseObject(value: unknown, pointer: string, faults: Fault[], top: boolean): Pattern {
  if (!isObject(value)) {
    faults.push({ pointer, detail: 'must be an object of field names' });
    return { fields: [], either: null };
  }
  const entries = Object.entries(value);
  if (entries.length === 0) faults.push({ pointer, detail: 'must name at least one field' });
  let either: Pattern[] | null = null;
  const fields: PatternField[] = [];
  for (const [name, wanted] of entries) {
    const at = step(pointer, name);
    if (name === '$or') either = parseEither(wanted, at, faults, top);
    else if (!top || isKnown(name, wanted, at, faults)) fields.push(parseField(name, wanted, at, faults));
  }
  return { fields, either };
}

/** Whether a top-level member is one of ours, and its value of the kind that can match. */
function isKnown(name: string, wanted: unknown, at: string, faults: Fault[]): boolean {
  const kind = Object.hasOwn(TOP, name) ? TOP[name] : undefined;
  const detail =
    kind === undefined
      ? 'is unknown: a filter is about type, subject, metadata and data'
      : kind === 'values' && isObject(wanted)
        ? 'must be an array of values and conditions: it is a text in the event'
        : kind === 'object' && Array.isArray(wanted)
          ? 'must be an object: name the metadata you ask for'
          : null;
  if (detail !== null) faults.push({ pointer: at, detail });
  return detail === null;
}

function parseField(name: string, wanted: unknown, at: string, faults: Fault[]): PatternField {
  if (isObject(wanted)) return { name, within: parseObject(wanted, at, faults, false) };
  if (!Array.isArray(wanted)) {
    faults.push({ pointer: at, detail: 'must be an array of values and conditions, or an object of fields' });
    return { name, oneOf: [] };
  }
  if (wanted.length === 0) faults.push({ pointer: at, detail: 'must hold at least one value or condition' });
  return { name, oneOf: wanted.flatMap((item, i) => parseCondition(item, step(at, i), faults) ?? []) };
}

function parseEither(wanted: unknown, at: string, faults: Fault[], top: boolean): Pattern[] {
  if (!Array.isArray(wanted) || wanted.length < 2) {
    faults.push({ pointer: at, detail: 'must be an array of at least two objects' });
    return [];
  }
  return wanted.map((branch, i) => parseObject(branch, step(at, i), faults, top));
}

function sizeFault(value: unknown): string | null {
  if (!isWithinDepth(value, FILTER.maxDepth)) return `must not nest deeper than ${FILTER.maxDepth} levels`;
  const bytes = UTF8.encode(JSON.stringify(value) ?? '').length;
  return bytes > FILTER.maxBytes ? `must be at most ${FILTER.maxBytes} bytes; it has ${bytes}` : null;
}

function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithinDepth(inner, levels - 1));
}

function countFault(pattern: Pattern): string | null {
  const { fields, conditions } = weigh(pattern);
  if (fields > FILTER.maxFields) return `must name at most ${FILTER.maxFields} fields; it names ${fields}`;
  if (conditions > FILTER.maxConditions) {
    return `must hold at most ${FILTER.maxConditions} conditions besides plain values; it holds ${conditions}`;
  }
  return null;
}

/** Fields named and conditions other than plain values, each with all that is below it. */
function weigh(pattern: Pattern): { fields: number; conditions: number } {
  let fields = pattern.fields.length;
  let conditions = 0;
  const inner = pattern.fields.flatMap((field) => ('within' in field ? [field.within] : []));
  for (const field of pattern.fields) {
    if ('oneOf' in field) conditions += field.oneOf.reduce((sum, condition) => sum + tests(condition), 0);
  }
  for (const part of [...inner, ...(pattern.either ?? [])]) {
    const weight = weigh(part);
    fields += weight.fields;
    conditions += weight.conditions;
  }
  return { fields, conditions };
}

function tests(condition: Condition): number {
  if (condition.kind === 'value') return 0;
  return condition.kind === 'anything-but'
    ? Math.max(
        1,
        condition.none.reduce((n, c) => n + tests(c), 0),
      )
    : 1;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}
