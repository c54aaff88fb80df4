import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { KmsSealer } from '../../adapters/kms-sealer.ts';
import { systemRandom } from '../../adapters/system.ts';
import { sealerContract } from '../contracts/sealer.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeSealer } from '../support/fake-sealer.ts';
import { type KmsStandIn, startKms } from '../support/kms.ts';

let dynamo: DynamoStandIn;
let kms: KmsStandIn;
before(async () => {
  [dynamo, kms] = await Promise.all([startDynamo(), startKms()]);
});
after(() => Promise.all([dynamo.close(), kms.close()]));

const place = { tenant: 'acme', subscription: 'sub_1' };
const keyOf = (version: string) => ({ pk: { S: 'DATAKEY' }, sk: { S: version } });

function environment(): KmsSealer {
  return new KmsSealer({
    kms: kms.client,
    keyId: 'arn:aws:kms:us-east-1:111122223333:key/1',
    dynamo: dynamo.client,
    table: dynamo.tables.subscriptions,
    random: systemRandom,
  });
}

async function withoutDataKeys(): Promise<void> {
  for (const version of ['0001', '0002']) {
    await dynamo.client.send(
      new DeleteItemCommand({ TableName: dynamo.tables.subscriptions, Key: keyOf(version) }),
    );
  }
  kms.calls.length = 0;
}

sealerContract('in memory', () => new FakeSealer());
sealerContract('with KMS', environment);

test('environments that start at once agree on one data key', async () => {
  await withoutDataKeys();
  const environments = Array.from({ length: 10 }, environment);
  const sealed = await Promise.all(environments.map((one, at) => one.seal(`text ${at}`, place)));
  const opened = await Promise.all(sealed.map((value) => environment().open(value, place)));
  assert.deepEqual(
    opened,
    sealed.map((_, at) => `text ${at}`),
  );
});

test('KMS is asked once per environment, not once per value', async () => {
  await withoutDataKeys();
  const first = environment();
  const sealed = await Promise.all(Array.from({ length: 50 }, () => first.seal('text', place)));
  await Promise.all(sealed.map((value) => first.open(value, place)));
  assert.deepEqual(kms.calls, ['GenerateDataKey', 'Decrypt']);
  const second = environment();
  await Promise.all(sealed.map((value) => second.open(value, place)));
  assert.deepEqual(kms.calls, ['GenerateDataKey', 'Decrypt', 'Decrypt']);
});

test('opening never makes a data key: a function that only reads needs no right to', async () => {
  await withoutDataKeys();
  assert.equal(await environment().open(`0001.${'A'.repeat(60)}`, place), null);
  assert.deepEqual(kms.calls, []);
});

test('a failing KMS is an error, not a damaged value, and is asked again next time', async () => {
  const sealed = await environment().seal('text', place);
  const cold = environment();
  kms.failing = true;
  await assert.rejects(cold.open(sealed, place));
  await assert.rejects(cold.seal('text', place));
  await assert.rejects(cold.derive('cursors'));
  kms.failing = false;
  assert.equal(await cold.open(sealed, place), 'text');
});

test('after a newer data key is added, new values use it and old ones still open', async () => {
  await withoutDataKeys();
  const old = environment();
  const sealed = await old.seal('text', place);
  const cursors = await old.derive('cursors');
  await addVersion('0002');
  const rotated = environment();
  const resealed = await rotated.seal('text', place);
  assert.match(sealed, /^0001\./);
  assert.match(resealed, /^0002\./);
  assert.equal(await rotated.open(sealed, place), 'text');
  assert.equal(await old.open(resealed, place), 'text');
  assert.deepEqual([...(await rotated.derive('cursors'))], [...cursors]);
});

test('the data key is stored wrapped, and only for its own version', async () => {
  await withoutDataKeys();
  await environment().seal('text', place);
  const { Item } = await dynamo.client.send(
    new GetItemCommand({ TableName: dynamo.tables.subscriptions, Key: keyOf('0001') }),
  );
  assert.ok(Item?.wrapped?.B && Item.wrapped.B.length > 32);
  await dynamo.client.send(
    new PutItemCommand({ TableName: dynamo.tables.subscriptions, Item: { ...Item, ...keyOf('0002') } }),
  );
  await assert.rejects(environment().seal('text', place), { name: 'InvalidCiphertextException' });
  await withoutDataKeys();
});

async function addVersion(version: string): Promise<void> {
  const made = await kms.client.send(
    new GenerateDataKeyCommand({
      KeyId: 'key',
      KeySpec: 'AES_256',
      EncryptionContext: { purpose: 'fanfare-secrets', version },
    }),
  );
  await dynamo.client.send(
    new PutItemCommand({
      TableName: dynamo.tables.subscriptions,
      Item: { ...keyOf(version), wrapped: { B: made.CiphertextBlob ?? new Uint8Array() } },
    }),
  );
}
