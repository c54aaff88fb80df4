import { InexactNumber } from '../exact-number.ts';
import { compileNetworks } from './match-network.ts';
import { compileRanges } from './match-number.ts';
import type { Steps } from './match-steps.ts';
import { compileTexts } from './match-text.ts';
import type { Condition, Scalar } from './pattern-condition.ts';

/** Whether a value meets a condition. Takes steps. */
export type ScalarTest = (value: Scalar, steps: Steps) => boolean;

/**
 * Compiles conditions of which one must hold. All that can be told of a value at once is one test.
 *
 * Here and in what this calls, a test is made by a function that knows no more than the test needs: a closure keeps
 * whatever its surroundings keep, and the conditions themselves take several times the memory.
 */
export function compileConditions(conditions: readonly Condition[]): ScalarTest {
  const values = ofKinds(conditions, 'value').map(({ value }) => value);
  const ranges = ofKinds(conditions, 'numeric').map(({ bounds }) => bounds);
  const networks = ofKinds(conditions, 'cidr');
  const texts = ofKinds(conditions, 'prefix', 'suffix', 'equals-ignore-case', 'wildcard');
  return oneOf([
    ...(values.length > 0 ? [compileValues(values)] : []),
    ...ofKinds(conditions, 'exists').map(({ exists }) => (exists ? ANY : NONE)),
    ...(ranges.length > 0 ? [onNumbers(compileRanges(ranges))] : []),
    ...compileTexts(texts).map(onTexts),
    ...(networks.length > 0 ? [onTexts(compileNetworks(networks))] : []),
    ...ofKinds(conditions, 'anything-but').map(({ none }) => not(compileConditions(none))),
  ]);
}

type Of<Kind extends Condition['kind']> = Extract<Condition, { readonly kind: Kind }>;

function ofKinds<Kind extends Condition['kind']>(
  conditions: readonly Condition[],
  ...kinds: readonly Kind[]
): readonly Of<Kind>[] {
  return conditions.filter((one): one is Of<Kind> => kinds.some((kind) => kind === one.kind));
}

const ANY: ScalarTest = () => true;
const NONE: ScalarTest = () => false;

function oneOf(tests: readonly ScalarTest[]): ScalarTest {
  const [first] = tests;
  if (first !== undefined && tests.length === 1) return first;
  return (value, steps) => tests.some((test) => test(value, steps));
}

function not(test: ScalarTest): ScalarTest {
  return (value, steps) => !test(value, steps);
}

/** With so few values, comparing is as quick as looking up, and takes less memory. */
const FEW = 8;

function compileValues(values: readonly Scalar[]): ScalarTest {
  const inexact = values.flatMap((value) => (value instanceof InexactNumber ? [value.key] : []));
  const plain = isAmong(values.filter((value) => !(value instanceof InexactNumber)));
  return inexact.length === 0 ? plain : isAmongExactly(plain, new Set(inexact));
}

function isAmong(values: readonly Scalar[]): ScalarTest {
  return values.length > FEW ? isInSet(new Set(values)) : isInArray(values);
}

function isInSet(values: ReadonlySet<Scalar>): ScalarTest {
  return (value, steps) => {
    steps.take(1);
    return values.has(value);
  };
}

function isInArray(values: readonly Scalar[]): ScalarTest {
  return (value, steps) => {
    steps.take(1);
    return values.includes(value);
  };
}

function isAmongExactly(isPlain: ScalarTest, inexact: ReadonlySet<string>): ScalarTest {
  return (value, steps) => {
    if (!(value instanceof InexactNumber)) return isPlain(value, steps);
    steps.take(1);
    return inexact.has(value.key);
  };
}

function onNumbers(test: ReturnType<typeof compileRanges>): ScalarTest {
  return (value, steps) =>
    (typeof value === 'number' || value instanceof InexactNumber) && test(value, steps);
}

function onTexts(test: (text: string, steps: Steps) => boolean): ScalarTest {
  return (value, steps) => typeof value === 'string' && test(value, steps);
}
