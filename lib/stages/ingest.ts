import { Construct } from 'constructs';
import { ENV } from '../../contract/environment.ts';
import { ServiceFunction } from '../blocks/service-function.ts';
import type { StageProps } from './stage-props.ts';

export interface IngestProps extends StageProps {
  /** @default - shares the account's concurrency */
  readonly reservedConcurrency?: number | undefined;
}

/** Judges an event, claims its id if the producer chose it, puts it on `events`. */
export class Ingest extends Construct {
  readonly function: ServiceFunction;

  constructor(scope: Construct, id: string, props: IngestProps) {
    super(scope, id);
    const { tables, queues, secrets, logRetention, reservedConcurrency } = props;
    const fn = new ServiceFunction(this, 'Function', {
      stage: 'ingest',
      memoryMb: 256,
      logRetention,
      loops: false,
      reservedConcurrency,
    });
    fn.usesTable(ENV.subscriptionsTable, tables.subscriptions, ['GetItem']);
    fn.readsSecret(ENV.adminKeySecret, secrets.adminKey);
    fn.usesTable(ENV.eventsTable, tables.events, ['PutItem', 'GetItem']);
    fn.sendsTo(ENV.eventsQueue, queues.events.queue);
    this.function = fn;
  }
}
