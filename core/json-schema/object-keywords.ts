import type { LinearRegExp } from '../linear-regexp/linear-regexp.ts';
import type { Check, Evaluation } from './evaluation.ts';
import {
  type Keyword,
  type KeywordContext,
  type KeywordTable,
  readCount,
  readMap,
  readNames,
} from './keyword.ts';
import { isArray, isObject, type JsonValue, memberOf, namesOf } from './value.ts';

const properties: Keyword = (value, context) => {
  const members = readMap(value, context).map(
    ([name, schema, pointer]) => [name, context.child(schema, pointer)] as const,
  );
  return (data, place, evaluation, evaluated) => {
    if (!isObject(data)) return true;
    evaluation.steps.spend(members.length);
    return members.every(([name, schema]) => {
      const member = memberOf(data, name);
      if (member === undefined) return true;
      evaluated?.addName(name);
      return schema.fits(member, { parent: place, key: name }, evaluation, null);
    });
  };
};

const patternProperties: Keyword = (value, context) => {
  const patterns = readMap(value, context).map(
    ([source, schema, pointer]) => [context.regexp(source, pointer), context.child(schema, pointer)] as const,
  );
  return (data, place, evaluation, evaluated) =>
    eachMember(data, evaluation, (name, member) =>
      patterns.every(([pattern, schema]) => {
        if (!pattern.test(name, evaluation.steps)) return true;
        evaluated?.addName(name);
        return schema.fits(member, { parent: place, key: name }, evaluation, null);
      }),
    );
};

const additionalProperties: Keyword = (value, context) => {
  const schema = context.child(value, context.pointer);
  const isNamed = namedBeside(context);
  return (data, place, evaluation, evaluated) =>
    eachMember(data, evaluation, (name, member) => {
      if (isNamed(name, evaluation)) return true;
      evaluated?.addName(name);
      const at = { parent: place, key: name };
      if (value === false) return evaluation.fault(at, 'is a field that the schema does not know');
      return schema.fits(member, at, evaluation, null);
    });
};

/** Whether `properties` or `patternProperties` beside it name a member. */
function namedBeside({ schema, regexp, pointer }: KeywordContext) {
  const named = memberOf(schema, 'properties');
  const patterned = memberOf(schema, 'patternProperties');
  const names = new Set(isObject(named) ? Object.keys(named) : []);
  const patterns: readonly LinearRegExp[] = isObject(patterned)
    ? Object.keys(patterned).map((source) => regexp(source, pointer))
    : [];
  return (name: string, { steps }: Evaluation): boolean =>
    names.has(name) || patterns.some((pattern) => pattern.test(name, steps));
}

const unevaluatedProperties: Keyword = (value, context) => {
  const schema = context.child(value, context.pointer);
  context.track();
  return (data, place, evaluation, evaluated) =>
    eachMember(data, evaluation, (name, member) => {
      if (evaluated?.hasName(name)) return true;
      evaluated?.addName(name);
      const at = { parent: place, key: name };
      if (value === false) return evaluation.fault(at, 'is a field that the schema does not know');
      return schema.fits(member, at, evaluation, null);
    });
};

const propertyNames: Keyword = (value, context) => {
  const schema = context.child(value, context.pointer);
  return (data, place, evaluation) =>
    eachMember(data, evaluation, (name) => {
      const mark = evaluation.mark;
      if (schema.fits(name, { parent: place, key: name }, evaluation, null)) return true;
      evaluation.forget(mark);
      return evaluation.fault({ parent: place, key: name }, 'has a name that the schema does not allow');
    });
};

const required: Keyword = (value, context) => requires(readNames(value, context.pointer));

const dependentRequired: Keyword = (value, context) =>
  whereNamed(readMap(value, context).map(([name, names, at]) => [name, requires(readNames(names, at))]));

const dependentSchemas: Keyword = (value, context) =>
  whereNamed(readMap(value, context).map(([name, schema, at]) => [name, context.inPlace(schema, at).check]));

/** The two above in one, as JSON Schema had it before 2019. */
const dependencies: Keyword = (value, context) =>
  whereNamed(
    readMap(value, context).map(([name, one, at]) => [
      name,
      isArray(one) ? requires(readNames(one, at)) : context.inPlace(one, at).check,
    ]),
  );

/** What is asked of an object that has a member. */
function whereNamed(dependencies: readonly (readonly [name: string, check: Check])[]): Check {
  return (data, place, evaluation, evaluated) => {
    if (!isObject(data)) return true;
    evaluation.steps.spend(dependencies.length);
    return dependencies.every(
      ([name, check]) => !Object.hasOwn(data, name) || check(data, place, evaluation, evaluated),
    );
  };
}

function requires(names: readonly string[]): Check {
  return (data, place, evaluation) => {
    if (!isObject(data)) return true;
    evaluation.steps.spend(names.length);
    return names.every(
      (name) => Object.hasOwn(data, name) || evaluation.fault({ parent: place, key: name }, 'is required'),
    );
  };
}

const maxProperties: Keyword = (value, context) => {
  const most = readCount(value, context);
  return (data, place, evaluation) =>
    !isObject(data) ||
    namesOf(data, evaluation.steps).length <= most ||
    evaluation.fault(place, `must have at most ${most} members`);
};

const minProperties: Keyword = (value, context) => {
  const least = readCount(value, context);
  return (data, place, evaluation) =>
    !isObject(data) ||
    namesOf(data, evaluation.steps).length >= least ||
    evaluation.fault(place, `must have at least ${least} members`);
};

function eachMember(
  data: JsonValue,
  evaluation: Evaluation,
  fits: (name: string, member: JsonValue) => boolean,
): boolean {
  return !isObject(data) || namesOf(data, evaluation.steps).every((name) => fits(name, data[name] ?? null));
}

/** What is asked of objects and their members. */
export const OBJECT_KEYWORDS: KeywordTable = [
  ['required', required],
  ['minProperties', minProperties],
  ['maxProperties', maxProperties],
  ['propertyNames', propertyNames],
  ['properties', properties],
  ['patternProperties', patternProperties],
  ['additionalProperties', additionalProperties],
  ['dependentRequired', dependentRequired],
  ['dependentSchemas', dependentSchemas],
  ['dependencies', dependencies],
];

/** Comes after all others. */
export const UNEVALUATED_PROPERTIES = unevaluatedProperties;
