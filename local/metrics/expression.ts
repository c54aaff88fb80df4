/** A value of a metric in one period; null where there is no data. */
type Value = number | null;

/** Works out an id or a number of an expression in one period. */
export type Values = (id: string) => Value;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z]\w*)|(<=|>=|==|!=|[-+*/<>()[\],]))/y;

/**
 * Works out a metric math expression for one period: arithmetic, comparisons, AND, OR, IF, FILL, SUM and MAX, which is
 * what the template uses. Where a value is missing the result is missing, as on AWS.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluate(expression: string, values: Values): Value {
  const parser = new Parser(tokens(expression), values);
  const value = parser.whole();
  if (value === undefined) throw new Error(`cannot read the expression ${expression}`);
  return value;
}

/** Binary operators by precedence, the loosest first. */
const LEVELS: readonly Readonly<Record<string, (a: number, b: number) => number | null>>[] = [
  { OR: (a, b) => Number(a !== 0 || b !== 0) },
  { AND: (a, b) => Number(a !== 0 && b !== 0) },
  {
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => (b === 0 ? null : a / b) },
];

const OF_LISTS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

class Parser {
  readonly #tokens: readonly string[];
  readonly #values: Values;
  #at = 0;

  constructor(all: readonly string[], values: Values) {
    this.#tokens = all;
    this.#values = values;
  }

  /** The value of the whole expression; undefined if something is left over. */
  whole(): Value | undefined {
    const value = this.#level(0);
    return this.#at === this.#tokens.length ? value : undefined;
  }

  #level(depth: number): Value {
    const operators = LEVELS[depth];
    if (!operators) return this.#single();
    let left = this.#level(depth + 1);
    for (let operator = operators[this.#peek()]; operator; operator = operators[this.#peek()]) {
      this.#at++;
      const right = this.#level(depth + 1);
      left = left === null || right === null ? null : operator(left, right);
    }
    return left;
  }

  #single(): Value {
    const token = this.#take();
    if (/^\d/.test(token)) return Number(token);
    if (token === '(') {
      const value = this.#level(0);
      this.#expect(')');
      return value;
    }
    if (this.#peek() !== '(') return this.#values(token);
    this.#at++;
    if (token in OF_LISTS) return this.#ofList(token);
    const given = this.#list(')');
    if (token === 'FILL') return given[0] ?? given[1] ?? null;
    if (token === 'IF') return given[0] ? (given[1] ?? null) : (given[2] ?? null);
    throw new Error(`the runner does not know ${token} in expressions`);
  }

  #ofList(name: string): Value {
    this.#expect('[');
    const known = this.#list(']').filter((value) => value !== null);
    this.#expect(')');
    return known.length === 0 ? null : (OF_LISTS[name]?.(known) ?? null);
  }

  #list(end: string): readonly Value[] {
    const values: Value[] = [];
    for (;;) {
      values.push(this.#level(0));
      const next = this.#take();
      if (next === end) return values;
      if (next !== ',') throw new Error(`expected , or ${end}, not ${next}`);
    }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #take(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #expect(token: string): void {
    if (this.#take() !== token) throw new Error(`expected ${token}`);
  }
}

function tokens(expression: string): readonly string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const match = TOKEN.exec(expression);
    if (!match) throw new Error(`cannot read the expression ${expression}`);
    found.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return found;
}
