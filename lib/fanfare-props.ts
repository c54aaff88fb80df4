import type { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { DeliveryLogMode } from '../contract/delivery-log.ts';
import type { Quotas } from '../contract/limits.ts';
import type { AlarmTargets } from './monitoring/alarms.ts';
import type { Throttling } from './stages/api.ts';
import type { ConsoleSettings } from './stages/console.ts';
import type { KeyLimit } from './stages/ingest.ts';
import type { RequestLimit } from './stages/manage.ts';

/** Most runs of each stage at once; AWS takes 2 to 1,000. Together they stay below an account's 1,000. */
export interface Concurrency {
  /** @default 50 */
  readonly fanOut?: number;
  /** Each run keeps up to 256 connections open. @default 200 */
  readonly dispatch?: number;
  /** @default 100 */
  readonly slowDispatch?: number;
  /** Redrive and replay tasks. @default 5 */
  readonly redrive?: number;
  /**
   * Runs kept free for ingest, so that the other stages can't crowd producers out. Needs an account whose
   * concurrency is at least 10 above it.
   * @default - none reserved
   */
  readonly ingestReserved?: number;
}

/** Everything that can be set. */
export interface FanfareProps {
  /**
   * What becomes of the tables, and of the key that opens the secrets in them, when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /** How long logs are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** The page for customers and operators, behind CloudFront; `false` leaves it out. @default - on, framed by nobody */
  readonly console?: false | ConsoleSettings;
  /**
   * Further names under which the API is reached, such as `hooks.example.com` of a proxy before it; at most ten. No
   * subscription may lead to them, nor to the API's and the console's own, which are known.
   * @default - none
   */
  readonly ownHosts?: readonly string[];
  /** @default - 10,000 events a second, 20,000 at once */
  readonly keyLimit?: KeyLimit;
  /** As `keyLimit`, for all requests but events. @default - 200 requests a second, 400 at once */
  readonly manageKeyLimit?: RequestLimit;
  /** Limits on `POST /v1/events`. @default - 1,000 requests a second, 2,000 at once */
  readonly throttling?: Throttling;
  /**
   * Whether an endpoint has to prove that it wants events, by answering a challenge, before it is sent any: on create
   * and with each new URL. Subscriptions from before stay as they are. See `docs/verify-endpoints.md`.
   * @default false
   */
  readonly verifyEndpoints?: boolean;
  /** How many there may be of what callers make: `docs/limits.md` lists them. @default - `QUOTA` */
  readonly quotas?: Partial<Quotas>;
  /** Limits on the rest of the API, apart from what needs no key. @default - 500 requests a second, 1,000 at once */
  readonly manageThrottling?: Throttling;
  /** @default - see each member */
  readonly concurrency?: Concurrency;
  /**
   * What the delivery log keeps: every attempt, compact results with a row for each failure, or failures alone.
   * `docs/delivery-log.md` says what each answers and costs. It may be changed at any time.
   * @default 'full'
   */
  readonly deliveryLog?: DeliveryLogMode;
  /**
   * Share of log lines about work that went well that are written, 0 to 1. Whatever failed, or was refused, is
   * always told; metrics count everything.
   * @default 1
   */
  readonly logShare?: number;
  /**
   * Where alarms go. `false` leaves out alarms, dashboards and saved queries, which cost about 10 $ a month.
   * @default - alarms that tell nobody
   */
  readonly monitoring?: AlarmTargets | false;
  /** Version that `user-agent` and `GET /v1/health` give. @default 'dev' */
  readonly version?: string;
}
