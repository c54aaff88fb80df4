import {
  comparisonWith,
  type ExactNumber,
  isExactNumber,
  isMultipleOf,
  isWhole,
  lengthOfNumber,
} from '../exact-number.ts';
import { Steps } from '../steps.ts';
import type { Check } from './evaluation.ts';
import { FORMATS } from './formats.ts';
import {
  type Keyword,
  type KeywordTable,
  readCount,
  readFlag,
  readNumber,
  readText,
  SchemaFault,
} from './keyword.ts';
import {
  isArray,
  isObject,
  isScalar,
  type JsonValue,
  memberOf,
  sameValue,
  scalarKey,
  stepsOfText,
} from './value.ts';

const TYPES: Readonly<Record<string, (data: JsonValue) => boolean>> = {
  null: (data) => data === null,
  boolean: (data) => typeof data === 'boolean',
  string: (data) => typeof data === 'string',
  number: isExactNumber,
  integer: (data) => isExactNumber(data) && isWhole(data),
  array: isArray,
  object: isObject,
};

const type: Keyword = (value, { pointer, schema }) => {
  const names = isArray(value) ? value : [value];
  const known = names.filter((name) => typeof name === 'string' && Object.hasOwn(TYPES, name)).map(String);
  if (known.length === 0 || known.length < names.length || new Set(known).size < names.length) {
    throw new SchemaFault(pointer, `must be one of ${Object.keys(TYPES).join(', ')}, or a list of them`);
  }
  // As OpenAPI 3.0 has it.
  const nullable = memberOf(schema, 'nullable') === true;
  const tests = [...known, ...(nullable ? ['null'] : [])].flatMap((name) => TYPES[name] ?? []);
  const detail = `must be of type ${known.join(' or ')}`;
  return (data, place, evaluation) => tests.some((test) => test(data)) || evaluation.fault(place, detail);
};

const nullable: Keyword = (value, context) => {
  readFlag(value, context);
  return null;
};

/** The schema's own size bounds what reading it takes. */
const FREE = new Steps(Number.POSITIVE_INFINITY);

/** One of some values: those without parts are looked up, others compared one by one. */
function anyOfValues(values: readonly JsonValue[], detail: string): Check {
  const scalars = new Set(values.filter(isScalar).map((value) => scalarKey(value, FREE)));
  const nested = values.filter((value) => !isScalar(value));
  return (data, place, evaluation) => {
    const { steps } = evaluation;
    const known = isScalar(data)
      ? scalars.has(scalarKey(data, steps))
      : nested.some((value) => sameValue(data, value, steps));
    return known || evaluation.fault(place, detail);
  };
}

const enumeration: Keyword = (value, { pointer }) => {
  if (!isArray(value) || value.length === 0) throw new SchemaFault(pointer, 'must be a list, and not empty');
  return anyOfValues(value, 'must be one of the values that the schema allows');
};

const constant: Keyword = (value) => {
  const plain = !isScalar(value) ? '' : `: ${shortened(JSON.stringify(value))}`;
  return anyOfValues([value], `must be the value that the schema names${plain}`);
};

function bound(words: string, holds: (difference: number) => boolean): Keyword {
  return (value, context) => {
    const limit = readNumber(value, context);
    const compare = comparisonWith(limit);
    const detail = `must be ${words} ${spelled(limit)}`;
    return (data, place, evaluation) => {
      if (!isExactNumber(data)) return true;
      evaluation.steps.spend(lengthOfNumber(data));
      return holds(compare(data)) || evaluation.fault(place, detail);
    };
  };
}

const multipleOf: Keyword = (value, context) => {
  const step = readNumber(value, context);
  if (comparisonWith(0)(step) <= 0) throw new SchemaFault(context.pointer, 'must be above 0');
  const detail = `must be a multiple of ${spelled(step)}`;
  return (data, place, evaluation) => {
    if (!isExactNumber(data)) return true;
    const [length, stepLength] = [lengthOfNumber(data), lengthOfNumber(step)];
    // Long division, and reading the digits.
    evaluation.steps.spend(length * (16 + stepLength));
    return isMultipleOf(data, step) || evaluation.fault(place, detail);
  };
};

/** Characters count as code points. */
const maxLength: Keyword = (value, context) => {
  const most = readCount(value, context);
  return (data, place, evaluation) => {
    if (typeof data !== 'string' || data.length <= most) return true;
    evaluation.steps.spend(stepsOfText(data));
    return codePoints(data) <= most || evaluation.fault(place, `must have at most ${most} characters`);
  };
};

const minLength: Keyword = (value, context) => {
  const least = readCount(value, context);
  return (data, place, evaluation) => {
    if (typeof data !== 'string' || data.length >= 2 * least) return true;
    evaluation.steps.spend(stepsOfText(data));
    return codePoints(data) >= least || evaluation.fault(place, `must have at least ${least} characters`);
  };
};

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count++;
  return count;
}

const pattern: Keyword = (value, context) => {
  const source = readText(value, context);
  const regexp = context.regexp(source, context.pointer);
  const detail = `must match the pattern ${shortened(source)}`;
  return (data, place, evaluation) =>
    typeof data !== 'string' || regexp.test(data, evaluation.steps) || evaluation.fault(place, detail);
};

/** Formats nobody knows are annotations, as all of them are by the specification. */
const format: Keyword = (value, context) => {
  const name = readText(value, context);
  const known = FORMATS.get(name);
  if (known === undefined) return null;
  const detail = `must have the format ${shortened(name)}`;
  return (data, place, evaluation) => known(data, evaluation.steps) || evaluation.fault(place, detail);
};

function spelled(value: ExactNumber): string {
  return shortened(JSON.stringify(value));
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** What is asked of values without looking inside. */
export const SCALAR_KEYWORDS: KeywordTable = [
  ['type', type],
  ['nullable', nullable],
  ['const', constant],
  ['enum', enumeration],
  ['maximum', bound('at most', (difference) => difference <= 0)],
  ['minimum', bound('at least', (difference) => difference >= 0)],
  ['exclusiveMaximum', bound('below', (difference) => difference < 0)],
  ['exclusiveMinimum', bound('above', (difference) => difference > 0)],
  ['multipleOf', multipleOf],
  ['maxLength', maxLength],
  ['minLength', minLength],
  ['format', format],
  ['pattern', pattern],
];
