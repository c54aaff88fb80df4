import { type ExactNumber, isExactNumber, isRawNumber, lengthOfNumber, numberKey } from '../exact-number.ts';
import type { Steps } from '../steps.ts';

/** What `parseExactJson` makes of a text. */
export type JsonValue = null | boolean | string | ExactNumber | readonly JsonValue[] | JsonObject;

/** Its members are its own: `constructor` and `__proto__` are names like any other. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Whether it is an object; a number kept as text is none. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A member of an object; undefined where it has none of its own. */
export function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Characters that cost one step to look at. */
const CHARACTERS_PER_STEP = 4;

/** What listing an object's names costs for each, in steps, and what sorting and joining them costs besides. */
export const STEPS_PER_NAME = 16;
const STEPS_PER_SORTED_NAME = 48;
/** What each value costs that becomes part of a key. */
const STEPS_PER_PART = 8;

/** What looking at all of a text costs, in steps. */
export function stepsOfText(text: string): number {
  return 1 + Math.floor(text.length / CHARACTERS_PER_STEP);
}

/** Whether it has no parts; a number kept as text has none. */
export function isScalar(value: JsonValue): value is null | boolean | string | ExactNumber {
  return typeof value !== 'object' || value === null || isRawNumber(value);
}

/** Whether two values are equal as JSON: numbers by value, members in any order. Throws `StepsUsedUp`. */
export function sameValue(a: JsonValue, b: JsonValue, steps: Steps): boolean {
  steps.spend(1);
  if (isArray(a) && isArray(b)) {
    return a.length === b.length && a.every((element, i) => sameValue(element, b[i] ?? null, steps));
  }
  if (isObject(a) && isObject(b)) {
    const names = namesOf(b, steps);
    return (
      names.every((name) => Object.hasOwn(a, name) && sameValue(a[name] ?? null, b[name] ?? null, steps)) &&
      namesOf(a, steps).length === names.length
    );
  }
  return isScalar(a) && isScalar(b) && scalarKey(a, steps) === scalarKey(b, steps);
}

/** The names of an object's members. Throws `StepsUsedUp`. */
export function namesOf(object: JsonObject, steps: Steps): readonly string[] {
  const names = Object.keys(object);
  steps.spend(STEPS_PER_NAME * names.length);
  return names;
}

/**
 * The same text for values that are equal as JSON, as above, and for no others. Takes steps by the value's size. Throws
 * `StepsUsedUp`.
 */
export function valueKey(value: JsonValue, steps: Steps): string {
  steps.spend(STEPS_PER_PART);
  if (isArray(value)) return `[${value.map((element) => valueKey(element, steps)).join()}]`;
  if (!isObject(value)) {
    const key = scalarKey(value, steps);
    return typeof key === 'string' ? JSON.stringify(key) : String(key);
  }
  const names = namesOf(value, steps).toSorted();
  steps.spend(STEPS_PER_SORTED_NAME * names.length);
  const members = names.map((name) => `${JSON.stringify(name)}:${valueKey(value[name] ?? null, steps)}`);
  return `{${members.join()}}`;
}

/**
 * What a scalar is looked up by: itself. A number kept as text equals none that is a number, so a text stands for it that
 * no string can be.
 */
export function scalarKey(
  value: null | boolean | string | ExactNumber,
  steps: Steps,
): null | boolean | string | number {
  if (typeof value === 'string') {
    steps.spend(stepsOfText(value));
    return `"${value}`;
  }
  if (!isExactNumber(value) || typeof value === 'number') return value;
  steps.spend(lengthOfNumber(value));
  return numberKey(value);
}
