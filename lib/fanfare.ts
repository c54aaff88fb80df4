import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { DeliveryLogMode } from '../contract/delivery-log.ts';
import { ENV } from '../contract/environment.ts';
import { Queues } from './blocks/queues.ts';
import { Secrets } from './blocks/secrets.ts';
import { Tables } from './blocks/tables.ts';
import type { AlarmTargets } from './monitoring/alarms.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { Api, type Throttling } from './stages/api.ts';
import { Console, type ConsoleSettings } from './stages/console.ts';
import { Dispatch } from './stages/dispatch.ts';
import { FanOut } from './stages/fan-out.ts';
import { Ingest, type KeyLimit } from './stages/ingest.ts';
import { Manage } from './stages/manage.ts';
import { Redrive } from './stages/redrive.ts';
import { Retry } from './stages/retry.ts';

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
  /** @default - 10,000 events a second, 20,000 at once */
  readonly keyLimit?: KeyLimit;
  /** @default - 1,000 requests a second, 2,000 at once */
  readonly throttling?: Throttling;
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

/** The pipeline, in flow order. Read this first. */
export class Fanfare extends Construct {
  readonly api: Api;
  /** Null if it was left out. */
  readonly console: Console | null;
  readonly secrets: Secrets;
  /** Null if it was left out. */
  readonly monitoring: Monitoring | null;

  constructor(scope: Construct, id: string, props: FanfareProps = {}) {
    super(scope, id);
    const { removalPolicy = RemovalPolicy.RETAIN, logRetention = RetentionDays.ONE_MONTH } = props;
    const { throttling = { ratePerSecond: 1_000, burst: 2_000 }, concurrency = {}, version = 'dev' } = props;
    const { deliveryLog = 'full' } = props;

    const limits = { fanOut: 50, dispatch: 200, slowDispatch: 100, redrive: 5, ...concurrency };

    // What is kept, and what messages wait in between the stages.
    const tables = new Tables(this, 'Tables', { removalPolicy });
    const secrets = new Secrets(this, 'Secrets', { removalPolicy });
    const queues = new Queues(this, 'Queues');
    const parts = { tables, secrets, queues, logRetention };

    // A producer's event comes in and becomes deliveries.
    const ingest = new Ingest(this, 'Ingest', {
      ...parts,
      reservedConcurrency: concurrency.ingestReserved,
      keyLimit: props.keyLimit ?? { eventsPerSecond: 10_000, burst: 20_000 },
    });
    const fanOut = new FanOut(this, 'FanOut', { ...parts, maxConcurrency: limits.fanOut });

    // A delivery is attempted, waits for its next attempt, and if all of them fail is sent anew on demand.
    const dispatch = new Dispatch(this, 'Dispatch', {
      ...parts,
      version,
      deliveryLog,
      maxConcurrency: limits.dispatch,
      maxSlowConcurrency: limits.slowDispatch,
    });
    const retry = new Retry(this, 'Retry', parts);
    const redrive = new Redrive(this, 'Redrive', {
      ...parts,
      deliveryLog,
      maxConcurrency: limits.redrive,
    });

    // Everything else the API offers, and the door to it all.
    const manage = new Manage(this, 'Manage', { ...parts, version, deliveryLog });
    this.api = new Api(this, 'Api', {
      ingest: ingest.function,
      manage: manage.function,
      throttling,
      logRetention,
    });
    this.console =
      props.console === false
        ? null
        : new Console(this, 'Console', { ...props.console, apiUrl: this.api.url, logRetention });

    manage.function.knows(ENV.consoleUrl, this.console?.url ?? this.api.url);

    this.secrets = secrets;
    const functions = {
      ingest: ingest.function,
      'fan-out': fanOut.function,
      dispatch: dispatch.function,
      retry: retry.function,
      redrive: redrive.function,
      manage: manage.function,
    };
    for (const fn of Object.values(functions)) {
      fn.knows(ENV.pipeline, this.node.path);
      fn.knows(ENV.logShare, String(props.logShare ?? 1));
    }
    this.monitoring =
      props.monitoring === false
        ? null
        : new Monitoring(this, 'Monitoring', {
            watched: { pipeline: this.node.path, queues, tables, functions, apiId: this.api.id },
            targets: props.monitoring ?? {},
            maxConcurrency: {
              'fan-out': limits.fanOut,
              dispatch: limits.dispatch + limits.slowDispatch,
              redrive: limits.redrive,
            },
          });
  }
}
