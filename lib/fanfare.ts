import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../contract/environment.ts';
import { QUOTA } from '../contract/limits.ts';
import { ownHosts } from './blocks/own-hosts.ts';
import { Queues } from './blocks/queues.ts';
import { Secrets } from './blocks/secrets.ts';
import { Tables } from './blocks/tables.ts';
import type { FanfareProps } from './fanfare-props.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { Api } from './stages/api.ts';
import { Console } from './stages/console.ts';
import { Dispatch } from './stages/dispatch.ts';
import { FanOut } from './stages/fan-out.ts';
import { Ingest } from './stages/ingest.ts';
import { Manage } from './stages/manage.ts';
import { Redrive } from './stages/redrive.ts';
import { Retry } from './stages/retry.ts';

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
    const { throttling = { ratePerSecond: 1_000, burst: 2_000 } } = props;
    const { manageThrottling = { ratePerSecond: 500, burst: 1_000 } } = props;
    const { concurrency = {}, version = 'dev', deliveryLog = 'full' } = props;

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
    const manage = new Manage(this, 'Manage', {
      ...parts,
      version,
      deliveryLog,
      quotas: { ...QUOTA, ...props.quotas },
      verifyEndpoints: props.verifyEndpoints ?? false,
      keyLimit: props.manageKeyLimit ?? { requestsPerSecond: 200, burst: 400 },
    });
    this.api = new Api(this, 'Api', {
      ingest: ingest.function,
      manage: manage.function,
      throttling,
      manageThrottling,
      logRetention,
    });
    this.console =
      props.console === false
        ? null
        : new Console(this, 'Console', { ...props.console, apiUrl: this.api.url, logRetention });

    manage.function.knows(ENV.consoleUrl, this.console?.url ?? this.api.url);
    const hosts = ownHosts([this.api, ...(this.console === null ? [] : [this.console])], props.ownHosts);
    for (const stage of [dispatch, manage]) stage.function.knows(ENV.ownHosts, hosts);

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
