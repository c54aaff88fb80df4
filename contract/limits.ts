/**
 * Hard limits. The first group is AWS's, the second ours; both are enforced by the code that hits them
 * and, for AWS's, by the local stand-ins too.
 */

/** Amazon SQS quotas. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const SQS = {
  /** Longest `DelaySeconds`, in seconds. */
  maxDelaySeconds: 900,
  /** Entries in one batch call. */
  maxBatchEntries: 10,
  /** Bytes of one message, and of all messages of one batch call together. */
  maxBatchBytes: 1_048_576,
} as const;

/** Amazon DynamoDB quotas. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export const DYNAMO = {
  maxBatchWriteItems: 25,
  maxBatchGetItems: 100,
  maxItemBytes: 400 * 1024,
  maxTransactItems: 100,
} as const;

/** What a producer may send. */
export const INGEST = {
  /** Bytes of a single event's request body, after base64 decoding. */
  maxEventBytes: 256 * 1024,
  /** Bytes of an array's request body, after base64 decoding. */
  maxArrayBytes: 1024 * 1024,
  maxArrayEvents: 100,
  /** Objects and arrays inside each other, the body's own brackets included. */
  maxDepth: 64,
  maxTypeBytes: 128,
  maxSubjectLength: 256,
  maxMetadataPairs: 20,
  maxMetadataKeyLength: 64,
  maxMetadataValueLength: 256,
  maxIdempotencyKeyLength: 256,
} as const;

/** What a subscription may hold. */
export const SUBSCRIPTION = {
  maxUrlBytes: 2048,
  maxEventTypes: 100,
  maxHeaders: 20,
  maxHeaderNameLength: 128,
  maxHeaderValueLength: 2048,
  maxDescriptionLength: 512,
  maxRetries: 20,
  maxRetryDelaySeconds: 86_400,
  maxTimeoutSeconds: 30,
  maxRatePerSecond: 10_000,
  /** Live secrets signing one request. Standard Webhooks 1.0.0, section "Signature scheme". */
  maxLiveSecrets: 10,
  minSecretBytes: 24,
  maxSecretBytes: 64,
  maxGraceSeconds: 604_800,
} as const;

/** What a subscription's filter may hold; together they bound what looking at one event can cost. */
export const FILTER = {
  /** Bytes of the filter as compact JSON. */
  maxBytes: 8 * 1024,
  /** Objects and arrays inside each other, the filter's own braces included. */
  maxDepth: 32,
  /** Fields named, in all alternatives together. */
  maxFields: 100,
  /** Conditions other than plain values, those of a list in `anything-but` counted one by one. */
  maxConditions: 100,
  /** Steps that looking at one event may take: a value looked at, a condition tried, or some characters compared. */
  maxSteps: 1_000_000,
  /** Steps of all filters of a tenant together on one event, after which each of the rest may take `leastSteps`. */
  maxStepsOfEvent: 50_000_000,
  leastSteps: 2_000,
} as const;

/** How events are matched with subscriptions. */
export const FAN_OUT = {
  /** Time kept free to put on record and send what was found, in milliseconds: no more is looked at then. */
  sendMs: 20_000,
  /** Time kept free before the function's own timeout, in milliseconds: what is not sent then comes again. */
  deadlineMarginMs: 3_000,
  /**
   * Work of one run: steps of filters, and as many for what is read for them as take as long. What is not through then
   * goes back to the queue, behind the events of others.
   */
  maxStepsOfRun: 5_000_000,
  /** How often an event may be put back because the time or the work of a run was used up. */
  maxTurns: 10_000,
  /** An event that was put back so often is worked on before its tenant's others, and not together with them. */
  turnsTogether: 10,
  /** Share of the function's memory for subscriptions that are kept from one batch to the next. */
  keptShare: 0.25,
} as const;

/** What the catalogue of event types may hold. */
export const EVENT_TYPE = {
  /** All of them are read at once, by each environment of ingest, every ten seconds. */
  maxTypes: 1_000,
  maxDescriptionLength: 1_024,
  /** Bytes of a schema as compact JSON. */
  maxSchemaBytes: 32 * 1024,
  /** Bytes of all schemas together: each environment of ingest keeps them in memory. */
  maxSchemaBytesTogether: 4 * 1024 * 1024,
  /** Bytes of all examples together: a list of types reads all of them. */
  maxExampleBytesTogether: 4 * 1024 * 1024,
  /** What the patterns of one schema take up together: characters, each as often as it may be repeated. */
  maxPatternStates: 10_000,
  /** Steps that holding an event's data to its schema may take, and so many more for each byte of the data. */
  checkSteps: 50_000,
  checkStepsPerByte: 16,
} as const;

/**
 * How many there may be at once, unless a deployment's prop `quotas` says otherwise. Each is held exactly, however many
 * ask at the same time.
 */
