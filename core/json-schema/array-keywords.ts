import type { Steps } from '../steps.ts';
import { type Keyword, type KeywordTable, readCount, readFlag, readList, SchemaFault } from './keyword.ts';
import { isArray, isScalar, type JsonValue, memberOf, scalarKey, valueKey } from './value.ts';

/** What remembering an element costs, in steps. */
const STEPS_PER_ELEMENT = 8;

const prefixItems: Keyword = (value, context) => {
  const schemas = readList(value, context).map(([schema, pointer]) => context.child(schema, pointer));
  return (data, place, evaluation, evaluated) => {
    if (!isArray(data)) return true;
    const count = Math.min(schemas.length, data.length);
    evaluated?.addBefore(count);
    return schemas
      .slice(0, count)
      .every((schema, i) => schema.fits(data[i] ?? null, { parent: place, key: i }, evaluation, null));
  };
};

const items: Keyword = (value, context) => {
  if (isArray(value)) throw new SchemaFault(context.pointer, 'must be one schema: a list is "prefixItems"');
  const schema = context.child(value, context.pointer);
  const prefix = memberOf(context.schema, 'prefixItems');
  const from = isArray(prefix) ? prefix.length : 0;
  return (data, place, evaluation, evaluated) => {
    if (!isArray(data)) return true;
    evaluated?.addBefore(data.length);
    return data.every(
      (element, i) => i < from || schema.fits(element, { parent: place, key: i }, evaluation, null),
    );
  };
};

const contains: Keyword = (value, context) => {
  const schema = context.child(value, context.pointer);
  const [least, most] = ['minContains', 'maxContains'].map((name) => memberOf(context.schema, name));
  const min = least === undefined ? 1 : readCount(least, context);
  const max = most === undefined ? Number.POSITIVE_INFINITY : readCount(most, context);
  return (data, place, evaluation, evaluated) => {
    if (!isArray(data)) return true;
    const mark = evaluation.mark;
    let found = 0;
    for (const [i, element] of data.entries()) {
      if (!schema.fits(element, { parent: place, key: i }, evaluation, null)) continue;
      evaluated?.addIndex(i);
      found++;
    }
    evaluation.forget(mark);
    if (found >= min && found <= max) return true;
    const wanted = found < min ? `at least ${min}` : `at most ${max}`;
    return evaluation.fault(place, `must contain ${wanted} elements of the kind that the schema names`);
  };
};

/** What goes with `contains`, and asks nothing without it. */
const countOfContained: Keyword = (value, context) => {
  readCount(value, context);
  return null;
};

const maxItems: Keyword = (value, context) => {
  const most = readCount(value, context);
  return (data, place, evaluation) =>
    !isArray(data) || data.length <= most || evaluation.fault(place, `must have at most ${most} elements`);
};

const minItems: Keyword = (value, context) => {
  const least = readCount(value, context);
  return (data, place, evaluation) =>
    !isArray(data) || data.length >= least || evaluation.fault(place, `must have at least ${least} elements`);
};

const uniqueItems: Keyword = (value, context) => {
  if (!readFlag(value, context)) return null;
  return (data, place, evaluation) => {
    if (!isArray(data)) return true;
    const seen = new Set<string | number | boolean | null>();
    return data.every((element, i) => {
      const key = uniqueKey(element, evaluation.steps);
      if (seen.has(key)) {
        return evaluation.fault({ parent: place, key: i }, 'must not be the same as an element before it');
      }
      seen.add(key);
      return true;
    });
  };
};

/** Texts of scalars begin with quotation marks, those of others with brackets. */
function uniqueKey(element: JsonValue, steps: Steps): string | number | boolean | null {
  steps.spend(STEPS_PER_ELEMENT);
  return isScalar(element) ? scalarKey(element, steps) : valueKey(element, steps);
}

const unevaluatedItems: Keyword = (value, context) => {
  const schema = context.child(value, context.pointer);
  context.track();
  return (data, place, evaluation, evaluated) => {
    if (!isArray(data)) return true;
    const fine = data.every((element, i) => {
      if (evaluated?.hasIndex(i)) return true;
      const at = { parent: place, key: i };
      if (value === false) return evaluation.fault(at, 'is an element that the schema does not know');
      return schema.fits(element, at, evaluation, null);
    });
    evaluated?.addBefore(data.length);
    return fine;
  };
};

/** What is asked of arrays and their elements. */
export const ARRAY_KEYWORDS: KeywordTable = [
  ['minItems', minItems],
  ['maxItems', maxItems],
  ['prefixItems', prefixItems],
  ['items', items],
  ['contains', contains],
  ['minContains', countOfContained],
  ['maxContains', countOfContained],
  ['uniqueItems', uniqueItems],
];

/** Comes after all others. */
export const UNEVALUATED_ITEMS = unevaluatedItems;
