import type { Event } from '../event.ts';
import { isRawNumber, parseExactJson } from '../exact-number.ts';
import type { Pattern, PatternField } from './event-pattern.ts';
import { compileConditions, type Scalar } from './match-condition.ts';

/** What a filter sees of an event. A subject that was not given is absent. */
export interface FilterView {
  readonly type: string;
  readonly subject?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: unknown;
}

/** Whether an event passes a filter. */
export type Matcher = (event: FilterView) => boolean;

/** Reads an event's data for filters: once per event, however many there are. Throws `SyntaxError` if it is not JSON. */
export function filterView(event: Pick<Event, 'type' | 'subject' | 'metadata' | 'data'>): FilterView {
  const { type, subject, metadata } = event;
  return { type, ...(subject === null ? {} : { subject }), metadata, data: parseExactJson(event.data) };
}

/** Compiles a pattern; the matcher looks at each part of an event at most once for each field of the pattern. */
export function compilePattern(pattern: Pattern): Matcher {
  const matches = compileWithin(pattern, []);
  return (event) => matches(event, new Absence(event));
}

type Members = Readonly<Record<string, unknown>>;

type Test<T> = (value: T, absence: Absence) => boolean;

type Path = readonly string[];

/**
 * One object must satisfy all of a pattern: in an array, conditions met by different elements do not add up.
 * Where there is no object, conditions on what is absent can still hold.
 */
function compileWithin(pattern: Pattern, path: Path): Test<unknown> {
  const fits = compileObject(pattern, path);
  return (value, absence) =>
    someOf(value, (one) => isObject(one) && fits(one, absence)) || fits(undefined, absence);
}

/** For one object, or for none. */
function compileObject(pattern: Pattern, path: Path): Test<Members | undefined> {
  const fields = pattern.fields.map((field) => compileField(field, path));
  const either = pattern.either?.map((branch) => compileObject(branch, path)) ?? null;
  return (object, absence) =>
    fields.every((field) => field(object, absence)) &&
    (either === null || either.some((branch) => branch(object, absence)));
}

function compileField(field: PatternField, parent: Path): Test<Members | undefined> {
  const { name } = field;
  const path = [...parent, name];
  if ('within' in field) {
    const within = compileWithin(field.within, path);
    return (object, absence) => within(member(object, name), absence);
  }
  const test = compileConditions(field.oneOf);
  const holds = (value: unknown): boolean => isScalar(value) && test(value);
  const mayBeAbsent = field.oneOf.some((condition) => condition.kind === 'exists' && !condition.exists);
  return (object, absence) => someOf(member(object, name), holds) || (mayBeAbsent && absence.of(path));
}

/**
 * What an event lacks. `exists: false` is about the whole event, as in EventBridge, which flattens it: one element
 * of an array that has the field is enough to say that it exists. Looked up once for each path and event.
 */
class Absence {
  readonly #event: FilterView;
  readonly #known = new Map<Path, boolean>();

  constructor(event: FilterView) {
    this.#event = event;
  }

  of(path: Path): boolean {
    let absent = this.#known.get(path);
    if (absent === undefined) {
      absent = !reaches(this.#event, path, 0);
      this.#known.set(path, absent);
    }
    return absent;
  }
}

/** Whether a value stands at the end of the path; an object or an empty array is none. */
function reaches(value: unknown, path: Path, depth: number): boolean {
  const name = path[depth];
  return someOf(value, (one) =>
    name === undefined ? isScalar(one) : isObject(one) && reaches(member(one, name), path, depth + 1),
  );
}

/** Whether it holds for the value or, if that is an array, for something in it; arrays in arrays are one. */
function someOf(value: unknown, holds: (one: unknown) => boolean): boolean {
  return Array.isArray(value) ? value.some((item) => someOf(item, holds)) : holds(value);
}

/** Own members only: `constructor` and `__proto__` are names like any other. */
function member(object: Members | undefined, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || (typeof value === 'object' ? isRawNumber(value) : value !== undefined);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}
