import { OPERATIONS, type OperationName, type OperationSpec } from '../contract/operations.ts';
import { writeJson } from './json-text.ts';
import type {
  AnswerOf,
  BareName,
  BodyOf,
  CallOptions,
  Calls,
  FullName,
  OptionsOf,
} from './operation-types.ts';
import { type Answer, exchange, REAL_WORLD, type World } from './transport.ts';

export interface FanfareOptions {
  /** Where the API is, with or without `/v1`: `https://hooks.example.com`. */
  readonly url: string;
  readonly apiKey: string;
  /** Time for one try, in milliseconds. */
  readonly timeoutMs?: number;
  /** Tries after the first one, for calls that may safely be repeated. */
  readonly retries?: number;
  /** Clock, chance and `fetch`, for tests. */
  readonly world?: Partial<World>;
}

/** An answer with its text, for where numbers must keep their digits. */
export interface WholeAnswer<Body> extends Answer {
  readonly body: Body;
}

/** Parts of a call as `request` takes them. */
export interface RequestParts<Name extends OperationName> {
  /** Values for the path's parameters, in order. */
  readonly path?: readonly string[];
  readonly body?: BodyOf<Name>;
  readonly options?: OptionsOf<Name> | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** The server waits up to 30 s for a test's attempt. */
const DEFAULT_TIMEOUT_MS = 35_000;
const DEFAULT_RETRIES = 3;

/**
 * Makes the calls: finds an operation's route in `contract/operations.ts`, adds the key, repeats what may be repeated,
 * and reads the answer.
 */
export class OperationCaller {
  readonly #url: string;
  readonly #apiKey: string;
  readonly #timeoutMs: number;
  readonly #retries: number;
  protected readonly world: World;

  /** Throws `TypeError` for a URL or key that no request can be made with. */
  constructor({ url, apiKey, timeoutMs, retries, world }: FanfareOptions) {
    if (!/^https?:$/.test(new URL(url).protocol)) throw new TypeError('url must be http or https');
    if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new TypeError('apiKey must be visible ASCII');
    this.#url = url.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.#apiKey = apiKey;
    this.#timeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#retries = retries ?? DEFAULT_RETRIES;
    this.world = { ...REAL_WORLD, ...world };
  }

  /** Any operation, with its whole answer. */
  async request<Name extends OperationName>(
    name: Name,
    parts: RequestParts<Name> = {},
  ): Promise<WholeAnswer<AnswerOf<Name>>> {
    const spec: OperationSpec = OPERATIONS[name];
    const { signal, timeoutMs = this.#timeoutMs, ...query } = parts.options ?? ({} as CallOptions);
    const body = parts.body === undefined ? undefined : writeJson(parts.body);
    const answer = await exchange(
      {
        method: spec.method,
        url: this.#url + pathOf(spec.path, parts.path ?? []) + queryOf(query),
        headers: {
          authorization: `Bearer ${this.#apiKey}`,
          accept: 'application/json, application/problem+json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(parts.idempotencyKey ? { 'idempotency-key': parts.idempotencyKey } : {}),
        },
        body,
        isAnswer: name === 'postEvents' ? hasResults : undefined,
        repeatable: isRepeatable(name, spec.method, parts),
        retries: this.#retries,
        timeoutMs,
        signal,
      },
      this.world,
    );
    const { status, text, requestId } = answer;
    return { status, text, requestId, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** A method for an operation without a body. */
  protected bare<Name extends BareName>(name: Name): Calls[Name] {
    return this.#method(name, (rest) => ({ options: rest[0] }) as RequestParts<Name>);
  }

  /** A method for an operation with one. */
  protected full<Name extends FullName>(name: Name): Calls[Name] {
    return this.#method(name, ([body, options]) => ({ body, options }) as RequestParts<Name>);
  }

  #method<Name extends OperationName>(
    name: Name,
    partsOf: (rest: readonly unknown[]) => RequestParts<Name>,
  ): Calls[Name] {
    const count = OPERATIONS[name].path.split('{').length - 1;
    const method = async (...args: readonly unknown[]): Promise<AnswerOf<Name>> => {
      const path = args.slice(0, count) as readonly string[];
      return (await this.request(name, { ...partsOf(args.slice(count)), path })).body;
    };
    return method as unknown as Calls[Name];
  }
}

/** An array of which no event was accepted is refused as a whole, but each event has its result all the same. */
function hasResults(text: string): boolean {
  return /^\s*\{\s*"results"/.test(text);
}

/** Operations that send a body to ask a question. */
const QUESTIONS: readonly OperationName[] = ['matchEvent'];

function isRepeatable<Name extends OperationName>(
  name: Name,
  method: OperationSpec['method'],
  { body, idempotencyKey }: RequestParts<Name>,
): boolean {
  if (name === 'postEvents') {
    const events = Array.isArray(body) ? body : [body];
    return Boolean(idempotencyKey) || events.every((event) => event?.id !== undefined);
  }
  return ['GET', 'PUT', 'DELETE'].includes(method) || QUESTIONS.includes(name);
}

function pathOf(path: string, values: readonly string[]): string {
  const left = values.values();
  return path.replace(/\{\w+\}/g, () => {
    const value = left.next().value ?? '';
    // Dots alone would climb out of the path.
    if (value === '' || value === '.' || value === '..') throw new TypeError(`"${value}" is not an id`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given}`;
}
