import type { Event } from '../event.ts';
import { InexactNumber, parseComparableJson } from '../exact-number.ts';
import type { Pattern, PatternField } from './event-pattern.ts';
import { compileConditions } from './match-condition.ts';
import { type Steps, TooCostlyError, type Verdict } from './match-steps.ts';
import type { Scalar } from './pattern-condition.ts';

/** What a filter sees of an event. A subject that was not given is absent. */
export interface FilterView {
  readonly type: string;
  readonly subject?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: unknown;
}

/** What a filter says of an event; the steps it takes are counted, from `begin` on. */
export type Matcher = (event: FilterView, steps: Steps) => Verdict;

/** Reads an event's data for filters: once per event, however many there are. Throws `SyntaxError` if it is not JSON. */
export function filterView(event: Pick<Event, 'type' | 'subject' | 'metadata' | 'data'>): FilterView {
  const { type, subject, metadata } = event;
  return { type, ...(subject === null ? {} : { subject }), metadata, data: parseComparableJson(event.data) };
}

/** Compiles a pattern; the matcher looks at each part of an event at most once for each field of the pattern. */
export function compilePattern(pattern: Pattern): Matcher {
  const matches = compileWithin(pattern, null);
  return (event, steps) => {
    steps.begin();
    try {
      return matches(event, new Look(event, steps)) ? 'match' : 'mismatch';
    } catch (cause) {
      if (cause instanceof TooCostlyError) return 'too-costly';
      throw cause;
    }
  };
}

type Members = Readonly<Record<string, unknown>>;

type Test<T> = (value: T, look: Look) => boolean;

/** The names that lead to a member, the last one first; null: the event itself. */
type Path = { readonly name: string; readonly parent: Path } | null;

/**
 * One object must satisfy all of a pattern: in an array, conditions met by different elements do not add up.
 * Where there is no object, conditions on what is absent can still hold.
 */
function compileWithin(pattern: Pattern, path: Path): Test<unknown> {
  const fits = compileObject(pattern, path);
  const isOne: Test<unknown> = (one, look) => isObject(one) && fits(one, look);
  return (value, look) => someOf(value, look, isOne) || fits(undefined, look);
}

/** For one object, or for none. */
function compileObject(pattern: Pattern, path: Path): Test<Members | undefined> {
  const fields = pattern.fields.map((field) => compileField(field, path));
  const either = pattern.either?.map((branch) => compileObject(branch, path)) ?? null;
  return (object, look) =>
    fields.every((field) => field(object, look)) &&
    (either === null || either.some((branch) => branch(object, look)));
}

function compileField(field: PatternField, parent: Path): Test<Members | undefined> {
  const { name } = field;
  const path = { name, parent };
  if ('within' in field) {
    const within = compileWithin(field.within, path);
    return (object, look) => within(member(object, name), look);
  }
  const test = compileConditions(field.oneOf);
  const holds: Test<unknown> = (value, look) => isScalar(value) && test(value, look.steps);
  const mayBeAbsent = field.oneOf.some((condition) => condition.kind === 'exists' && !condition.exists);
  return (object, look) => someOf(member(object, name), look, holds) || (mayBeAbsent && look.lacks(path));
}

/** One look at an event. */
class Look {
  readonly steps: Steps;
  readonly #event: FilterView;
  readonly #lacking = new Map<Path, boolean>();

  constructor(event: FilterView, steps: Steps) {
    this.#event = event;
    this.steps = steps;
  }

  /**
   * What an event lacks. `exists: false` is about the whole event, as in EventBridge, which flattens it: one element
   * of an array that has the field is enough to say that it exists. Looked up once for each path and event.
   */
  lacks(path: Path): boolean {
    let lacking = this.#lacking.get(path);
    if (lacking === undefined) {
      lacking = !reaches(this.#event, namesOf(path), 0, this);
      this.#lacking.set(path, lacking);
    }
    return lacking;
  }
}

function namesOf(path: Path): readonly string[] {
  return path === null ? [] : [...namesOf(path.parent), path.name];
}

/** Whether a value stands at the end of the path; an object or an empty array is none. */
function reaches(value: unknown, path: readonly string[], depth: number, look: Look): boolean {
  const name = path[depth];
  return someOf(value, look, (one) =>
    name === undefined ? isScalar(one) : isObject(one) && reaches(member(one, name), path, depth + 1, look),
  );
}

/** Whether it holds for the value or, if that is an array, for something in it; arrays in arrays are one. */
function someOf(value: unknown, look: Look, holds: Test<unknown>): boolean {
  look.steps.take(1);
  if (!Array.isArray(value)) return holds(value, look);
  for (const item of value) if (someOf(item, look, holds)) return true;
  return false;
}

/** Own members only: `constructor` and `__proto__` are names like any other. */
function member(object: Members | undefined, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || (typeof value === 'object' ? value instanceof InexactNumber : value !== undefined);
}

function isObject(value: unknown): value is Members {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof InexactNumber)
  );
}
