import { type Keyword, type KeywordTable, readFlag, readMap, readText, SchemaFault } from './keyword.ts';
import { isArray } from './value.ts';

const text: Keyword = (value, context) => {
  readText(value, context);
  return null;
};

const flag: Keyword = (value, context) => {
  readFlag(value, context);
  return null;
};

const definitions: Keyword = (value, context) => {
  for (const [, schema, pointer] of readMap(value, context)) context.child(schema, pointer);
  return null;
};

const examples: Keyword = (value, { pointer }) => {
  if (!isArray(value)) throw new SchemaFault(pointer, 'must be a list');
  return null;
};

const content: Keyword = (value, context) => {
  context.child(value, context.pointer);
  return null;
};

/** Ajv's own: a check that answers later, which would let everything pass. */
const unsupported: Keyword = (_value, { pointer }) => {
  throw new SchemaFault(pointer, 'is not supported');
};

/** Keywords that describe and ask nothing. What no table names is left alone, as the specification wants. */
export const WORDS: KeywordTable = [
  ['$comment', text],
  ['$defs', definitions],
  ['definitions', definitions],
  ['title', text],
  ['description', text],
  ['contentEncoding', text],
  ['contentMediaType', text],
  ['contentSchema', content],
  ['deprecated', flag],
  ['readOnly', flag],
  ['writeOnly', flag],
  ['examples', examples],
  ['$async', unsupported],
];
