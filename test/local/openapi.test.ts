import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OpenApiJudge } from '../support/openapi-judge.ts';
import {
  type ApiAnswer,
  type Endpoint,
  type InProcessRunner,
  startEndpoint,
  startInProcess,
} from './runner.ts';
import { until } from './until.ts';

let runner: InProcessRunner;
let endpoint: Endpoint;
let judge: OpenApiJudge;
const driven = new Set<string>();

before(async () => {
  runner = await startInProcess();
  endpoint = await startEndpoint(({ body }) => ({ status: body.includes('broken') ? 500 : 204 }));
  judge = new OpenApiJudge((await runner.call('GET', '/v1/openapi.json')).body);
});
after(async () => {
  await runner.stop();
  await endpoint.close();
});

interface Drive {
  readonly path?: Record<string, string>;
  readonly query?: string;
  readonly body?: unknown;
  readonly token?: string;
}

/** Calls an operation of the document and holds the answer to it. */
async function drive(
  id: string,
  status: number,
  { path = {}, query = '', body, token = runner.apiKey }: Drive = {},
): Promise<ApiAnswer> {
  const { method, path: template } = judge.located(id);
  const target = template.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? '');
  const answer = await runner.call(method, `${target}${query === '' ? '' : `?${query}`}`, body, {
    authorization: `Bearer ${token}`,
  });
  const text = answer.body === null ? '' : JSON.stringify(answer.body);
  assert.equal(answer.status, status, `${id}: ${text}`);
  assert.deepEqual(judge.faults(id, status, answer.headers.get('content-type'), text), []);
  driven.add(id);
  return answer;
}

test('every operation of the document does what it says, and answers as it says', async () => {
  const tenant = 'acme';
  const query = `tenant=${tenant}`;
  await drive('getHealth', 200);
  await drive('putEventType', 200, {
    path: { type: 'order.paid' },
    body: { description: 'Paid', example: [1] },
  });
  await drive('getEventType', 200, { path: { type: 'order.paid' } });
  await drive('listEventTypes', 200);
  await drive('putTenant', 200, { path: { id: tenant }, body: { name: 'Acme', retrySchedule: [] } });
  await drive('getTenant', 200, { path: { id: tenant } });
  await drive('listTenants', 200);
  const fields = { tenant, url: endpoint.url, headers: { 'x-key': 'v' }, metadata: { a: 'b' } };
  const { body: made } = await drive('createSubscription', 201, { body: fields });
  const path = { id: made.id as string };
  await drive('listSubscriptions', 200, { query: `${query}&status=active&eventType=a.b` });
  await drive('getSubscription', 200, { path, query });
  await drive('updateSubscription', 200, {
    path,
    query,
    body: { description: 'x', rateLimit: { perSecond: 100 } },
  });
  await drive('verifySubscription', 200, { path, query });
  await drive('getSubscriptionSecret', 200, { path, query });
  await drive('rotateSubscriptionSecret', 200, { path, query, body: { graceSeconds: 0 } });
  const attempt = await drive('testSubscription', 200, { path, query, body: { type: 'a.b', data: [1] } });
  assert.equal(attempt.body.status, 204);

  const { body: event } = await drive('postEvents', 202, { body: { type: 'order.paid', tenant, data: 1 } });
  await drive('postEvents', 207, { body: [{ type: 'order.paid', tenant, data: 'broken' }, { type: '-' }] });
  await until('both were sent', () => endpoint.requests.length === 3);
  await drive('listEvents', 200, { query: `${query}&type=order.paid&since=2026-01-01T00:00:00Z` });
  await drive('getEvent', 200, { path: { id: event.id }, query });
  const { body: matches } = await drive('matchEvent', 200, { path: { id: event.id }, query });
  assert.deepEqual(matches.data, [{ subscription: made.id, matches: true, reason: null }]);

  const failed = async (): Promise<ApiAnswer> =>
    drive('listDeliveries', 200, { query: `${query}&status=failed` });
  await until('the broken one is given up', async () => (await failed()).body.data.length === 1);
  const [delivery] = (await failed()).body.data as { id: string }[];
  const deliveryPath = { id: delivery?.id ?? '' };
  await drive('getDelivery', 200, { path: deliveryPath, query });
  await drive('retryDelivery', 202, { path: deliveryPath, query });
  await drive('listDeadLetters', 200, { query });
  await drive('summarizeDeadLetters', 200, { query });
  const { body: task } = await drive('startRedrive', 202, { body: { tenant, dryRun: true } });
  const finished = async (): Promise<boolean> =>
    (await drive('getTask', 200, { path: { id: task.id } })).body.status === 'done';
  await until('the dry run is done', finished);
  const replay = { since: '2026-01-01T00:00:00Z', status: 'all' };
  const { body: replaying } = await drive('replaySubscription', 202, { path, query, body: replay });
  // It may be done by now, which is a conflict.
  const cancelled = await runner.call('POST', `/v1/tasks/${replaying.id}/cancel`);
  const said = [cancelled.headers.get('content-type'), JSON.stringify(cancelled.body)] as const;
  assert.deepEqual(judge.faults('cancelTask', cancelled.status, ...said), []);
  driven.add('cancelTask');

  const { body: key } = await drive('createKey', 201, {
    body: { name: 'k', scopes: ['events:read'], tenant },
  });
  await drive('listKeys', 200);
  await drive('deleteKey', 204, { path: { id: key.id } });
  const { body: session } = await drive('createPortalSession', 201, { body: { tenant, readOnly: true } });
  await drive('endPortalSession', 204, { token: session.token });
  await drive('deleteSubscription', 204, { path, query });
  await drive('deleteEventType', 204, { path: { type: 'order.paid' } });
  await drive('deleteTenant', 204, { path: { id: tenant } });
  await drive('getOpenApi', 200);
  assert.deepEqual(
    [...judge.operations.keys()].filter((id) => !driven.has(id)),
    [],
  );
});
