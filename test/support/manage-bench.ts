import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { QUOTA, type Quotas } from '../../contract/limits.ts';
import type { Authenticator, Caller } from '../../core/api-key.ts';
import type { OutgoingRequest, SendOutcome } from '../../core/dispatch/ports.ts';
import { KeyLimits } from '../../core/key-limits.ts';
import { type OperationsDeps, operations } from '../../core/manage/operations.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import { createManage } from '../../lambdas/manage.ts';
import { answerText } from './answer-text.ts';
import { FakeClock, seededRandom } from './clock.ts';
import { FakeDeadLetters } from './dead-letters.ts';
import { answer } from './dispatch-world.ts';
import { FakeApiKeys } from './fake-api-keys.ts';
import { FakeDeliveryLog } from './fake-delivery-log.ts';
import { FakeEventStore } from './fake-event-store.ts';
import { FakeEventTypes } from './fake-event-types.ts';
import { FakeLog } from './fake-log.ts';
import { FakeManualRetries } from './fake-manual-retries.ts';
import { FakeMeter } from './fake-meter.ts';
import { FakeQueue } from './fake-queue.ts';
import { FakeSubscriptions } from './fake-subscriptions.ts';
import { FakeTasks } from './fake-tasks.ts';
import { FakeTenants } from './fake-tenants.ts';
import { FakeTestLeases } from './fake-test-leases.ts';
import { httpEvent, lambdaContext } from './http-event.ts';

/** An answer of the API, its body read. */
export interface ManageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Keys a test may use as bearer tokens. */
const CALLERS: Readonly<Record<string, Caller>> = {
  admin: { keyId: 'admin', scopes: ['admin'], tenant: null, lineage: [], expiresAt: null },
  acme: { keyId: 'key_acme', scopes: ['admin'], tenant: 'acme', lineage: [], expiresAt: null },
  globex: { keyId: 'key_globex', scopes: ['admin'], tenant: 'globex', lineage: [], expiresAt: null },
  reader: {
    keyId: 'key_reader',
    scopes: ['subscriptions:read', 'deliveries:read'],
    tenant: 'acme',
    lineage: [],
    expiresAt: null,
  },
};

const FIXED: Authenticator = { authenticate: async (token) => CALLERS[token] ?? null };

/** The real function `manage`, middlewares included, over stores in memory. */
export class ManageBench {
  readonly clock = new FakeClock();
  readonly quotas: Quotas;
  readonly leases: FakeTestLeases;
  readonly store = new FakeSubscriptions();
  readonly keys = new FakeApiKeys();
  readonly eventTypes = new FakeEventTypes();
  readonly tenants = new FakeTenants();
  readonly events = new FakeEventStore(this.clock);
  readonly deliveries = new FakeDeliveryLog();
  readonly deadLetters = new FakeDeadLetters();
  readonly tasks = new FakeTasks();
  readonly taskQueue = new FakeQueue();
  readonly deliveryQueue = new FakeQueue();
  readonly told = new FakeQueue();
  readonly log = new FakeLog();
  readonly meter = new FakeMeter();
  /** What host names resolve to. */
  addresses: Readonly<Record<string, readonly string[]>> = {};
  /** How endpoints answer. */
  respond: (request: OutgoingRequest) => Promise<SendOutcome> = async () => answer(200);
  /** Requests that tests sent. */
  readonly sent: OutgoingRequest[] = [];
  readonly #handler: ReturnType<typeof createManage>;

  /** `stored` takes the place of what is in memory, for instance a real adapter. */
  constructor(
    stored: Partial<OperationsDeps> = {},
    authenticator: Authenticator = FIXED,
    limit = { perSecond: 1_000, burst: 100_000 },
  ) {
    this.quotas = stored.quotas ?? QUOTA;
    this.store.quotas = this.quotas;
    this.keys.quotas = this.quotas;
    this.tasks.quotas = this.quotas;
    this.leases = new FakeTestLeases(this.quotas);
    this.#handler = createManage({
      authenticator: () => authenticator,
      log: this.log,
      meter: this.meter,
      limits: new KeyLimits(limit, this.clock),
      operations: operations({
        store: this.store,
        keys: this.keys,
        eventTypes: this.eventTypes,
        tenants: this.tenants,
        consoleUrl: 'https://console.example',
        events: this.events,
        deliveries: this.deliveries,
        deadLetters: this.deadLetters,
        tasks: this.tasks,
        queue: this.taskQueue,
        deliveryQueue: this.deliveryQueue,
        manualRetries: new FakeManualRetries(),
        destination: {
          send: async (request) => {
            this.sent.push(request);
            return this.respond(request);
          },
        },
        operational: new OperationalEvents({ queue: this.told, clock: this.clock, log: this.log }),
        resolver: { addresses: async (host) => this.addresses[host] ?? [] },
        policy: {
          allowLoopback: false,
          internalEndpoints: [],
          own: { hosts: ['console.example', 'one-port.example:8443'], receiverPath: null },
        },
        cursorKey: async () => new Uint8Array(32),
        version: '1.2.3',
        quotas: this.quotas,
        verifyEndpoints: false,
        leases: this.leases,
        log: this.log,
        clock: this.clock,
        random: seededRandom(),
        ...stored,
      }),
    });
  }

  /** Calls the API. The query is part of the path; the body is sent as JSON unless it is text. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    token: string | null = 'acme',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ManageAnswer> {
    const result = await this.result(method, path, body, token, headers);
    const text = answerText(result);
    return {
      status: result.statusCode ?? 0,
      headers: result.headers ?? {},
      text,
      body: text === '' ? {} : JSON.parse(text),
    };
  }

  /** As `call`, but what the function answers as it is. */
  async result(
    method: string,
    path: string,
    body?: unknown,
    token: string | null = 'acme',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const [rawPath = '', query = ''] = path.split('?');
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const event = httpEvent({
      method,
      path: rawPath,
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
    });
    return this.#handler({ ...event, rawQueryString: query }, lambdaContext());
  }
}
