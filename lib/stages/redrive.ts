import { Construct } from 'constructs';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { ENV } from '../../contract/environment.ts';
import { ServiceFunction } from '../blocks/service-function.ts';
import { workOn } from '../blocks/work-on.ts';
import type { StageProps } from './stage-props.ts';

export interface RedriveProps extends StageProps {
  /** Most tasks worked on at once, 2 to 1,000. */
  readonly maxConcurrency: number;
  readonly deliveryLog: DeliveryLogMode;
}

/** Works through redrive and replay tasks a page at a time, sending its own task message on until it is done. */
export class Redrive extends Construct {
  readonly function: ServiceFunction;

  constructor(scope: Construct, id: string, props: RedriveProps) {
    super(scope, id);
    const { tables, queues, logRetention, maxConcurrency } = props;
    const fn = new ServiceFunction(this, 'Function', {
      stage: 'redrive',
      memoryMb: 256,
      logRetention,
      loops: true,
    });
    fn.usesTable(ENV.deliveriesTable, tables.deliveries, [
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'BatchWriteItem',
    ]);
    fn.usesTable(ENV.subscriptionsTable, tables.subscriptions, ['BatchGetItem']);
    fn.usesTable(ENV.eventsTable, tables.events, ['GetItem', 'Query']);
    fn.receivesFrom(ENV.deadLettersQueue, queues.deadLetters);
    fn.sendsTo(ENV.eventsQueue, queues.events.queue);
    fn.sendsTo(ENV.deliveriesQueue, queues.deliveries.queue);
    fn.sendsTo(ENV.tasksQueue, queues.tasks.queue);
    fn.knows(ENV.deliveryLog, props.deliveryLog);
    workOn(fn, 'Tasks', queues.tasks, { maxConcurrency, batchSize: 1 });
    this.function = fn;
  }
}
