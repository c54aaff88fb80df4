import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller } from '../../core/api-key.ts';
import { KnownTypes } from '../../core/event-types/known-types.ts';
import { type KeyLimit, KeyLimits } from '../../core/key-limits.ts';
import { decodeEventMessage } from '../../core/message.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import { SYSTEM_TENANT } from '../../core/system-tenant.ts';
import { createIngest } from '../../lambdas/ingest.ts';
import { answerText } from './answer-text.ts';
import { FakeClock, seededRandom } from './clock.ts';
import { FakeEventStore } from './fake-event-store.ts';
import { FakeEventTypes } from './fake-event-types.ts';
import { FakeLog } from './fake-log.ts';
import { FakeMeter } from './fake-meter.ts';
import { FakeQueue } from './fake-queue.ts';
import { type HttpEventOptions, httpEvent, lambdaContext } from './http-event.ts';

/** Keys of the bench, by token. */
const CALLERS: Readonly<Record<string, Caller>> = {
  free: { keyId: 'key_free', scopes: ['events:write'], tenant: null, lineage: [], expiresAt: null },
  bound: { keyId: 'key_bound', scopes: ['events:write'], tenant: 'acme', lineage: [], expiresAt: null },
  system: {
    keyId: 'key_system',
    scopes: ['events:write'],
    tenant: SYSTEM_TENANT,
    lineage: [],
    expiresAt: null,
  },
  reader: { keyId: 'key_reader', scopes: ['events:read'], tenant: null, lineage: [], expiresAt: null },
};

/** All that an answer's body may hold; a test that reads what is not there fails. */
export interface AnswerBody {
  readonly id: string;
  readonly tenant: string;
  readonly type: string;
  readonly acceptedAt: string;
  readonly duplicate: boolean;
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  readonly results: readonly AnswerBody[];
  readonly error: AnswerBody;
}

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
  readonly body: AnswerBody;
}

/** The real ingest handler, middlewares included, over fakes. */
export function ingestBench(limit: Partial<KeyLimit> = {}) {
  const clock = new FakeClock();
  const queue = new FakeQueue();
  const told = new FakeQueue();
  const store = new FakeEventStore(clock);
  const types = new FakeEventTypes();
  const log = new FakeLog();
  const meter = new FakeMeter();
  const handler = createIngest({
    authenticator: () => ({ authenticate: async (token) => CALLERS[token] ?? null }),
    claims: store,
    queue,
    operational: new OperationalEvents({ queue: told, clock, log }),
    types: new KnownTypes(types, clock, log),
    limits: new KeyLimits({ perSecond: 1_000, burst: 2_000, ...limit }, clock),
    clock,
    random: seededRandom(),
    log,
    meter,
  });

  /** Sends a request as it is. */
  const call = async (options: HttpEventOptions): Promise<Answer> => {
    const result: APIGatewayProxyStructuredResultV2 = await handler(httpEvent(options), lambdaContext());
    return {
      status: result.statusCode ?? 0,
      headers: result.headers ?? {},
      body: JSON.parse(answerText(result) || 'null'),
    };
  };

  /** Posts a body as JSON with the free key, unless the headers say otherwise. */
  const post = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
    call({ body, headers: { 'content-type': 'application/json', authorization: 'Bearer free', ...headers } });

  return {
    clock,
    queue,
    store,
    types,
    log,
    meter,
    call,
    post,
    /** The messages on the queue, taken apart. */
    messages: () => queue.bodies.map(decodeEventMessage),
  };
}
