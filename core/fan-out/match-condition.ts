import { InexactNumber } from '../exact-number.ts';
import { compileNetworks } from './match-network.ts';
import { compileRanges } from './match-number.ts';
import type { Steps } from './match-steps.ts';
import { compileTexts } from './match-text.ts';
import type { Condition, Scalar } from './pattern-condition.ts';

/** Whether a value meets a condition. Takes steps. */
export type ScalarTest = (value: Scalar, steps: Steps) => boolean;

type Of<Kind extends Condition['kind']> = Extract<Condition, { readonly kind: Kind }>;

/** Compiles conditions of which one must hold. All that can be told of a value at once is one test. */
export function compileConditions(conditions: readonly Condition[]): ScalarTest {
  const of = <Kind extends Condition['kind']>(...kinds: readonly Kind[]): readonly Of<Kind>[] =>
    conditions.filter((one): one is Of<Kind> => kinds.some((kind) => kind === one.kind));
  const values = of('value').map(({ value }) => value);
  const ranges = of('numeric').map(({ bounds }) => bounds);
  const networks = of('cidr');
  const tests: ScalarTest[] = [
    ...(values.length > 0 ? [compileValues(values)] : []),
    ...of('exists').map(
      ({ exists }): ScalarTest =>
        () =>
          exists,
    ),
    ...(ranges.length > 0 ? [onNumbers(compileRanges(ranges))] : []),
    ...compileTexts(of('prefix', 'suffix', 'equals-ignore-case', 'wildcard')).map(onTexts),
    ...(networks.length > 0 ? [onTexts(compileNetworks(networks))] : []),
    ...of('anything-but').map(({ none }) => compileExcluded(none)),
  ];
  const [first] = tests;
  if (first !== undefined && tests.length === 1) return first;
  return (value, steps) => tests.some((test) => test(value, steps));
}

/** With so few values, comparing is as quick as looking up, and takes less memory. */
const FEW = 8;

function compileValues(values: readonly Scalar[]): ScalarTest {
  const plain = values.filter((value) => !(value instanceof InexactNumber));
  const inexact = new Set(values.flatMap((value) => (value instanceof InexactNumber ? [value.key] : [])));
  const many = plain.length > FEW ? new Set(plain) : null;
  return (value, steps) => {
    steps.take(1);
    if (value instanceof InexactNumber) return inexact.has(value.key);
    return many === null ? plain.includes(value) : many.has(value);
  };
}

function compileExcluded(none: readonly Condition[]): ScalarTest {
  const excluded = compileConditions(none);
  return (value, steps) => !excluded(value, steps);
}

function onNumbers(test: ReturnType<typeof compileRanges>): ScalarTest {
  return (value, steps) =>
    (typeof value === 'number' || value instanceof InexactNumber) && test(value, steps);
}

function onTexts(test: (text: string, steps: Steps) => boolean): ScalarTest {
  return (value, steps) => typeof value === 'string' && test(value, steps);
}
