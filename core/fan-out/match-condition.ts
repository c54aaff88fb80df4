import { BlockList, isIP } from 'node:net';
import { comparisonWith, type ExactNumber, isExactNumber, isRawNumber, numberKey } from '../exact-number.ts';
import type { Bound, Condition, TextCondition } from './pattern-condition.ts';

/** A value that holds no others. */
export type Scalar = ExactNumber | string | boolean | null;

/** Whether a condition holds for a value. */
export type ScalarTest = (value: Scalar) => boolean;

/** Compiles conditions of which one must hold. All plain values together cost one look-up, and so do all networks. */
export function compileConditions(conditions: readonly Condition[]): ScalarTest {
  const plain = new Set<Scalar>();
  const exact = new Set<string>();
  const tests: ScalarTest[] = [];
  const networks = new BlockList();
  for (const condition of conditions) {
    if (condition.kind === 'cidr')
      networks.addSubnet(condition.address, condition.bits, familyOf(condition.address));
    else if (condition.kind !== 'value') tests.push(compileTest(condition));
    else if (isRawNumber(condition.value)) exact.add(numberKey(condition.value));
    else plain.add(condition.value);
  }
  if (networks.rules.length > 0)
    tests.push((value) => typeof value === 'string' && isInside(networks, value));
  return (value) =>
    plain.has(value) ||
    (exact.size > 0 && isRawNumber(value) && exact.has(numberKey(value))) ||
    tests.some((test) => test(value));
}

function compileTest(condition: Exclude<Condition, { kind: 'value' | 'cidr' }>): ScalarTest {
  switch (condition.kind) {
    case 'exists':
      return () => condition.exists;
    case 'numeric': {
      const bounds = condition.bounds.map(compileBound);
      return (value) => isExactNumber(value) && bounds.every((isWithin) => isWithin(value));
    }
    case 'anything-but': {
      const excluded = compileConditions(condition.none);
      return (value) => !excluded(value);
    }
    default: {
      const test = compileText(condition);
      return (value) => typeof value === 'string' && test(value);
    }
  }
}

function compileBound({ operator, number }: Bound): (value: ExactNumber) => boolean {
  const compare = comparisonWith(number);
  return (value) => {
    const order = compare(value);
    if (order === 0) return operator.endsWith('=');
    return order < 0 ? operator.startsWith('<') : operator.startsWith('>');
  };
}

/** An IPv4 address written as an IPv6 one (`::ffff:10.0.0.1`) counts as the former. */
function isInside(networks: BlockList, text: string): boolean {
  return isIP(text) !== 0 && networks.check(text, familyOf(text));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

function compileText(condition: TextCondition): (text: string) => boolean {
  switch (condition.kind) {
    case 'wildcard':
      return (text) => matchesWildcard(condition.parts, text);
    case 'equals-ignore-case':
      return ignoringCase(condition.text);
    case 'prefix': {
      const { text: prefix, ignoreCase } = condition;
      if (!ignoreCase) return (text) => text.startsWith(prefix);
      const same = ignoringCase(prefix);
      return (text) => same(text.slice(0, prefix.length));
    }
    case 'suffix': {
      const { text: suffix, ignoreCase } = condition;
      if (!ignoreCase) return (text) => text.endsWith(suffix);
      const same = ignoringCase(suffix);
      return (text) => same(text.slice(Math.max(0, text.length - suffix.length)));
    }
  }
}

/**
 * Equality under Unicode's simple case folding, which is what `i` and `u` together mean (ECMA-262, Canonicalize).
 * It never changes the length of a text in UTF-16, so that a slice of that length is all there is to compare.
 */
function ignoringCase(wanted: string): (text: string) => boolean {
  const whole = new RegExp(`^${RegExp.escape(wanted)}$`, 'iu');
  return (text) => text.length === wanted.length && whole.test(text);
}

/** Each part at its first place behind the one before it: with no other wildcard than `*`, going back finds no more. */
function matchesWildcard(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === first;
  const end = text.length - last.length;
  let at = first.length;
  if (at > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
