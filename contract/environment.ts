/**
 * Environment variables of the functions. Infrastructure sets them by these names, `lambdas/wiring.ts` is
 * the only code that reads them, and a test holds the two lists together.
 */
export const ENV = {
  subscriptionsTable: 'FANFARE_SUBSCRIPTIONS_TABLE',
  eventsTable: 'FANFARE_EVENTS_TABLE',
  deliveriesTable: 'FANFARE_DELIVERIES_TABLE',
  eventsQueue: 'FANFARE_EVENTS_QUEUE_URL',
  deliveriesQueue: 'FANFARE_DELIVERIES_QUEUE_URL',
  slowDeliveriesQueue: 'FANFARE_SLOW_DELIVERIES_QUEUE_URL',
  tasksQueue: 'FANFARE_TASKS_QUEUE_URL',
  deadLettersQueue: 'FANFARE_DEAD_LETTERS_QUEUE_URL',
  /** ARN of the KMS key that wraps the data key for secrets. */
  secretsKey: 'FANFARE_SECRETS_KEY',
  /** ARN of the Secrets Manager secret that holds the first admin key. */
  adminKeySecret: 'FANFARE_ADMIN_KEY_SECRET',
  /** Events a second that one key may post to one environment of ingest, and how many at once. */
  ingestRate: 'FANFARE_INGEST_RATE',
  ingestBurst: 'FANFARE_INGEST_BURST',
  /** Whether endpoints have to prove that they want us: `true` or `false`. */
  verifyEndpoints: 'FANFARE_VERIFY_ENDPOINTS',
  /** `Quotas` as JSON. */
  quotas: 'FANFARE_QUOTAS',
  /** Requests a second that one key may make to one environment of manage, and how many at once. */
  manageRate: 'FANFARE_MANAGE_RATE',
  manageBurst: 'FANFARE_MANAGE_BURST',
  /** Where the console is served: portal links lead there. */
  consoleUrl: 'FANFARE_CONSOLE_URL',
  /** Hosts, with commas between, under which API and console are reached: no destinations. */
  ownHosts: 'FANFARE_OWN_HOSTS',
  /** What the delivery log keeps: a `DeliveryLogMode`. */
  deliveryLog: 'FANFARE_DELIVERY_LOG',
  /** Version of Fanfare, for `user-agent` and `GET /v1/health`. */
  version: 'FANFARE_VERSION',
  /** Path of the pipeline's construct, which tells its metrics from those of others. */
  pipeline: 'FANFARE_PIPELINE',
  /** Share of log lines about work that went well that are written, 0 to 1. */
  logShare: 'FANFARE_LOG_SHARE',
} as const;

/** Set by the local runner alone, never by the template. */
export const LOCAL_ENV = {
  /** `true` lets loopback targets and plain http in. */
  allowLoopback: 'FANFARE_ALLOW_LOOPBACK',
  /** Path of the demo receiver, the one place at the runner's own address that may be a destination. */
  receiverPath: 'FANFARE_RECEIVER_PATH',
} as const;

/** The functions of the pipeline, by stage. */
export const STAGES = ['ingest', 'fan-out', 'dispatch', 'retry', 'redrive', 'manage'] as const;
export type Stage = (typeof STAGES)[number];
