import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { callDeadlines } from '../../lambdas/wiring.ts';
import { listen } from '../../local/loopback.ts';

const sockets = new Set<Socket>();
const silent = createServer((socket) => void sockets.add(socket));
after(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('a call to AWS that is never answered fails, and does not hold up its function', async () => {
  const client = new DynamoDBClient({
    ...callDeadlines(50),
    endpoint: `http://127.0.0.1:${await listen(silent, 0)}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 2,
  });
  await assert.rejects(client.send(new ListTablesCommand({})), { name: 'TimeoutError' });
  assert.equal(sockets.size, 2, 'it was tried again');
  client.destroy();
});
