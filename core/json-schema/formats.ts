import { fullFormats } from 'ajv-formats/dist/formats.js';
import { comparisonWith, type ExactNumber, isExactNumber, isWhole } from '../exact-number.ts';
import { compileRegExp, type LinearRegExp } from '../linear-regexp/linear-regexp.ts';
import type { Steps } from '../steps.ts';
import { type JsonValue, stepsOfText } from './value.ts';

/** Whether a value has a format; true for values of a type that the format says nothing of. */
type Format = (data: JsonValue, steps: Steps) => boolean;

const MAX_STATES = 10_000;

const INT32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };
const INT64 = { least: { rawJSON: '-9223372036854775808' }, most: { rawJSON: '9223372036854775807' } };

/**
 * Patterns in which at each character only one way can go on, so that `RegExp` reads the text once; an automaton that
 * follows all their alternatives would take thirty steps for each character.
 */
const READ_ONCE = ['ipv4', 'ipv6', 'uuid', 'hostname', 'uri-reference', 'json-pointer'];

/** Formats by name: those of JSON Schema and OpenAPI that ajv-formats knows. Other names ask nothing. */
export const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ...Object.entries(fullFormats).flatMap(([name, definition]): [string, Format][] => {
    if (definition instanceof RegExp) {
      const readOnce = READ_ONCE.includes(name);
      return [[name, readOnce ? textFormat((text) => definition.test(text)) : patternFormat(definition)]];
    }
    const validate: unknown =
      typeof definition === 'object' && 'validate' in definition ? definition.validate : definition;
    return typeof validate === 'function' ? [[name, textFormat(validate as (text: string) => boolean)]] : [];
  }),
  ['int32', integerFormat(INT32.least, INT32.most)],
  ['int64', integerFormat(INT64.least, INT64.most)],
  ['float', () => true],
  ['double', () => true],
]);

/** Run like patterns of a schema: several of them can be made to backtrack for long. */
function patternFormat({ source, ignoreCase }: RegExp): Format {
  let compiled: LinearRegExp | null = null;
  return (data, steps) => {
    compiled ??= compileRegExp(source, MAX_STATES, { ignoreCase });
    return typeof data !== 'string' || compiled.test(data, steps);
  };
}

/** Dates, times, base64 and the like: what it takes to judge them is in proportion to the text. */
function textFormat(validate: (text: string) => boolean): Format {
  return (data, steps) => {
    if (typeof data !== 'string') return true;
    steps.spend(8 * stepsOfText(data));
    return validate(data);
  };
}

function integerFormat(least: ExactNumber, most: ExactNumber): Format {
  const [toLeast, toMost] = [comparisonWith(least), comparisonWith(most)];
  return (data, steps) => {
    if (!isExactNumber(data)) return true;
    steps.spend(2);
    return isWhole(data) && toLeast(data) >= 0 && toMost(data) <= 0;
  };
}
