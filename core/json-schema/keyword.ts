import { type ExactNumber, isExactNumber, isRawNumber, isWhole } from '../exact-number.ts';
import { pointerTo } from '../ingest/event-fields.ts';
import type { LinearRegExp } from '../linear-regexp/linear-regexp.ts';
import type { Check } from './evaluation.ts';
import type { Resource } from './resources.ts';
import type { Subschema } from './subschema.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './value.ts';

/** Raised for a schema that can't be used; names the place in it by JSON pointer. */
export class SchemaFault extends Error {
  override readonly name = 'SchemaFault';
  readonly pointer: string;

  constructor(pointer: string, detail: string) {
    super(detail);
    this.pointer = pointer;
  }
}

/** What compiling a keyword may ask for. All that is wrong is raised as a `SchemaFault`. */
export interface KeywordContext {
  /** The schema that the keyword stands in. */
  readonly schema: JsonObject;
  readonly resource: Resource;
  /** Where the keyword stands. */
  readonly pointer: string;
  /** A schema for values inside the value. */
  child(schema: JsonValue, pointer: string): Subschema;
  /** A schema for the same value. */
  inPlace(schema: JsonValue, pointer: string): Subschema;
  /** The schema that a reference leads to, for the same value. */
  referred(reference: string): Subschema;
  /** Schemas with this `$dynamicAnchor`, by resource, each for the same value. */
  dynamic(anchor: string): ReadonlyMap<Resource, Subschema>;
  regexp(pattern: string, pointer: string): LinearRegExp;
  /** The schema asks what no other looked at. */
  track(): void;
}

/** Compiles a keyword; null where it asks nothing by itself. */
export type Keyword = (value: JsonValue, context: KeywordContext) => Check | null;

/** Keywords by name, in the order in which they are asked. */
export type KeywordTable = readonly (readonly [name: string, keyword: Keyword])[];

export function readCount(value: JsonValue, { pointer }: KeywordContext): number {
  const count =
    isExactNumber(value) && isWhole(value) ? (isRawNumber(value) ? Number(value.rawJSON) : value) : -1;
  if (count < 0) throw new SchemaFault(pointer, 'must be a whole number, 0 or above');
  return count;
}

export function readNumber(value: JsonValue, { pointer }: KeywordContext): ExactNumber {
  if (!isExactNumber(value)) throw new SchemaFault(pointer, 'must be a number');
  return value;
}

export function readText(value: JsonValue, { pointer }: { readonly pointer: string }): string {
  if (typeof value !== 'string') throw new SchemaFault(pointer, 'must be a string');
  return value;
}

export function readFlag(value: JsonValue, { pointer }: KeywordContext): boolean {
  if (typeof value !== 'boolean') throw new SchemaFault(pointer, 'must be true or false');
  return value;
}

/** A list of names, none of them twice. */
export function readNames(value: JsonValue, pointer: string): readonly string[] {
  const names = isArray(value) ? value.filter((name) => typeof name === 'string') : [];
  if (!isArray(value) || names.length < value.length || new Set(names).size < names.length) {
    throw new SchemaFault(pointer, 'must be a list of strings, none of them twice');
  }
  return names;
}

/** A list of schemas, with the pointer of each. */
export function readList(
  value: JsonValue,
  { pointer }: KeywordContext,
): readonly (readonly [JsonValue, string])[] {
  if (!isArray(value) || value.length === 0) {
    throw new SchemaFault(pointer, 'must be a list of schemas, and not empty');
  }
  return value.map((schema, i) => [schema, `${pointer}/${i}`]);
}

/** An object of something by name, with the pointer of each. */
export function readMap(
  value: JsonValue,
  { pointer }: KeywordContext,
): readonly (readonly [name: string, value: JsonValue, pointer: string])[] {
  if (!isObject(value)) throw new SchemaFault(pointer, 'must be an object');
  return Object.entries(value).map(([name, member]) => [name, member, pointerTo(name, pointer)]);
}
