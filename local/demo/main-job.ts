import { CONSOLE_LINK } from '../../contract/console.ts';
import type { Runner } from '../runner.ts';
import type { Screen } from '../screen.ts';
import { RECEIVER_PATH, type ReceivedRequest } from './receiver.ts';

const TENANT = 'demo';
/** Time until the demo stops waiting for deliveries. */
const GIVE_UP_MS = 30_000;

/** The four events that a shop or a CRM tells others about. The last one meets an endpoint that fails twice. */
const EVENTS = [
  { type: 'customer.created', data: { id: 'cus_1', name: 'Ada Lovelace' } },
  { type: 'order.created', data: { id: 'ord_1', customer: 'cus_1', total: '42.00' } },
  { type: 'product.created', data: { id: 'prd_1', name: 'Analytical Engine' } },
  { type: 'order.approved', data: { id: 'ord_1' } },
] as const;

const SUBSCRIPTIONS = [
  { id: 'demo', query: '', eventTypes: ['customer.*', 'product.*', 'order.created'] },
  { id: 'demo-failing-twice', query: '?failTimes=2', eventTypes: ['order.approved'] },
] as const;

/** Posts the four events to the API and shows each attempt at delivering them. */
export async function showMainJob(runner: Runner, screen: Screen): Promise<void> {
  for (const subscription of SUBSCRIPTIONS) await subscribe(runner, subscription);
  screen.say();
  screen.say(screen.paint('dim', row('event', 'delivery', 'attempt', 'answer', 'signature')));
  const types = new Map<string, string>();
  const done = Promise.withResolvers<void>();
  let left: number = EVENTS.length;
  const stopListening = runner.receiver.onRequest((request) => {
    const type = types.get(request.headers['webhook-id'] ?? '');
    if (type === undefined) return;
    screen.say(show(screen, type, request));
    if (request.status === 200) left--;
    if (left === 0) done.resolve();
  });
  const timer = setTimeout(
    () => done.reject(new Error(`${left} of the demo events did not arrive`)),
    GIVE_UP_MS,
  );
  try {
    for (const { type, data } of EVENTS) {
      const id = `demo_${type.replace('.', '_')}_${Date.now().toString(36)}`;
      types.set(id, type);
      await call(runner, 'POST', '/v1/events', { id, type, tenant: TENANT, data });
    }
    await done.promise;
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

/** What to try next. */
export function showNextSteps(runner: Runner, screen: Screen): void {
  const event = JSON.stringify({ type: 'order.created', tenant: TENANT, data: { id: 'ord_2' } });
  screen.say();
  const key = new URLSearchParams({ [CONSOLE_LINK.token]: runner.apiKey });
  screen.say(`  Console    ${runner.url}/?tenant=${TENANT}#${key}`);
  screen.say(`  API        ${runner.url}/v1`);
  screen.say(`  API key    ${runner.apiKey}`);
  screen.say(`  Received   ${runner.url}${RECEIVER_PATH}/requests`);
  screen.say(`  Logs       ${runner.logFolder}`);
  screen.say();
  screen.say('Send an event of your own:');
  screen.say();
  screen.say(`  curl ${runner.url}/v1/events -H 'authorization: Bearer ${runner.apiKey}' \\`);
  screen.say(`    -H 'content-type: application/json' -d '${event}'`);
  screen.say();
}

async function subscribe(
  runner: Runner,
  { id, query, eventTypes }: (typeof SUBSCRIPTIONS)[number],
): Promise<void> {
  const known = await request(runner, 'GET', `/v1/subscriptions/${id}?tenant=${TENANT}`);
  if (known.ok) return;
  const url = `${runner.url}${RECEIVER_PATH}${query}`;
  await call(runner, 'POST', '/v1/subscriptions', {
    id,
    tenant: TENANT,
    url,
    eventTypes,
    retrySchedule: [1, 1],
  });
}

async function call(runner: Runner, method: string, path: string, body: object): Promise<void> {
  const answer = await request(runner, method, path, body);
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

function request(runner: Runner, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${runner.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${runner.apiKey}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

function show(screen: Screen, type: string, { headers, status, verified }: ReceivedRequest): string {
  const answer = status === 200 ? '200 delivered' : `${status} will retry`;
  const line = row(
    type,
    headers['fanfare-delivery'] ?? '',
    headers['fanfare-attempt'] ?? '',
    answer,
    verified ? 'verified' : 'WRONG',
  );
  return screen.paint(status === 200 && verified ? 'green' : 'yellow', line);
}

function row(event: string, delivery: string, attempt: string, answer: string, signature: string): string {
  return `  ${event.padEnd(18)}${delivery.padEnd(42)}${attempt.padEnd(9)}${answer.padEnd(18)}${signature}`;
}
