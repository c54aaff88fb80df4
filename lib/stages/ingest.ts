import { Construct } from 'constructs';
import { ENV } from '../../contract/environment.ts';
import { ServiceFunction } from '../blocks/service-function.ts';
import type { StageProps } from './stage-props.ts';

/** How many events one API key may post to one environment of ingest; the API's throttling bounds the sum. */
export interface KeyLimit {
  readonly eventsPerSecond: number;
  readonly burst: number;
}

export interface IngestProps extends StageProps {
  /** @default - shares the account's concurrency */
  readonly reservedConcurrency?: number | undefined;
  readonly keyLimit: KeyLimit;
}

/** Judges an event, claims its id if the producer chose it, puts it on `events`. */
export class Ingest extends Construct {
  readonly function: ServiceFunction;

  constructor(scope: Construct, id: string, props: IngestProps) {
    super(scope, id);
    const { tables, queues, secrets, logRetention, reservedConcurrency, keyLimit } = props;
    const fn = new ServiceFunction(this, 'Function', {
      stage: 'ingest',
      memoryMb: 256,
      logRetention,
      loops: false,
      reservedConcurrency,
    });
    fn.usesTable(ENV.subscriptionsTable, tables.subscriptions, ['GetItem', 'BatchGetItem', 'Query']);
    fn.readsSecret(ENV.adminKeySecret, secrets.adminKey);
    fn.usesTable(ENV.eventsTable, tables.events, ['PutItem', 'GetItem']);
    fn.sendsTo(ENV.eventsQueue, queues.events.queue);
    fn.knows(ENV.ingestRate, String(keyLimit.eventsPerSecond));
    fn.knows(ENV.ingestBurst, String(keyLimit.burst));
    this.function = fn;
  }
}
