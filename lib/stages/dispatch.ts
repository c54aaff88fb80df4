import { Construct } from 'constructs';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { ENV } from '../../contract/environment.ts';
import { ServiceFunction } from '../blocks/service-function.ts';
import { SLOW_LANE } from '../blocks/slow-lane.ts';
import { workOn } from '../blocks/work-on.ts';
import type { StageProps } from './stage-props.ts';

export interface DispatchProps extends StageProps {
  /** Most runs at once on `deliveries`, 2 to 1,000. */
  readonly maxConcurrency: number;
  /** Most runs at once on `slow-deliveries`, 2 to 1,000. */
  readonly maxSlowConcurrency: number;
  readonly version: string;
  readonly deliveryLog: DeliveryLogMode;
}

/** Signs, sends, records, and decides: done, retry or dead. Two lanes, so that slow endpoints hold up nobody else. */
export class Dispatch extends Construct {
  readonly function: ServiceFunction;

  constructor(scope: Construct, id: string, props: DispatchProps) {
    super(scope, id);
    const { tables, queues, secrets, logRetention } = props;
    const fn = new ServiceFunction(this, 'Function', {
      stage: 'dispatch',
      memoryMb: 512,
      logRetention,
      loops: true,
    });
    fn.usesTable(ENV.subscriptionsTable, tables.subscriptions, [
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    ]);
    fn.usesKey(ENV.secretsKey, secrets.wrappingKey, ['Decrypt']);
    fn.usesTable(ENV.deliveriesTable, tables.deliveries, [
      'GetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'BatchWriteItem',
    ]);
    fn.sendsTo(ENV.eventsQueue, queues.events.queue);
    fn.sendsTo(ENV.deliveriesQueue, queues.deliveries.queue);
    fn.sendsTo(ENV.slowDeliveriesQueue, queues.slowDeliveries.queue);
    fn.sendsTo(ENV.deadLettersQueue, queues.deadLetters);
    fn.knows(ENV.version, props.version);
    fn.knows(ENV.deliveryLog, props.deliveryLog);
    workOn(fn, 'Deliveries', queues.deliveries, { maxConcurrency: props.maxConcurrency });
    workOn(fn, 'SlowDeliveries', queues.slowDeliveries, {
      maxConcurrency: props.maxSlowConcurrency,
      ...SLOW_LANE,
    });
    this.function = fn;
  }
}
