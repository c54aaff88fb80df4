import type { AST } from '@eslint-community/regexpp';

/** How many ways a backtracking engine may have to try: `fixed` × (length of the text + 1) to the power of `open`. */
export interface Ways {
  readonly fixed: number;
  readonly open: number;
}

const ONE: Ways = { fixed: 1, open: 0 };
/** Too many to say. */
const COUNTLESS: Ways = { fixed: Number.POSITIVE_INFINITY, open: 0 };

/** Counts what can be chosen in a pattern: where to begin, which alternative, and how often to repeat. */
export function waysOf(alternatives: readonly AST.Alternative[]): Ways {
  const anchored = alternatives.every(beginsAtStart);
  return times(eitherOf(alternatives), { fixed: 1, open: anchored ? 0 : 1 });
}

function eitherOf(alternatives: readonly AST.Alternative[]): Ways {
  const each = alternatives.map(({ elements }) => elements.map(ofElement).reduce(times, ONE));
  return {
    fixed: each.reduce((sum, { fixed }) => sum + fixed, 0),
    open: Math.max(...each.map(({ open }) => open)),
  };
}

function ofElement(element: AST.Element): Ways {
  switch (element.type) {
    case 'Group':
    case 'CapturingGroup':
      return eitherOf(element.alternatives);
    case 'Quantifier':
      return repeated(element);
    case 'Assertion':
      return 'alternatives' in element ? COUNTLESS : ONE;
    default:
      return ONE;
  }
}

/** A choice that is repeated is made anew each time. */
function repeated({ element, min, max }: AST.Quantifier): Ways {
  const inner = ofElement(element);
  if (inner.fixed > 1 || inner.open > 0) return min === 1 && max === 1 ? inner : COUNTLESS;
  return max === Number.POSITIVE_INFINITY ? { fixed: 1, open: 1 } : { fixed: max - min + 1, open: 0 };
}

function times(a: Ways, b: Ways): Ways {
  return { fixed: a.fixed * b.fixed, open: a.open + b.open };
}

/** Whether an alternative can match at the beginning of the text alone. */
export function beginsAtStart({ elements: [first] }: AST.Alternative): boolean {
  return first?.type === 'Assertion' && first.kind === 'start';
}
