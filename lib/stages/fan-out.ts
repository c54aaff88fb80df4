import { Construct } from 'constructs';
import { ENV } from '../../contract/environment.ts';
import { ServiceFunction } from '../blocks/service-function.ts';
import { workOn } from '../blocks/work-on.ts';
import type { StageProps } from './stage-props.ts';

export interface FanOutProps extends StageProps {
  /** Most runs at once, 2 to 1,000. */
  readonly maxConcurrency: number;
}

/** Writes the event record, finds the subscriptions that match, puts packed deliveries on `deliveries`. */
export class FanOut extends Construct {
  readonly function: ServiceFunction;

  constructor(scope: Construct, id: string, props: FanOutProps) {
    super(scope, id);
    const { tables, queues, logRetention, maxConcurrency } = props;
    const fn = new ServiceFunction(this, 'Function', {
      stage: 'fan-out',
      memoryMb: 512,
      logRetention,
      loops: true,
    });
    fn.usesTable(ENV.subscriptionsTable, tables.subscriptions, ['GetItem', 'Query']);
    fn.usesTable(ENV.eventsTable, tables.events, ['GetItem', 'PutItem', 'UpdateItem']);
    fn.usesTable(ENV.deliveriesTable, tables.deliveries, ['Query']);
    fn.sendsTo(ENV.deliveriesQueue, queues.deliveries.queue);
    fn.sendsTo(ENV.slowDeliveriesQueue, queues.slowDeliveries.queue);
    // What the time does not suffice for goes back.
    fn.sendsTo(ENV.eventsQueue, queues.events.queue);
    workOn(fn, 'Events', queues.events, { maxConcurrency });
    this.function = fn;
  }
}
