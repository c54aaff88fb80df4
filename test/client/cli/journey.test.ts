import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { verifyWebhook } from '../../../client/verify-webhook.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from '../../local/runner.ts';
import { until } from '../../local/until.ts';
import { fanfareHere } from './run-here.ts';
import { type Ended, fanfare, startFanfare } from './spawn-fanfare.ts';

let runner: InProcessRunner;
let shop: Endpoint;
let down = true;

before(async () => {
  runner = await startInProcess();
  shop = await startEndpoint(() => ({ status: down ? 500 : 200, body: 'till closed' }));
});

after(async () => {
  await runner.stop();
  await shop.close();
});

/** Runs a command in a process of its own, for the tenant `acme`, and answers what it printed; it must end with 0. */
async function run(...args: readonly string[]): Promise<Ended> {
  const ended = await fanfare(runner, ['--tenant', 'acme', ...args]);
  assert.equal(ended.code, 0, `${args.join(' ')}: ${ended.stderr}`);
  return ended;
}

/** As `run`, in this process. */
async function here(...args: readonly string[]): Promise<Ended> {
  const ended = await fanfareHere(runner, ['--tenant', 'acme', ...args]);
  assert.equal(ended.code, 0, `${args.join(' ')}: ${ended.stderr}`);
  return ended;
}

async function lines(...args: readonly string[]): Promise<readonly unknown[]> {
  const { stdout } = await here('--json', ...args);
  return stdout === '' ? [] : stdout.split('\n').map((line) => JSON.parse(line));
}

