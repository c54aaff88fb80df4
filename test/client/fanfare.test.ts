import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FanfareProblem } from '../../client/failures.ts';
import { Fanfare } from '../../client/fanfare.ts';
import { JsonText, memberText } from '../../client/json-text.ts';
import { verifyWebhook, Webhook, WebhookVerificationError } from '../../client/verify-webhook.ts';
import { OPERATIONS, type OperationName } from '../../contract/operations.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from '../local/runner.ts';
import { until } from '../local/until.ts';

let runner: InProcessRunner;
let api: Fanfare;
const endpoints: Endpoint[] = [];
/** Operations that were answered with success. */
const succeeded = new Set<OperationName>();
const world = {
  fetch: async (url: string | URL | Request, init?: RequestInit) => {
    const response = await fetch(url, init);
    if (response.ok) note(init?.method ?? 'GET', new URL(String(url)).pathname);
    return response;
  },
};

before(async () => {
  runner = await startInProcess();
  api = new Fanfare({
    url: runner.url,
    apiKey: runner.apiKey,
    world,
  });
});

after(async () => {
  await runner.stop();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
});

function note(method: string, path: string): void {
  const fits = (spec: { readonly path: string; readonly method: string }): boolean =>
    spec.method === method && new RegExp(`^${spec.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const names = (Object.keys(OPERATIONS) as OperationName[]).filter((name) => fits(OPERATIONS[name]));
  // A path that spells itself out beats one with parameters.
  const [name] = names.sort(
    (a, b) => OPERATIONS[a].path.split('{').length - OPERATIONS[b].path.split('{').length,
  );
  if (name) succeeded.add(name);
}

async function endpoint(...args: Parameters<typeof startEndpoint>): Promise<Endpoint> {
  const made = await startEndpoint(...args);
  endpoints.push(made);
  return made;
}

const DATA = '{"id":9007199254740993,"big":1e400,"price":1.0,"x":1,"x":2}';

test('an event goes out and is read back token for token, and its receiver can verify it', async () => {
  const target = await endpoint();
  const scope = { tenant: 'exact' };
  const { id, secret } = await api.createSubscription({ url: target.url, ...scope });
  const event = { type: 'order.created', ...scope, data: new JsonText(DATA) };
  const accepted = await api.send(event, { idempotencyKey: 'once' });
  assert.deepEqual([accepted.tenant, accepted.type, accepted.duplicate], ['exact', 'order.created', false]);
  assert.equal((await api.send(event, { idempotencyKey: 'once' })).duplicate, true);
  await until('it arrived', () => target.requests.length === 1);
  const [got] = target.requests;
  assert.ok(got);
  const received = verifyWebhook(secret, got.body, new Headers(got.headers));
  assert.equal(received.type, 'order.created');
  assert.equal(memberText(got.body.toString(), 'data'), DATA);
  const forged = Buffer.from(got.body.toString().replace('1e400', '1e401'));
  assert.throws(() => verifyWebhook(secret, forged, got.headers), WebhookVerificationError);
  assert.throws(() => verifyWebhook(secret, got.body, {}), WebhookVerificationError);
  assert.ok(new Webhook(secret).verify(got.body, got.headers));
  const { text, body } = await api.request('getEvent', { path: [accepted.id], options: scope });
  assert.equal(memberText(text, 'data'), DATA);
  assert.equal(body.matched, 1);
  assert.equal((await api.getEvent(accepted.id, scope)).id, accepted.id);
  await until('it is in the log', async () => {
    const { data } = await api.listDeliveries({ ...scope, subscription: id, limit: 1 });
    return data[0]?.event === accepted.id;
  });
});

test('an array has a result for each event, also when none was accepted', async () => {
  const bad = { type: 'not a type', tenant: 'array', data: 1 };
  const statuses = async (events: Parameters<Fanfare['sendAll']>[0]) =>
    (await api.sendAll(events)).results.map(({ status }) => status);
  assert.deepEqual(await statuses([{ type: 'a.b', tenant: 'array', data: 1 }, bad]), [202, 400]);
  assert.deepEqual(await statuses([bad, bad]), [400, 400]);
  await assert.rejects(api.sendAll([]), FanfareProblem);
});

test('a refusal says where and what', async () => {
  await assert.rejects(api.createSubscription({ url: 'https://h.example/', timeoutSeconds: 99 }), (error) => {
    assert.ok(error instanceof FanfareProblem);
    assert.deepEqual([error.status, error.slug], [400, 'invalid-request']);
    assert.deepEqual(
      error.faults.map(({ pointer }) => pointer),
      ['/timeoutSeconds'],
    );
    assert.notEqual(error.requestId, null);
    return true;
  });
  const stranger = new Fanfare({ url: runner.url, apiKey: 'wrong' });
  await assert.rejects(
    stranger.listEvents(),
    (error) => error instanceof FanfareProblem && error.status === 401,
  );
});

test('a list of several pages is read whole, each once, newest first', async () => {
  const scope = { tenant: 'pages' };
  const sent: string[] = [];
  for (let i = 0; i < 5; i++) sent.push((await api.send({ type: 'a.b', ...scope, data: i })).id);
  await until('all are on record', async () => (await api.listEvents(scope)).data.length === 5);
  const seen: string[] = [];
  for await (const { id } of api.each('listEvents', { ...scope, limit: 2 })) seen.push(id);
  assert.deepEqual(seen, sent.toReversed());
});

test('a subscription is made, changed, tried out and removed', async () => {
  const target = await endpoint();
  const scope = { tenant: 'life' };
  const made = await api.createSubscription({ id: 'mine', url: target.url, ...scope, description: 'a' });
  assert.equal(made.id, 'mine');
  const filter = new JsonText('{"data":{"n":[{"numeric":[">",9007199254740993]}]}}');
  assert.equal((await api.updateSubscription('mine', { description: null, filter }, scope)).description, '');
  assert.match(
    (await api.request('getSubscription', { path: ['mine'], options: scope })).text,
    /9007199254740993/,
  );
  assert.equal((await api.verifySubscription('mine', scope)).status, 'active');
  assert.equal((await api.testSubscription('mine', { data: new JsonText(DATA) }, scope)).status, 204);
  assert.equal((await api.getSubscriptionSecret('mine', scope)).secret, made.secret);
  const { secret } = await api.rotateSubscriptionSecret('mine', { graceSeconds: 0 }, scope);
  assert.notEqual(secret, made.secret);
  assert.deepEqual(
    (await api.listSubscriptions(scope)).data.map(({ id }) => id),
    ['mine'],
  );
  assert.equal(await api.deleteSubscription('mine', scope), undefined);
  await assert.rejects(api.getSubscription('mine', scope), FanfareProblem);
});

test('dead letters are counted, redriven and watched to the end', async () => {
  let down = true;
  const target = await endpoint(() => ({ status: down ? 500 : 200 }));
  const scope = { tenant: 'dead' };
  await api.createSubscription({ url: target.url, ...scope, retrySchedule: [] });
  await api.send({ type: 'a.b', ...scope, data: 1 });
  await until('it is dead', async () => (await api.listDeadLetters(scope)).data.length === 1);
  const { data } = await api.summarizeDeadLetters(scope);
  assert.deepEqual(
    data.map(({ lastStatus, count }) => [lastStatus, count]),
    [[500, 1]],
  );
  down = false;
  const task = await api.startRedrive(scope);
  const states: (typeof task)[] = [];
  for await (const state of api.watchTask(task.id, { pollMs: 5 })) states.push(state);
  const last = states.at(-1);
  assert.deepEqual([last?.status, last?.matched, last?.sent], ['done', 1, 1]);
  assert.equal((await api.getTask(task.id)).status, 'done');
  await assert.rejects(
    api.cancelTask(task.id),
    (error) => error instanceof FanfareProblem && error.status === 409,
  );
  await until(
    'it was delivered',
    async () => (await api.listDeliveries({ ...scope, status: 'succeeded' })).data.length === 1,
  );
  const [delivery] = (await api.listDeliveries(scope)).data;
  const id = delivery?.id ?? '';
  assert.equal((await api.getDelivery(id, scope)).attempts.length, 2);
  await api.retryDelivery(id, scope);
  await until('it was sent once more', () => target.requests.length === 3);
});

test('events are replayed to one subscription, those it never got', async () => {
  const target = await endpoint();
  const scope = { tenant: 'replay' };
  const { id: event } = await api.send({ type: 'a.b', ...scope, data: new JsonText(DATA) });
  await until('it is on record', async () => (await api.listEvents(scope)).data.length === 1);
  const { id } = await api.createSubscription({ id: 'late', url: target.url, ...scope });
  const matches: unknown[] = [];
  for await (const match of api.each('matchEvent', event, { ...scope, limit: 1 })) matches.push(match);
  assert.deepEqual(matches, [{ subscription: id, matches: true, reason: null }]);
  assert.deepEqual((await api.matchEvent(event, scope)).data, matches);
  const since = new Date(0).toISOString();
  const task = await api.replaySubscription(id, { since, status: 'all' }, scope);
  assert.equal(task.kind, 'replay');
  await until('it came', () => target.requests.length === 1);
  assert.equal(target.requests[0]?.headers['webhook-id'], event);
});

test('a task that was begun can be cancelled', async () => {
  const scope = { tenant: 'cancel' };
  // It has next to nothing to do, so it may end before: then another one is begun.
  await until('one was cancelled', async () => {
    const { id } = await api.startRedrive({ ...scope, dryRun: true });
    try {
      return (await api.cancelTask(id)).status === 'cancelled';
    } catch (error) {
      if (error instanceof FanfareProblem && error.slug === 'conflict') return false;
      throw error;
    }
  });
});

test('a key is made, listed and revoked', async () => {
  const made = await api.createKey({ name: 'ci', scopes: ['events:write'], tenant: 'keys' });
  const bound = new Fanfare({ url: runner.url, apiKey: made.key });
  assert.equal((await bound.send({ type: 'a.b', data: 1 })).tenant, 'keys');
  assert.ok((await api.listKeys()).data.some(({ id }) => id === made.id));
  await api.deleteKey(made.id);
  assert.equal((await api.getHealth()).status, 'ok');
  assert.match(String((await api.getOpenApi()).openapi), /^3\.1/);
});

test('an event type is said, read and forgotten, its schema token for token where digits matter', async () => {
  const schema = new JsonText('{"type":"object","properties":{"n":{"maximum":9007199254740993}}}');
  const put = await api.putEventType('order.shipped', { description: 'On its way', schema, mode: 'block' });
  assert.deepEqual([put.type, put.mode, put.description], ['order.shipped', 'block', 'On its way']);
  const { text } = await api.request('getEventType', { path: ['order.shipped'] });
  assert.match(text, /9007199254740993/);
  assert.ok((await api.listEventTypes()).data.some(({ type }) => type === 'order.shipped'));
  assert.equal((await api.getEventType('order.shipped')).deprecated, false);
  assert.equal(await api.deleteEventType('order.shipped'), undefined);
});

test('a tenant is said, let into the console, and removed', async () => {
  const put = await api.putTenant('shop', { name: 'The shop', retrySchedule: [5] });
  assert.deepEqual([put.id, put.name, put.retrySchedule], ['shop', 'The shop', [5]]);
  assert.equal((await api.getTenant('shop')).name, 'The shop');
  assert.ok((await api.listTenants()).data.some(({ id }) => id === 'shop'));
  const { token } = await api.createPortalSession({ tenant: 'shop', readOnly: true });
  const visitor = new Fanfare({ url: runner.url, apiKey: token, world });
  assert.deepEqual((await visitor.listSubscriptions()).data, []);
  assert.equal(await visitor.endPortalSession(), undefined);
  assert.equal(await api.deleteTenant('shop'), undefined);
});

test('each operation of the API was done by the client', () => {
  assert.deepEqual([...succeeded].sort(), Object.keys(OPERATIONS).sort());
});
