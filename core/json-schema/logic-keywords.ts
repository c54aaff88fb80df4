import { pointerTo } from '../ingest/event-fields.ts';
import { Evaluated } from './evaluated.ts';
import type { Check } from './evaluation.ts';
import { type Keyword, type KeywordContext, type KeywordTable, readList, readText } from './keyword.ts';
import type { Subschema } from './subschema.ts';
import { type JsonValue, memberOf } from './value.ts';

const reference: Keyword = (value, context) => context.referred(readText(value, context)).check;

/** JSON Schema Core 2020-12, section 8.2.3.2: the outermost schema with that anchor among those on the way here. */
const dynamicReference: Keyword = (value, context) => {
  const text = readText(value, context);
  const target = context.referred(text);
  const anchor = /#([^/].*)$/.exec(text)?.[1] ?? '';
  if (!target.resource.dynamicAnchors.has(anchor)) return target.check;
  const targets = context.dynamic(anchor);
  return (data, place, evaluation, evaluated) => {
    evaluation.steps.spend(evaluation.scope.length);
    const outermost = evaluation.scope.find((resource) => targets.has(resource));
    const chosen = (outermost && targets.get(outermost)) ?? target;
    return chosen.fits(data, place, evaluation, evaluated);
  };
};

const allOf: Keyword = (value, context) => {
  const schemas = eachInPlace(value, context);
  return (data, place, evaluation, evaluated) =>
    schemas.every((schema) => schema.fits(data, place, evaluation, evaluated));
};

const anyOf: Keyword = (value, context) => {
  const schemas = eachInPlace(value, context);
  return (data, place, evaluation, evaluated) => {
    const mark = evaluation.mark;
    let fine = false;
    for (const schema of schemas) {
      const seen = evaluated && new Evaluated();
      if (!schema.fits(data, place, evaluation, seen)) continue;
      fine = true;
      // Whoever asks what was looked at must hear of each that fits.
      if (seen === null) break;
      evaluated?.add(seen, evaluation.steps);
    }
    if (fine) evaluation.forget(mark);
    return fine || evaluation.fault(place, 'must fit one of the schemas in anyOf');
  };
};

const oneOf: Keyword = (value, context) => {
  const schemas = eachInPlace(value, context);
  return (data, place, evaluation, evaluated) => {
    const mark = evaluation.mark;
    let fitting = 0;
    for (const schema of schemas) {
      const seen = evaluated && new Evaluated();
      if (!schema.fits(data, place, evaluation, seen)) continue;
      if (++fitting > 1) break;
      if (seen !== null) evaluated?.add(seen, evaluation.steps);
    }
    if (fitting > 0) evaluation.forget(mark);
    if (fitting === 1) return true;
    return evaluation.fault(
      place,
      `must fit exactly one of the schemas in oneOf, and fits ${fitting === 0 ? 'none' : 'several'}`,
    );
  };
};

const not: Keyword = (value, context) => {
  const schema = context.inPlace(value, context.pointer);
  return (data, place, evaluation) => {
    const mark = evaluation.mark;
    const fits = schema.fits(data, place, evaluation, null);
    evaluation.forget(mark);
    return !fits || evaluation.fault(place, 'must not fit the schema in "not"');
  };
};

const condition: Keyword = (value, context) => {
  const schema = context.inPlace(value, context.pointer);
  const [whenTrue, whenFalse] = ['then', 'else'].map((name) => branch(name, context));
  return (data, place, evaluation, evaluated) => {
    const mark = evaluation.mark;
    const seen = evaluated && new Evaluated();
    const holds = schema.fits(data, place, evaluation, seen);
    evaluation.forget(mark);
    if (holds && seen !== null) evaluated?.add(seen, evaluation.steps);
    const next = holds ? whenTrue : whenFalse;
    return next === undefined || next(data, place, evaluation, evaluated);
  };
};

function branch(name: string, context: KeywordContext): Check | undefined {
  const schema = memberOf(context.schema, name);
  const pointer = pointerTo(name, context.pointer.slice(0, context.pointer.lastIndexOf('/')));
  return schema === undefined ? undefined : context.inPlace(schema, pointer).check;
}

/** Asks nothing by itself, but must be a schema. */
const companion: Keyword = (value, context) => {
  context.child(value, context.pointer);
  return null;
};

function eachInPlace(value: JsonValue, context: KeywordContext): readonly Subschema[] {
  return readList(value, context).map(([schema, pointer]) => context.inPlace(schema, pointer));
}

/** What is asked by other schemas of the same value. */
export const LOGIC_KEYWORDS: KeywordTable = [
  ['$ref', reference],
  ['$dynamicRef', dynamicReference],
  ['allOf', allOf],
  ['anyOf', anyOf],
  ['oneOf', oneOf],
  ['not', not],
  ['if', condition],
  ['then', companion],
  ['else', companion],
];