test('event types are kept by JSON from a file or the line, and a tenant is removed only when told so', async () => {
  const schema = '{"type":"object","required":["id"]}';
  await here(
    'event-types',
    'put',
    'order.sent',
    '--description',
    'On its way',
    '--schema',
    schema,
    '--mode',
    'block',
  );
  assert.match((await here('event-types', 'list')).stdout, /^order\.sent +block +On its way$/m);
  await until('ingest knows it', async () => {
    const { code, stderr } = await fanfareHere(runner, ['send', 'order.sent', '{}']);
    assert.ok(code === 0 || /invalid-event/.test(stderr), stderr);
    return code === 1;
  });
  await here('event-types', 'delete', 'order.sent');
  await here('tenants', 'put', 'gone', '--name', 'Soon gone', '--retry-schedule', '5,30');
  assert.deepEqual(JSON.parse((await here('tenants', 'get', 'gone')).stdout).retrySchedule, [5, 30]);
  assert.match((await here('portal', 'gone', '--read-only')).stdout, /^url +http:\S+#token=\S+$/m);
  assert.equal((await fanfareHere(runner, ['tenants', 'delete', 'gone'])).code, 2);
  assert.equal((await here('tenants', 'delete', 'gone', '--yes')).stdout, 'gone deleted');
  assert.equal((await fanfareHere(runner, ['tenants', 'get', 'gone'])).code, 1);
});

const DATA = '{"id":9007199254740993,"big":1e400,"price":1.0}';

test('listen prints what send sends, verified and token for token, and unsubscribes on Ctrl-C', async () => {
  const listening = startFanfare(runner, ['listen', '--tenant', 'acme', '--event-type', 'order.*', '--json']);
  await listening.says(/^listening on http:\/\/127\.0\.0\.1:\d+\/ for order\.\* as sub_\w+; Ctrl-C ends$/);
  const sent = await run('send', 'order.created', DATA, '--subject', 'order/1', '--metadata', 'shop=12');
  const [id] = sent.stdout.split(' ');
  await run('send', 'customer.created', '{}');
  await until('it was received', () => listening.stdout.length > 0);
  const [line = ''] = listening.stdout;
  const { body, ...head } = JSON.parse(line);
  assert.deepEqual({ ...head, delivery: '' }, { id, delivery: '', attempt: 1, verified: true, status: 204 });
  assert.equal(body.type, 'order.created');
  assert.ok(line.includes(`"data":${DATA}`), line);
  assert.equal((await lines('subscriptions', 'list')).length, 1);
  listening.kill('SIGINT');
  assert.equal(await listening.ended, 0);
  assert.match(listening.stderr.at(-1) ?? '', /^sub_\w+ deleted$/);
  assert.deepEqual(await lines('subscriptions', 'list'), []);
  assert.equal(listening.stdout.length, 1);
  const shown = await run('events', 'get', id ?? '');
  assert.match(shown.stdout, /"id": 9007199254740993,\n +"big": 1e400,\n +"price": 1\.0\n/);
});

test('a failing endpoint is found, its dead letters are counted, and redriven when it is back', async () => {
  await run(
    'subscriptions',
    'create',
    shop.url,
    '--id',
    'shop',
    '--event-type',
    'order.*',
    '--retry-schedule',
    '',
  );
  await run('send', 'order.paid', '{"total":1.10}', '--id', 'ev1');
  const failures = () => lines('deliveries', 'list', '--status', 'failed', '--code', '5xx', '--event', 'ev1');
  await until('it failed', async () => (await failures()).length === 1);
  await until('it is a dead letter', async () => (await lines('dead-letters', 'list')).length === 1);
  const [failed] = (await failures()) as [{ id: string }];
  const shown = await run('deliveries', 'get', failed.id);
  assert.match(shown.stdout, /^status +failed \(exhausted\)$/m);
  assert.match(shown.stdout, /^1 +\S+ +500 +\d+ ms \(.*wait \d+, read \d+\) +schedule +till closed$/m);
  assert.match((await run('dead-letters', 'summary')).stdout, /^1 +500 +shop +acme$/m);

  const counted = await run('redrive', '--since', '1h');
  assert.equal(counted.stdout, 'Dead letters that match: 1. Nothing was sent. Add --yes to send them.');
  assert.equal(shop.requests.length, 1);
  down = false;
  const redriven = await run('redrive', '--since', '1h', '--yes');
  assert.match(redriven.stdout, /^redrive tsk_\w+ done: 1 matched, 1 sent$/);
  await until('it arrived', () => shop.requests.length === 2);
  const ids = shop.requests.map(({ headers }) => headers['webhook-id']);
  assert.deepEqual(ids, ['ev1', 'ev1']);
  await until('the log says so', async () => {
    const [delivery] = (await lines('deliveries', 'list', '--event', 'ev1')) as [{ status: string }];
    return delivery.status === 'succeeded';
  });
  assert.match((await run('redrive')).stdout, /^Dead letters that match: 0\. Nothing was sent\.$/);
});

test('events of the past are replayed, and one delivery is sent once more by hand', async () => {
  const before = shop.requests.length;
  const since = ['--since', '1h', '--status', 'all', '--event-type', 'order.paid'];
  assert.match(
    (await here('replay', 'shop', ...since)).stdout,
    /^Events that match: 1\. .* Add --yes to send them\.$/,
  );
  assert.match(
    (await here('replay', 'shop', ...since, '--yes')).stdout,
    /^replay tsk_\w+ done: 1 matched, 1 sent$/,
  );
  await until('it came', () => shop.requests.length === before + 1);
  const delivery = async () =>
    (await lines('deliveries', 'list', '--event', 'ev1'))[0] as { id: string; attemptCount: number };
  await until('it is on record', async () => (await delivery()).attemptCount === before + 1);
  const { id } = await delivery();
  await here('deliveries', 'retry', id);
  await until('it came again', () => shop.requests.length === before + 2);
  assert.match((await here('events', 'match', 'ev1')).stdout, /^shop +yes$/m);
});

test('a subscription is looked at, changed, paused, resumed, tried out and removed', async () => {
  const get = async () => JSON.parse((await here('subscriptions', 'get', 'shop')).stdout);
  const filter = '{"data":{"n":[{"numeric":[">",9007199254740993]}]}}';
  await here(
    'subscriptions',
    'update',
    'shop',
    '--filter',
    filter,
    '--rate',
    '5',
    '--description',
    'the shop',
  );
  assert.match((await here('subscriptions', 'get', 'shop')).stdout, /9007199254740993/);
  await here('subscriptions', 'update', 'shop', '--clear', 'filter', '--clear', 'rate');
  const changed = await get();
  assert.deepEqual([changed.filter, changed.rateLimit, changed.description], [null, null, 'the shop']);
  await here('subscriptions', 'pause', 'shop');
  assert.equal((await get()).status, 'paused');
  await here('subscriptions', 'resume', 'shop');
  assert.equal((await get()).status, 'active');
  assert.match(
    (await here('subscriptions', 'test', 'shop', '--data', '{"a":9007199254740993}')).stdout,
    / 200 in \d+ ms \((connect \d+, )?wait \d+, read \d+\)$/,
  );
  assert.match(shop.requests.at(-1)?.body.toString() ?? '', /"data":\{"a":9007199254740993\}\}$/);
  const { stdout: secret } = await here('subscriptions', 'secret', 'shop');
  const { stdout: rotated } = await here('subscriptions', 'rotate', 'shop', '--grace', '0');
  assert.match(rotated, /^whsec_/);
  assert.notEqual(rotated, secret);
  assert.equal((await here('subscriptions', 'secret', 'shop')).stdout, rotated);
  assert.equal((await here('subscriptions', 'delete', 'shop')).stdout, 'shop deleted');
});

