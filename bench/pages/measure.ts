import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { inParallel } from '../../adapters/aws/in-parallel.ts';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { LIST, SUBSCRIPTION as SUBSCRIPTION_LIMITS, TENANT as TENANT_LIMITS } from '../../contract/limits.ts';
import { ROOT } from '../../lib/blocks/function-defaults.ts';
import { startDynamo } from '../../local/dynamo/dynoxide.ts';
import { hiddenPlace, LOOPBACK } from '../../local/loopback.ts';
import { startRunner } from '../../local/runner.ts';
import { type Bench, BenchError, type Figures } from '../figures.ts';
import {
  type Amounts,
  control,
  FAT_METADATA,
  RARE,
  type Seeded,
  SUBSCRIPTION,
  seed,
  type Tables,
  TENANT,
} from './seed.ts';

const KEY = 'bench-admin-key';
/** The API's promise for each answer, in milliseconds. */
const MOST_MS = 5_000;
const AMOUNTS: Amounts = { events: 30_000, fatEvents: 500, ofOneEvent: 1_000, attempts: 400 };
const FEW: Amounts = { events: 3_000, fatEvents: 300, ofOneEvent: 300, attempts: 100 };

/**
 * Bytes and time of each list and item of the API at their dearest, through the whole local runner, in each mode of the
 * delivery log. Throws for an answer that is too large, too late, or no answer.
 */
export function measurePages(mode: DeliveryLogMode): (bench: Bench) => Promise<Figures> {
  return ({ quick, say }) => {
    say(`the largest answers of the API, delivery log ${mode}`);
    return onRunner(mode, say, async (url, client, tables) => {
      const seeded = await seed(client, tables, mode, quick ? FEW : AMOUNTS);
      say('the tables are full');
      return figuresOf(url, mode, ofTheLog(seeded));
    });
  };
}

/** The same of lists and items that do not depend on the delivery log. */
export async function measureOtherPages({ say }: Bench): Promise<Figures> {
  say('the largest answers of the API, all others');
  return onRunner('full', say, async (url, client, tables) => {
    const seeded = await seed(client, tables, 'full', {
      events: 1,
      fatEvents: 0,
      ofOneEvent: 1,
      attempts: 1,
    });
    await seedByApi(url);
    say('the tables are full');
    return figuresOf(url, 'others', ofTheRest(seeded));
  });
}

type Work = (url: string, client: DynamoDBClient, tables: Tables) => Promise<Figures>;

async function onRunner(mode: DeliveryLogMode, say: Bench['say'], work: Work): Promise<Figures> {
  await using started = new AsyncDisposableStack();
  // Where a runner takes it from outside.
  const dynamo = await startDynamo(null, undefined, () => hiddenPlace(LOOPBACK));
  started.defer(() => dynamo.close());
  const options = { port: 0, apiKey: KEY, demo: false, data: null, quiet: true, verbose: false };
  const runner = await startRunner(
    ROOT,
    { ...options, tableFaults: false, deliveryLog: mode },
    { notice: () => {}, trouble: (line) => say(line) },
    { FANFARE_DYNAMODB_ENDPOINT: dynamo.url },
  );
  started.defer(() => runner.stop());
  const client = new DynamoDBClient({
    ...{ endpoint: dynamo.url, region: 'us-east-1' },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  started.defer(async () => client.destroy());
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const table = (word: string): string => TableNames.find((name) => name.includes(word)) ?? word;
  return await work(runner.url, client, { events: table('Events'), deliveries: table('Deliveries') });
}

async function figuresOf(url: string, kind: string, asked: readonly Asked[]): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const [name, method, path] of asked) {
    const { bytes, ms } = await ask(url, method, path);
    if (bytes > LIST.maxBytes) throw new BenchError(`${name}: ${bytes} bytes`);
    if (ms > MOST_MS) throw new BenchError(`${name}: ${Math.round(ms)} ms`);
    figures[`pages.${kind}.${name}.kb`] = bytes / 1_024;
    figures[`pages.${kind}.${name}.ms`] = ms;
  }
  return figures;
}

type Asked = readonly [name: string, method: string, path: string];

const MOST = `tenant=${TENANT}&limit=${LIST.maxLimit}`;

