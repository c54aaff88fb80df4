import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { startDynamo } from './dynamo.ts';
import { startSqs } from './sqs.ts';

test('the DynamoDB stand-in has the three tables', async () => {
  const dynamo = await startDynamo();
  try {
    const { TableNames } = await dynamo.client.send(new ListTablesCommand({}));
    assert.deepEqual(TableNames?.sort(), Object.values(dynamo.tables).sort());
  } finally {
    await dynamo.close();
  }
});

test('the SQS stand-in takes a message', async () => {
  const sqs = await startSqs();
  try {
    const QueueUrl = await sqs.queue('events');
    const sent = await sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    assert.ok(sent.MessageId);
  } finally {
    await sqs.close();
  }
});
