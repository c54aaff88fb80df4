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

/** What a member's name costs where all names are listed, and where they are sorted too. */
export const STEPS_PER_NAME = 4;
const STEPS_PER_SORTED_NAME = 16;

/** What looking at all of a text costs, in steps. */
export function stepsOfText(text: string): number {
  return 1 + Math.floor(text.length / CHARACTERS_PER_STEP);
}

/**
 * The same text for values that are equal as JSON: numbers by value, members in any order. Takes steps by the value's
 * size. Throws `StepsUsedUp`.
 */
export function valueKey(value: JsonValue, steps: Steps): string {
  if (typeof value === 'string') {
    steps.spend(stepsOfText(value));
    return JSON.stringify(value);
  }
  if (isExactNumber(value)) {
    steps.spend(lengthOfNumber(value));
    return numberKey(value);
  }
  if (isArray(value)) {
    steps.spend(1);
    return `[${value.map((element) => valueKey(element, steps)).join()}]`;
  }
  if (isObject(value)) {
    const names = Object.keys(value).sort();
    steps.spend(1 + STEPS_PER_SORTED_NAME * names.length);
    return `{${names.map((name) => `${valueKey(name, steps)}:${valueKey(value[name] ?? null, steps)}`).join()}}`;
  }
  steps.spend(1);
  return String(value);
}