/** Each list and item that depends on the delivery log, at its dearest. */
function ofTheLog({ largeEvent, wideEvent, delivery }: Seeded): readonly Asked[] {
  return [
    ['listEvents', 'GET', `/v1/events?${MOST}`],
    ['listEvents.oldestOfAll', 'GET', `/v1/events?${MOST}&type=${RARE}`],
    ['getEvent.largest', 'GET', `/v1/events/${largeEvent}?tenant=${TENANT}`],
    ['getEvent.widest', 'GET', `/v1/events/${wideEvent}?tenant=${TENANT}`],
    ['listDeliveries', 'GET', `/v1/deliveries?${MOST}`],
    ['listDeliveries.ofSubscription', 'GET', `/v1/deliveries?${MOST}&subscription=${SUBSCRIPTION}`],
    ['listDeliveries.ofEvent', 'GET', `/v1/deliveries?${MOST}&event=${wideEvent}`],
    ['listDeliveries.failed', 'GET', `/v1/deliveries?${MOST}&status=failed`],
    ['getDelivery', 'GET', `/v1/deliveries/${delivery}?tenant=${TENANT}`],
    ['listDeadLetters', 'GET', `/v1/dead-letters?${MOST}`],
    ['summarizeDeadLetters', 'GET', `/v1/dead-letters/summary?tenant=${TENANT}`],
  ];
}

/** All others, where there are 250 of each kind, as fat as may be. */
function ofTheRest({ largeEvent }: Seeded): readonly Asked[] {
  return [
    ['matchEvent', 'POST', `/v1/events/${largeEvent}/match?${MOST}`],
    ['listSubscriptions', 'GET', `/v1/subscriptions?${MOST}`],
    ['listSubscriptions.none', 'GET', `/v1/subscriptions?${MOST}&status=disabled`],
    ['getSubscription', 'GET', `/v1/subscriptions/${SUBSCRIPTION}?tenant=${TENANT}`],
    ['listEventTypes', 'GET', `/v1/event-types?limit=${LIST.maxLimit}`],
    ['getEventType', 'GET', '/v1/event-types/type_0'],
    ['listTenants', 'GET', `/v1/tenants?limit=${LIST.maxLimit}`],
    ['getTenant', 'GET', '/v1/tenants/tenant-0'],
    ['listKeys', 'GET', `/v1/keys?limit=${LIST.maxLimit}`],
    ['getOpenApi', 'GET', '/v1/openapi.json'],
  ];
}

/** What the API itself makes fast enough. */
async function seedByApi(url: string): Promise<void> {
  const fat = {
    tenant: TENANT,
    url: 'http://127.0.0.1:9999/hook',
    eventTypes: Array.from({ length: SUBSCRIPTION_LIMITS.maxEventTypes }, (_, at) =>
      `t${at}`.padEnd(128, 'x'),
    ),
    filter: { data: { name: ['"'.repeat(4_000)] } },
    description: control(SUBSCRIPTION_LIMITS.maxDescriptionLength),
    metadata: FAT_METADATA,
  };
  const name = control(TENANT_LIMITS.maxNameLength);
  const example = '"'.repeat(8_000);
  const scopes = ['events:write', 'events:read', 'subscriptions:read', 'deliveries:read'];
  const numbers = Array.from({ length: LIST.maxLimit }, (_, at) => at);
  const made = await inParallel(numbers, 8, async (at) => {
    await ask(url, 'POST', '/v1/subscriptions', { ...fat, id: at === 0 ? SUBSCRIPTION : `fat-${at}` });
    await ask(url, 'PUT', `/v1/tenants/tenant-${at}`, { name, metadata: FAT_METADATA });
    await ask(url, 'PUT', `/v1/event-types/type_${at}`, { description: control(1_024), example });
    await ask(url, 'POST', '/v1/keys', { name: control(128), scopes, tenant: TENANT });
  });
  for (const one of made) if (one.status === 'rejected') throw one.reason;
}

async function ask(url: string, method: string, path: string, body?: object) {
  const began = performance.now();
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const ms = performance.now() - began;
  if (!answer.ok) throw new BenchError(`${method} ${path} answered ${answer.status} ${text.slice(0, 300)}`);
  return { bytes: Buffer.byteLength(text), ms };
}
