import { Construct } from 'constructs';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { ENV } from '../../contract/environment.ts';
import { QUOTA, type Quotas } from '../../contract/limits.ts';
import { INDEXES } from '../../contract/tables.ts';
import { ServiceFunction } from '../blocks/service-function.ts';
import type { StageProps } from './stage-props.ts';

/** How many requests one API key may make to one environment of manage; the API's throttling bounds the sum. */
export interface RequestLimit {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

export interface ManageProps extends StageProps {
  readonly version: string;
  readonly deliveryLog: DeliveryLogMode;
  readonly quotas: Quotas;
  readonly verifyEndpoints: boolean;
  readonly keyLimit: RequestLimit;
}

/** The rest of the API: subscriptions, events and deliveries on record, dead letters, tasks, keys. */
export class Manage extends Construct {
  readonly function: ServiceFunction;

  constructor(scope: Construct, id: string, props: ManageProps) {
    super(scope, id);
    const { tables, queues, secrets, logRetention, version, keyLimit } = props;
    const fn = new ServiceFunction(this, 'Function', {
      stage: 'manage',
      memoryMb: 512,
      logRetention,
      loops: false,
    });
    fn.usesTable(
      ENV.subscriptionsTable,
      tables.subscriptions,
      ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
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
    fn.knows(ENV.manageRate, String(keyLimit.requestsPerSecond));
    fn.knows(ENV.manageBurst, String(keyLimit.burst));
    fn.knows(ENV.deliveryLog, props.deliveryLog);
    fn.knows(ENV.verifyEndpoints, String(props.verifyEndpoints));
    fn.knows(ENV.quotas, JSON.stringify(checked(props.quotas)));
    this.function = fn;
  }
}

/** Throws for a quota that is unknown or no whole number above zero: the function could not read it either. */
function checked(quotas: Quotas): Quotas {
  for (const [name, most] of Object.entries(quotas)) {
    if (!(name in QUOTA))
      throw new Error(`there is no quota ${name}; those there are: ${Object.keys(QUOTA).join(', ')}`);
    if (!Number.isSafeInteger(most) || most < 1)
      throw new Error(`the quota ${name} is a whole number above zero`);
  }
  return quotas;
}
