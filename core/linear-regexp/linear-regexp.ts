import { type AST, RegExpParser } from '@eslint-community/regexpp';
import type { Steps } from '../steps.ts';
import { CharacterSet } from './character-set.ts';
import { type Assertion, characterBefore, type Instruction, Program } from './program.ts';
import { beginsAtStart, waysOf } from './ways.ts';

/** Raised for a pattern that can't be run; the text says why. */
export class PatternFault extends Error {
  override readonly name = 'PatternFault';
}

/** A regular expression whose cost is bounded: states times characters at most, and counted in steps. */
export interface LinearRegExp {
  /** Like `RegExp.prototype.test`. Throws `StepsUsedUp`. */
  test(text: string, steps: Steps): boolean;
  /** What it takes up in memory, roughly 100 bytes each. */
  readonly states: number;
}

/**
 * Up to so much work a text is given to `RegExp`, which is some fifty times faster: the ways it may have to try, times the
 * pattern's states. Nothing it could do within that takes long.
 */
const BACKTRACKING_WORK = 16_384;
/** Of that work, what counts as one step. */
const WORK_PER_STEP = 16;

export interface RegExpOptions {
  readonly ignoreCase?: boolean;
  /** 0: nothing is given to `RegExp`. */
  readonly backtrackingWork?: number;
}

/**
 * Compiles a pattern of ECMAScript in Unicode mode, as JSON Schema uses them, with or without the flag `i`. Everything
 * means what it means to `RegExp`; only references back to a group (`\1`) can't be followed in bounded time. Throws
 * `PatternFault` for those, for a pattern that is none, and for one of more than `maxStates`.
 */
export function compileRegExp(
  pattern: string,
  maxStates: number,
  { ignoreCase = false, backtrackingWork = BACKTRACKING_WORK }: RegExpOptions = {},
): LinearRegExp {
  const flags = ignoreCase ? 'iu' : 'u';
  try {
    // V8 must agree that it is a pattern: it reads the latest edition.
    const backtracking = new RegExp(pattern, flags);
    const { alternatives } = PARSER.parsePattern(pattern, 0, pattern.length, { unicode: true });
    const budget = { left: maxStates, limit: maxStates };
    const program = new Compiler(flags, budget, false).program(alternatives);
    const states = budget.limit - budget.left;
    const { fixed, open } = waysOf(alternatives);
    const anywhere = !alternatives.every(beginsAtStart);
    return {
      states,
      test: (text, steps) => {
        const work = fixed * (text.length + 1) ** open * states;
        if (work > backtrackingWork) return program.matches(text, 0, anywhere, steps);
        steps.spend(1 + Math.ceil(work / WORK_PER_STEP));
        return backtracking.test(text);
      },
    };
  } catch (cause) {
    if (cause instanceof PatternFault) throw cause;
    if (cause instanceof RangeError) throw new PatternFault('it is nested too deep');
    if (cause instanceof SyntaxError) throw new PatternFault('it is not a regular expression', { cause });
    throw cause;
  }
}

const PARSER = new RegExpParser({ ecmaVersion: 2024 });

/** Writes the program from its end to its beginning, so that each part knows where to go on. */
class Compiler {
  readonly #code: Instruction[] = [];
  readonly #sets = new Map<string, CharacterSet>();
  readonly #flags: string;
  readonly #states: { left: number; readonly limit: number };
  readonly #backward: boolean;

  constructor(flags: string, states: { left: number; readonly limit: number }, backward: boolean) {
    this.#flags = flags;
    this.#states = states;
    this.#backward = backward;
  }

  program(alternatives: readonly AST.Alternative[]): Program {
    const end = this.#emit({ kind: 'match' });
    return new Program(this.#code, this.#alternatives(alternatives, end), this.#backward);
  }

  #alternatives(alternatives: readonly AST.Alternative[], next: number): number {
    const entries = alternatives.map(({ elements }) => this.#sequence(elements, next));
    return entries.reduceRight((other, entry) => this.#emit({ kind: 'split', next: entry, other }));
  }

  #sequence(elements: readonly AST.Element[], next: number): number {
    const write = (rest: number, element: AST.Element): number => this.#element(element, rest);
    return this.#backward ? elements.reduce(write, next) : elements.reduceRight(write, next);
  }

  #element(element: AST.Element, next: number): number {
    switch (element.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
        return this.#emit({ kind: 'character', set: this.#set(element.raw), next });
      case 'CapturingGroup':
      case 'Group':
        return this.#alternatives(element.alternatives, next);
      case 'Quantifier':
        return this.#repeated(element, next);
      case 'Assertion':
        return this.#emit({ kind: 'assertion', holds: this.#assertion(element), next });
      case 'Backreference':
        throw new PatternFault('it refers back to a group, which is not supported');
      case 'ExpressionCharacterClass':
        throw new PatternFault('it needs the flag v, which is not supported');
    }
  }

  /** What is repeated is written once for each time it must or may come, and once for any number of times. */
  #repeated({ element, min, max }: AST.Quantifier, next: number): number {
    let entry = next;
    if (max === Number.POSITIVE_INFINITY) {
      const loop: Instruction = { kind: 'split', next, other: next };
      entry = this.#emit(loop);
      loop.other = this.#element(element, entry);
    } else {
      for (let i = min; i < max; i++) {
        entry = this.#emit({ kind: 'split', next: this.#element(element, entry), other: next });
      }
    }
    for (let i = 0; i < min; i++) {
      const rest = entry;
      entry = this.#element(element, rest);
      // What takes nothing may be repeated a billion times.
      if (entry === rest) break;
    }
    return entry;
  }

  #assertion(assertion: AST.Assertion): Assertion {
    switch (assertion.kind) {
      case 'start':
        return (_text, at) => at === 0;
      case 'end':
        return (text, at) => at === text.length;
      case 'word':
        return this.#wordBoundary(assertion.negate);
      case 'lookahead':
      case 'lookbehind': {
        const behind = assertion.kind === 'lookbehind';
        const program = new Compiler(this.#flags, this.#states, behind).program(assertion.alternatives);
        const { negate } = assertion;
        return (text, at, steps) => program.matches(text, at, false, steps) !== negate;
      }
    }
  }

  #wordBoundary(negate: boolean): Assertion {
    const word = this.#set('\\w');
    return (text, at) => {
      const [before, after] = [characterBefore(text, at), text.codePointAt(at)];
      const boundary =
        (before !== undefined && word.has(before)) !== (after !== undefined && word.has(after));
      return boundary !== negate;
    };
  }

  /** A repeated class is written many times, and looked up once. */
  #set(source: string): CharacterSet {
    const set = this.#sets.get(source) ?? new CharacterSet(source, this.#flags);
    this.#sets.set(source, set);
    return set;
  }

  #emit(instruction: Instruction): number {
    if (this.#states.left-- <= 0) {
      throw new PatternFault(`it needs more than ${this.#states.limit} states: repeat less`);
    }
    return this.#code.push(instruction) - 1;
  }
}