export const QUOTA = {
  /** Subscriptions of one tenant. */
  subscriptionsPerTenant: 10_000,
  /**
   * Subscriptions of one tenant whose URLs have the same scheme, host and port: each event is sent to that host so many
   * times over, and it may be somebody's who never asked for it.
   */
  subscriptionsPerOrigin: 100,
  /** API keys of one tenant, and of those that are bound to none, expired ones apart. */
  keysPerTenant: 1_000,
  /** Portal sessions of one tenant that have not ended. */
  portalSessionsPerTenant: 1_000,
  /** Redrives and replays of one tenant, dry runs among them, that are queued or under way. */
  openTasksPerTenant: 10,
  /** Test deliveries of one tenant under way, in all environments together. */
  testsPerTenant: 3,
  /** The same of all tenants: each keeps one environment of `manage` busy for as long as a stranger likes. */
  tests: 30,
} as const;

/** What may be moved, by name. */
export type Quotas = { readonly [Name in keyof typeof QUOTA]: number };

/** What a tenant's record may hold. */
export const TENANT = { maxNameLength: 256 } as const;

/** Requests made while a caller of the API waits: tests of subscriptions. */
export const TEST = {
  /** Longest time for an answer, in seconds; API Gateway waits no longer than 30 s. */
  maxSeconds: 20,
  /** After so many seconds a test that was not ended counts no more: longer than `manage` may run. */
  leaseSeconds: 30,
  /** What a caller is told to wait when too many are under way, in seconds. */
  retryAfterSeconds: 5,
} as const;

/** Asking an endpoint whether it wants us, in deployments that do (prop `verifyEndpoints`). */
export const VERIFY = {
  /** Random bytes of a challenge, which is good as the answer to the one request that carries it. */
  challengeBytes: 32,
  /** Longest time for that answer, in seconds. */
  maxSeconds: 10,
  /** Before the same endpoint can be asked again, in seconds. */
  pauseSeconds: 10,
} as const;

/** Redrives and replays. */
export const TASK = {
  /** What a caller is told to wait when too many are open, in seconds. */
  retryAfterSeconds: 30,
} as const;

/** API keys. */
export const KEY = {
  /** Keys that a key or portal session comes from, each made with the one before; each is looked at when it is used. */
  maxMakers: 10,
} as const;

/** How long a portal session lasts, in seconds. */
export const PORTAL_SESSION = { minSeconds: 60, maxSeconds: 86_400, defaultSeconds: 3_600 } as const;

/** How deliveries are made. */
export const DISPATCH = {
  /** Targets packed into one delivery message. */
  maxTargetsPerMessage: 100,
  /** Sockets in use at once in one environment; Lambda allows 1,024 descriptors. */
  maxOpenSockets: 256,
  /** Sockets kept for another request at once, of all origins together. */
  maxIdleSockets: 256,
  /** Sockets open at once to one origin. */
  maxOpenSocketsPerOrigin: 64,
  /** Sockets besides to endpoints that have not answered for three seconds: others open theirs in their place. */
  maxSocketsAside: 256,
  /** Sockets of one tenant, of either kind: once those that hang have given way, there is room for others. */
  maxOpenSocketsPerTenant: 256,
  /** Bytes of a response body that are read and kept. */
  maxResponseBodyBytes: 16 * 1024,
  /** Bytes of response headers that are accepted. */
  maxResponseHeaderBytes: 16 * 1024,
  /** Time kept free before the function's own timeout, in milliseconds. */
  deadlineMarginMs: 2_000,
  /** Longest wait that a `Retry-After` may ask for, in seconds. */
  maxRetryAfterSeconds: 86_400,
  /** How long a worker may trust its copy of a subscription, in milliseconds. */
  subscriptionCacheMs: 10_000,
  /** Share of a retry delay added at random, never subtracted. */
  maxJitter: 0.25,
} as const;

/** How often one delivery may be sent by hand. */
export const MANUAL_RETRY = {
  /** Within each full ten minutes of the clock. */
  perWindow: 100,
  windowSeconds: 600,
  /** In its whole life. */
  perDelivery: 1_000,
} as const;

/** How long things are kept, in seconds. */
export const RETENTION = {
  /** Events, delivery log, tasks. */
  recordSeconds: 30 * 86_400,
  /** Messages of a working queue. */
  queueSeconds: 4 * 86_400,
  /** Messages of `dead-letters` and of the poison queues. */
  deadLetterSeconds: 14 * 86_400,
} as const;

/** Lists, and the attempts of a delivery. */
export const LIST = {
  defaultLimit: 50,
  maxLimit: 250,
  /** Bytes of an answer, as sent: Lambda takes 6 MB of its own wrapping of it. */
  maxBytes: 4 * 1024 * 1024,
} as const;

/** Delays after each failed attempt, in seconds, when a subscription names none. */
export const DEFAULT_RETRY_SCHEDULE: readonly number[] = [
  5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
];

/** Time an endpoint has to answer, in seconds, when a subscription names none. */
export const DEFAULT_TIMEOUT_SECONDS = 15;

/** The tenant meant when none is named. */
export const DEFAULT_TENANT = 'default';
