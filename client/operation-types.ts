import type {
  AttemptBody,
  CreatedKey,
  CreatedSubscription,
  DeadLetterBody,
  DeadLetterCounts,
  DeliveryBody,
  DeliverySummary,
  EventAccepted,
  EventBody,
  EventSummary,
  EventTypeBody,
  HealthBody,
  KeyBody,
  KeyFields,
  MatchBody,
  NewEvent,
  PageBody,
  PortalSessionBody,
  PortalSessionFields,
  ProblemBody,
  RedriveFields,
  ReplayFields,
  SecretBody,
  SubscriptionBody,
  SubscriptionFields,
  TaskBody,
  TenantBody,
} from '../contract/api.ts';
import type { OPERATIONS, OperationName } from '../contract/operations.ts';
import type { JsonText } from './json-text.ts';

/** One event of an array: what it would have been answered alone. */
export type EventResult =
  | ({ readonly status: 202 } & EventAccepted)
  | { readonly status: number; readonly error: ProblemBody };

/** The answer to an array of events, in their order. */
export interface EventResults {
  readonly results: readonly EventResult[];
}

/** A body whose values may be given as JSON text, to be sent token for token. */
type Written<Body> = { readonly [Field in keyof Body]: Body[Field] | JsonText };

/** An event to post. */
export type Event = Written<NewEvent>;

/** What is said about an event type; all of it at once. */
export interface EventTypeFields {
  readonly description: string;
  /** JSON Schema 2020-12 of the data. */
  readonly schema?: unknown;
  readonly mode?: 'off' | 'warn' | 'block';
  readonly example?: unknown;
  readonly deprecated?: boolean;
}

/** What is said about a tenant; all of it at once. */
export interface TenantFields {
  readonly name?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly retrySchedule?: readonly number[] | null;
}

/** What each operation takes as its body, where it takes one, and what it answers. */
export interface Exchanges {
  postEvents: { body: Event | readonly Event[]; answer: EventAccepted | EventResults };
  listEvents: { answer: PageBody<EventSummary> };
  getEvent: { answer: EventBody };
  matchEvent: { answer: PageBody<MatchBody> };

  createSubscription: {
    body: Written<SubscriptionFields & { readonly url: string; readonly secret?: string }>;
    answer: CreatedSubscription;
  };
  listSubscriptions: { answer: PageBody<SubscriptionBody> };
  getSubscription: { answer: SubscriptionBody };
  updateSubscription: { body: Written<Omit<SubscriptionFields, 'id' | 'tenant'>>; answer: SubscriptionBody };
  deleteSubscription: { answer: undefined };
  getSubscriptionSecret: { answer: SecretBody };
  rotateSubscriptionSecret: {
    body: { readonly secret?: string; readonly graceSeconds?: number };
    answer: SecretBody;
  };
  verifySubscription: { answer: SubscriptionBody };
  replaySubscription: { body: ReplayFields; answer: TaskBody };
  testSubscription: { body: { readonly type?: string; readonly data?: unknown }; answer: AttemptBody };

  listDeliveries: { answer: PageBody<DeliverySummary> };
  getDelivery: { answer: DeliveryBody };
  retryDelivery: { answer: DeliverySummary };

  listDeadLetters: { answer: PageBody<DeadLetterBody> };
  summarizeDeadLetters: { answer: DeadLetterCounts };
  startRedrive: { body: RedriveFields; answer: TaskBody };
  getTask: { answer: TaskBody };
  cancelTask: { answer: TaskBody };

  putEventType: { body: Written<EventTypeFields>; answer: EventTypeBody };
  listEventTypes: { answer: PageBody<EventTypeBody> };
  getEventType: { answer: EventTypeBody };
  deleteEventType: { answer: undefined };

  putTenant: { body: TenantFields; answer: TenantBody };
  listTenants: { answer: PageBody<TenantBody> };
  getTenant: { answer: TenantBody };
  deleteTenant: { answer: undefined };

  createPortalSession: { body: PortalSessionFields; answer: PortalSessionBody };
  endPortalSession: { answer: undefined };

  createKey: { body: KeyFields; answer: CreatedKey };
  listKeys: { answer: PageBody<KeyBody> };
  deleteKey: { answer: undefined };

  getHealth: { answer: HealthBody };
  getOpenApi: { answer: Readonly<Record<string, unknown>> };
}

type Operations = typeof OPERATIONS;

/** The body that an operation takes; never, where it takes none. */
export type BodyOf<Name extends OperationName> = Exchanges[Name] extends { body: infer Body } ? Body : never;

/** What an operation answers. */
export type AnswerOf<Name extends OperationName> = Exchanges[Name]['answer'];

/** An operation's query parameters. */
export type QueryOf<Name extends OperationName> = {
  readonly [Parameter in Operations[Name]['query'][number]]?: Parameter extends 'limit' | 'attemptsLimit'
    ? number
    : string;
};

/** What every call takes besides its own parameters. */
export interface CallOptions {
  /** Ends the call, its repeats and the waits between them; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Time for one try, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** The last argument of a call: query parameters and options in one. */
export type OptionsOf<Name extends OperationName> = QueryOf<Name> & CallOptions;

/** One text for each `{parameter}` of a path. */
export type PathArgs<Name extends OperationName> = PathParts<Operations[Name]['path']>;

type PathParts<Path extends string> = Path extends `${string}{${string}}${infer Rest}`
  ? [id: string, ...PathParts<Rest>]
  : [];

type BodyArgs<Name extends OperationName> = [BodyOf<Name>] extends [never] ? [] : [body: BodyOf<Name>];

/**
 * Every operation as a method, as `contract/operations.ts` lists them: path parameters first, then the body, then
 * the rest. A client that `implements` this has them all, or does not compile.
 */
export type Calls = {
  readonly [Name in OperationName]: (
    ...args: [...PathArgs<Name>, ...BodyArgs<Name>, options?: OptionsOf<Name>]
  ) => Promise<AnswerOf<Name>>;
};

/** Operations that take a body. */
export type FullName = {
  [Name in OperationName]: [BodyOf<Name>] extends [never] ? never : Name;
}[OperationName];

/** Operations that take none. */
export type BareName = Exclude<OperationName, FullName>;

/** Operations that answer page by page. */
export type ListName = {
  [Name in OperationName]: AnswerOf<Name> extends PageBody<unknown> ? Name : never;
}[OperationName];

/** What a list is of. */
export type ItemOf<Name extends ListName> = AnswerOf<Name> extends PageBody<infer Item> ? Item : never;
