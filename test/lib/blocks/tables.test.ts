import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RemovalPolicy } from 'aws-cdk-lib';
import { fromDeliveryItem, toDeliveryItem } from '../../../adapters/aws/delivery-item.ts';
import { INDEXES, KEYS } from '../../../contract/tables.ts';
import { attemptResult, deliveryRow } from '../../support/delivery-rows.ts';
import { synthesize } from '../../support/template.ts';

interface Index {
  readonly IndexName: string;
  readonly KeySchema: unknown;
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

const fanfare = synthesize();
const everyField = attemptResult({
  ...{ error: 'timeout', errorDetail: 'no answer', responseTruncated: true },
  timings: { dnsMs: 1, connectMs: 2, tlsMs: 3, firstByteMs: 4, readMs: 5 },
});
const TABLES = ['Tables/Subscriptions', 'Tables/Events', 'Tables/Deliveries'];
/** Most attributes an index may name. API reference of `Projection`, `NonKeyAttributes`. */
const MAX_PROJECTED = 20;

function keys(partition: string, sort: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}

function onlyIndex(path: string, kind: 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'): Index {
  const [index, ...more] = fanfare.of(path)[kind] as readonly Index[];
  assert.ok(index);
  assert.deepEqual(more, []);
  return index;
}

test('there are three tables, on demand, keyed alike, whose items expire', () => {
  assert.deepEqual([...fanfare.allOf('AWS::DynamoDB::GlobalTable').keys()], TABLES);
  assert.equal(fanfare.allOf('AWS::DynamoDB::Table').size, 0);
  for (const path of TABLES) {
    const table = fanfare.of(path);
    assert.equal(table.BillingMode, 'PAY_PER_REQUEST');
    assert.deepEqual(table.KeySchema, keys(KEYS.partition, KEYS.sort));
    assert.deepEqual(table.TimeToLiveSpecification, { AttributeName: KEYS.expiresAt, Enabled: true });
    assert.equal(table.StreamSpecification, undefined);
    assert.equal(table.TableName, undefined);
    for (const attribute of table.AttributeDefinitions as { AttributeType: string }[]) {
      assert.equal(attribute.AttributeType, 'S');
    }
  }
});

test('what cannot be sent again can be restored to any second', () => {
  const recoverable = (path: string) =>
    (fanfare.of(path).Replicas as Record<string, unknown>[])[0]?.PointInTimeRecoverySpecification;
  assert.deepEqual(recoverable('Tables/Subscriptions'), { PointInTimeRecoveryEnabled: true });
  assert.equal(recoverable('Tables/Events'), undefined);
  assert.equal(recoverable('Tables/Deliveries'), undefined);
});

describe('indexes', () => {
  test('by-creation is local, for consistent lists, and holds whole subscriptions', () => {
    const index = onlyIndex('Tables/Subscriptions', 'LocalSecondaryIndexes');
    const { name, partition, sort } = INDEXES.subscriptionsByCreation;
    assert.deepEqual(index, {
      IndexName: name,
      KeySchema: keys(partition, sort),
      Projection: { ProjectionType: 'ALL' },
    });
    assert.equal(fanfare.of('Tables/Subscriptions').GlobalSecondaryIndexes, undefined);
  });

  test('events have none: each write to one would be billed again', () => {
    const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = fanfare.of('Tables/Events');
    assert.deepEqual([GlobalSecondaryIndexes, LocalSecondaryIndexes], [undefined, undefined]);
  });

  test('by-subscription holds what lists of deliveries read, and neither response bodies nor timings', () => {
    const index = onlyIndex('Tables/Deliveries', 'GlobalSecondaryIndexes');
    const { name, partition, sort } = INDEXES.deliveriesBySubscription;
    assert.equal(index.IndexName, name);
    assert.deepEqual(index.KeySchema, keys(partition, sort));
    assert.equal(index.Projection.ProjectionType, 'INCLUDE');
    const named = index.Projection.NonKeyAttributes ?? [];
    assert.ok(named.length <= MAX_PROJECTED);
    // The table's own keys are in every index.
    const held = [...named, KEYS.partition, KEYS.sort];
    const row = deliveryRow({ status: 'failed', reason: 'exhausted', nextAttemptAt: 1, result: everyField });
    const listed = Object.entries(toDeliveryItem(row)).filter(([name]) => held.includes(name));
    assert.deepEqual(fromDeliveryItem(Object.fromEntries(listed)), {
      ...row,
      result: { ...everyField, responseBody: null, timings: null },
    });
  });
});

test('tables, and the key that opens the secrets in them, outlive the stack unless told otherwise', () => {
  const kept = [...TABLES, 'Secrets/WrappingKey'];
  const fates = (of: typeof fanfare) => kept.map((path) => of.resources.get(path)?.DeletionPolicy);
  assert.deepEqual(new Set(fates(fanfare)), new Set(['Retain']));
  assert.deepEqual(new Set(fates(synthesize({ removalPolicy: RemovalPolicy.DESTROY }))), new Set(['Delete']));
});
