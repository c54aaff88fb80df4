import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { INDEXES, KEYS } from '../../contract/tables.ts';

/** Attributes of an event record in a tenant's list: all but the data. */
const LISTED_EVENT = [
  'tenant',
  'id',
  'type',
  'subject',
  'time',
  'acceptedAt',
  'metadata',
  'matched',
  'shards',
  'requestId',
  KEYS.expiresAt,
];

/** Attributes of a log row in a subscription's list: all but the response body. An index takes 20 at most. */
const LISTED_DELIVERY = [
  'tenant',
  'event',
  'eventType',
  'subscription',
  'delivery',
  'shards',
  'createdAt',
  'attempt',
  'run',
  'trigger',
  'at',
  'url',
  'durationMs',
  'httpStatus',
  'error',
  'errorDetail',
  'responseTruncated',
  'status',
  'reason',
  'nextAttemptAt',
];

export interface TablesProps {
  readonly removalPolicy: RemovalPolicy;
}

/** The three tables. Which item lives under which key is told in `docs/tables.md`. */
export class Tables extends Construct {
  readonly subscriptions: TableV2;
  readonly events: TableV2;
  readonly deliveries: TableV2;

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    const common: TablePropsV2 = {
      partitionKey: text(KEYS.partition),
      sortKey: text(KEYS.sort),
      billing: Billing.onDemand(),
      timeToLiveAttribute: KEYS.expiresAt,
      removalPolicy: props.removalPolicy,
    };
    this.subscriptions = new TableV2(this, 'Subscriptions', {
      ...common,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      localSecondaryIndexes: [
        {
          indexName: INDEXES.subscriptionsByCreation.name,
          sortKey: text(INDEXES.subscriptionsByCreation.sort),
        },
      ],
    });
    this.events = new TableV2(this, 'Events', {
      ...common,
      globalSecondaryIndexes: [listIndex(INDEXES.eventsByTime, LISTED_EVENT)],
    });
    this.deliveries = new TableV2(this, 'Deliveries', {
      ...common,
      globalSecondaryIndexes: [listIndex(INDEXES.deliveriesBySubscription, LISTED_DELIVERY)],
    });
  }
}

function text(name: string) {
  return { name, type: AttributeType.STRING };
}

function listIndex(
  index: { readonly name: string; readonly partition: string; readonly sort: string },
  nonKeyAttributes: string[],
) {
  return {
    indexName: index.name,
    partitionKey: text(index.partition),
    sortKey: text(index.sort),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes,
  };
}
