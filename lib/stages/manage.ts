import { Construct } from 'constructs';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { ENV } from '../../contract/environment.ts';
import { INDEXES } from '../../contract/tables.ts';
import { ServiceFunction } from '../blocks/service-function.ts';
import type { StageProps } from './stage-props.ts';

export interface ManageProps extends StageProps {
  readonly version: string;
  readonly deliveryLog: DeliveryLogMode;
}

/** The rest of the API: subscriptions, events and deliveries on record, dead letters, tasks, keys. */
export class Manage extends Construct {
  readonly function: ServiceFunction;

  constructor(scope: Construct, id: string, props: ManageProps) {
    super(scope, id);
    const { tables, queues, secrets, logRetention, version } = props;
    const fn = new ServiceFunction(this, 'Function', {
      stage: 'manage',
      memoryMb: 512,
      logRetention,
      loops: false,
    });
    fn.usesTable(
      ENV.subscriptionsTable,
      tables.subscriptions,
      ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
      INDEXES.subscriptionsByCreation,
    );
    fn.usesKey(ENV.secretsKey, secrets.wrappingKey, ['Decrypt', 'GenerateDataKey']);
    fn.readsSecret(ENV.adminKeySecret, secrets.adminKey);
    fn.usesTable(ENV.eventsTable, tables.events, ['GetItem', 'Query']);
    fn.usesTable(
      ENV.deliveriesTable,
      tables.deliveries,
      ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
      INDEXES.deliveriesBySubscription,
    );
    fn.sendsTo(ENV.eventsQueue, queues.events.queue);
    fn.sendsTo(ENV.deliveriesQueue, queues.deliveries.queue);
    fn.sendsTo(ENV.tasksQueue, queues.tasks.queue);
    fn.knows(ENV.version, version);
    fn.knows(ENV.deliveryLog, props.deliveryLog);
    this.function = fn;
  }
}
