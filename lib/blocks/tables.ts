import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { INDEXES, KEYS } from '../../contract/tables.ts';

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
    this.events = new TableV2(this, 'Events', common);
    this.deliveries = new TableV2(this, 'Deliveries', {
      ...common,
      globalSecondaryIndexes: [listIndex(INDEXES.deliveriesBySubscription)],
    });
  }
}

function text(name: string) {
  return { name, type: AttributeType.STRING };
}

function listIndex(index: typeof INDEXES.deliveriesBySubscription) {
  return {
    indexName: index.name,
    partitionKey: text(index.partition),
    sortKey: text(index.sort),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: [...index.attributes],
  };
}
