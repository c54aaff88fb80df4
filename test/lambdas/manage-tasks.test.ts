import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTaskMessage } from '../../core/message.ts';
import { formatTime } from '../../core/rfc3339.ts';
import { ManageBench } from '../support/manage-bench.ts';

test('a redrive is accepted as a task, on record before its message is sent', async () => {
  const bench = new ManageBench();
  const body = {
    subscription: 'sub_1',
    eventType: 'order.created',
    since: '2026-01-01T00:00:00Z',
    until: '2026-01-02T00:00:00+01:00',
    limit: 7,
    ratePerSecond: 1000,
    dryRun: true,
  };
  const answer = await bench.call('POST', '/v1/redrive', body);
  const id = String(answer.body.id);
  const view = {
    id,
    kind: 'redrive',
    status: 'queued',
    matched: 0,
    sent: 0,
    dropped: 0,
    createdAt: formatTime(bench.clock.now()),
    finishedAt: null,
  };
  assert.match(id, /^tsk_/);
  assert.deepEqual([answer.status, answer.body], [202, view]);
  assert.deepEqual((await bench.call('GET', `/v1/tasks/${id}`)).body, view);
  assert.deepEqual((await bench.tasks.get(id))?.request, {
    ...body,
    kind: 'redrive',
    tenant: 'acme',
    since: Date.UTC(2026, 0, 1),
    until: Date.UTC(2026, 0, 1, 23),
  });
  assert.deepEqual(
    bench.taskQueue.bodies.map((text) => decodeTaskMessage(text).header.task),
    [id],
  );
});

test('a redrive of everything needs no body, and goes at fifty a second', async () => {
  const bench = new ManageBench();
  for (const body of [undefined, {}]) {
    const answer = await bench.call('POST', '/v1/redrive', body);
    assert.equal(answer.status, 202);
    assert.deepEqual((await bench.tasks.get(String(answer.body.id)))?.request, {
      kind: 'redrive',
      tenant: 'acme',
      subscription: null,
      eventType: null,
      since: null,
      until: null,
      limit: null,
      ratePerSecond: 50,
      dryRun: false,
    });
  }
});

test('what a redrive cannot be asked for is refused by name, and nothing is started', async () => {
  const bench = new ManageBench();
  for (const [body, pointer] of [
    [{ limit: 0 }, '/limit'],
    [{ limit: '5' }, '/limit'],
    [{ ratePerSecond: 0 }, '/ratePerSecond'],
    [{ ratePerSecond: 1001 }, '/ratePerSecond'],
    [{ ratePerSecond: 1.5 }, '/ratePerSecond'],
    [{ dryRun: 'yes' }, '/dryRun'],
    [{ since: '2026-02-30T00:00:00Z' }, '/since'],
    [{ until: 1_700_000_000 }, '/until'],
    [{ eventType: 'order.*' }, '/eventType'],
    [{ subscription: '' }, '/subscription'],
    [{ tenant: '' }, '/tenant'],
    [{ colour: 'red' }, '/colour'],
  ] as const) {
    const answer = await bench.call('POST', '/v1/redrive', body);
    const errors = answer.body.errors as readonly { pointer: string }[];
    assert.deepEqual([answer.status, errors?.[0]?.pointer], [400, pointer], JSON.stringify(body));
  }
  assert.equal((await bench.call('POST', '/v1/redrive', 'nonsense')).status, 400);
  assert.equal((await bench.call('POST', '/v1/redrive', { tenant: 'globex' })).status, 403);
  assert.equal((await bench.call('POST', '/v1/redrive', {}, 'reader')).status, 403);
  assert.deepEqual([bench.tasks.all, bench.taskQueue.sent], [[], []]);
});

test('a task that cannot be queued is on record as failed, and its caller hears of the error', async () => {
  const bench = new ManageBench();
  bench.taskQueue.refuses = () => true;
  assert.equal((await bench.call('POST', '/v1/redrive', {})).status, 500);
  const [task] = bench.tasks.all;
  const { body } = await bench.call('GET', `/v1/tasks/${task?.id}`);
  assert.deepEqual([body.status, body.failure], ['failed', 'The task could not be queued.']);
  assert.notEqual(body.finishedAt, null);
});

test('a task is cancelled once: after that, and when it is over, 409', async () => {
  const bench = new ManageBench();
  const { body } = await bench.call('POST', '/v1/redrive', {});
  bench.clock.advance(5_000);
  const cancelled = await bench.call('POST', `/v1/tasks/${body.id}/cancel`);
  assert.deepEqual([cancelled.status, cancelled.body.status], [200, 'cancelled']);
  assert.equal(cancelled.body.finishedAt, formatTime(bench.clock.now()));
  const again = await bench.call('POST', `/v1/tasks/${body.id}/cancel`);
  assert.deepEqual([again.status, again.body.type], [409, '/problems/conflict']);
});

test('a task is cancelled although a worker writes it at the same time', async () => {
  const bench = new ManageBench();
  const { body } = await bench.call('POST', '/v1/redrive', {});
  const id = String(body.id);
  const update = bench.tasks.update.bind(bench.tasks);
  let races = 2;
  bench.tasks.update = async (task) => {
    const current = await bench.tasks.get(id);
    if (races-- > 0 && current) await update({ ...current, status: 'running', sent: current.sent + 10 });
    return update(task);
  };
  const cancelled = await bench.call('POST', `/v1/tasks/${id}/cancel`);
  assert.deepEqual([cancelled.status, cancelled.body.status, cancelled.body.sent], [200, 'cancelled', 20]);
});

test("C076: somebody else's task and an unknown one answer alike, and stay as they are", async () => {
  const bench = new ManageBench();
  const { body } = await bench.call('POST', '/v1/redrive', {});
  for (const [method, action] of [
    ['GET', ''],
    ['POST', '/cancel'],
  ] as const) {
    const foreign = await bench.call(method, `/v1/tasks/${body.id}${action}`, undefined, 'globex');
    const unknown = await bench.call(method, `/v1/tasks/tsk_none${action}`, undefined, 'globex');
    assert.deepEqual([foreign.status, foreign.text], [404, unknown.text]);
  }
  assert.equal((await bench.call('GET', `/v1/tasks/${body.id}`, undefined, 'admin')).body.status, 'queued');
});