test('C108: why an endpoint could not be reached is said in a sentence, with the next step', async () => {
  // No program listens on this port.
  await here('subscriptions', 'create', 'http://127.0.0.1:1027/', '--id', 'closed', '--retry-schedule', '');
  const reason = /The connection was refused: nothing listens on the port\. See that the endpoint runs/;
  const tried = await fanfareHere(runner, ['--tenant', 'acme', 'subscriptions', 'test', 'closed']);
  assert.equal(tried.code, 1);
  assert.match(tried.stdout, / connect in \d+ ms/);
  assert.match(tried.stdout, reason);
  await here('send', 'a.b', DATA);
  const list = ['deliveries', 'list', '--subscription', 'closed', '--status', 'failed'];
  await until('it is given up', async () => (await lines(...list)).length === 1);
  const [{ id }] = (await lines(...list)) as [{ id: string }];
  assert.match((await here('deliveries', 'get', id)).stdout, reason);
  await here('subscriptions', 'delete', 'closed');
});

test('a key made for a tenant works for that tenant without naming it', async () => {
  const { stdout } = await here('--json', 'keys', 'create', 'ci', '--scope', 'events:write');
  const { key, id } = JSON.parse(stdout);
  const sent = await fanfareHere({ ...runner, apiKey: key }, ['send', 'a.b', DATA, '--json']);
  assert.equal(JSON.parse(sent.stdout).tenant, 'acme');
  const refused = await fanfareHere({ ...runner, apiKey: key }, ['events', 'list']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /\(403 forbidden\)/);
  await here('keys', 'delete', id);
});

test('listen hands requests on, still signed, and answers as the program behind it does', async () => {
  const program = await startEndpoint((_, number) => ({ status: number === 0 ? 503 : 200 }));
  const args = [
    'listen',
    '--tenant',
    'dev',
    '--forward-to',
    program.url,
    '--count',
    '2',
    '--retry-schedule',
    '1',
  ];
  const listening = startFanfare(runner, args);
  await listening.says(/^listening on/);
  const { id } = await runner.call('GET', '/v1/subscriptions?tenant=dev').then(({ body }) => body.data[0]);
  const { secret } = (await runner.call('GET', `/v1/subscriptions/${id}/secret?tenant=dev`)).body;
  await runner.post({ type: 'a.b', tenant: 'dev', data: 1 });
  assert.equal(await listening.ended, 0);
  assert.deepEqual(
    listening.stdout.map((line) => / attempt (\d) verified, answered (\d+) /.exec(line)?.slice(1)),
    [
      ['1', '503'],
      ['2', '200'],
    ],
  );
  for (const { body, headers } of program.requests) verifyWebhook(secret, body, headers);
  await program.close();
});

test('a file of events is posted whole, each line once, and a bad line is named', async () => {
  const scope = { tenant: 'bulk' };
  const target = await startEndpoint();
  await runner.subscribe(target.url, scope);
  const many = Array.from({ length: 130 }, (_, i) => `{"type":"a.b","id":"bulk-${i}","data":{"i":${i}.0}}`);
  const large = `{"type":"a.b","data":"${'x'.repeat(200 * 1024)}"}`;
  const lines = [...many, '', '{"type":"not a type","data":1}', ...Array(6).fill(large)].join('\n');
  const sent = await fanfare(runner, ['send-all', '-', '--tenant', 'bulk'], lines);
  assert.deepEqual([sent.code, sent.stdout], [1, '136 accepted, 0 accepted before, 1 refused']);
  assert.match(sent.stderr, /^line 132: The field \/type must/m);
  const again = await fanfareHere(runner, ['send-all', '-', '--tenant', 'bulk', '--json'], {
    input: many.join('\n'),
  });
  assert.equal(again.code, 0);
  assert.deepEqual(JSON.parse(again.stdout), { accepted: 0, duplicates: 130, refused: 0 });
  await until('all came', () => target.requests.length === 136);
  assert.ok(target.requests.some(({ body }) => body.toString().endsWith('"data":{"i":129.0}}')));
  for (const text of ['{"type":', '[1]', 'null']) {
    assert.equal((await fanfareHere(runner, ['send-all', '-'], { input: text })).code, 2, text);
  }
  await target.close();
});
