import { InexactNumber } from '../exact-number.ts';
import type { Pattern, PatternField } from './event-pattern.ts';
import type { Condition } from './pattern-condition.ts';

/** Bytes that the parts of a compiled pattern take in Node 24, texts left out. Measured, and rounded up. */
const WHOLE = 300;
const OBJECT = 400;
const FIELD = 300;
const TEST = 260;
const SPELLING = 450;
const NETWORK = 150;
const AFFIX = 60;
const VALUE = 45;
const TEXT = 24;

/** About how much memory a pattern takes once it is compiled, in bytes. */
export function bytesOfPattern(pattern: Pattern): number {
  return WHOLE + bytesOfObject(pattern);
}

function bytesOfObject({ fields, either }: Pattern): number {
  return OBJECT + sum(fields.map(bytesOfField)) + sum((either ?? []).map(bytesOfObject));
}

function bytesOfField(field: PatternField): number {
  const inner = 'within' in field ? bytesOfObject(field.within) : bytesOfConditions(field.oneOf);
  return FIELD + bytesOfText(field.name) + inner;
}

function bytesOfConditions(conditions: readonly Condition[]): number {
  return TEST + sum(conditions.map(bytesOfCondition));
}

function bytesOfCondition(condition: Condition): number {
  switch (condition.kind) {
    case 'value':
      return VALUE + bytesOfValue(condition.value);
    case 'numeric':
      return TEST + sum(condition.bounds.map(({ number }) => bytesOfValue(number)));
    case 'anything-but':
      return bytesOfConditions(condition.none);
    case 'wildcard':
      return TEST + sum(condition.parts.map(bytesOfText));
    case 'prefix':
    case 'suffix':
      return AFFIX + bytesOfText(condition.text);
    case 'equals-ignore-case':
      return SPELLING + bytesOfText(condition.text);
    case 'cidr':
      return NETWORK;
    case 'exists':
      return 0;
  }
}

function bytesOfValue(value: unknown): number {
  if (typeof value === 'string') return bytesOfText(value);
  return value instanceof InexactNumber ? TEST + 2 * value.key.length : 0;
}

/** Texts of one character are there once for all. */
function bytesOfText(text: string): number {
  return text.length <= 1 ? 8 : TEXT + 2 * text.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
