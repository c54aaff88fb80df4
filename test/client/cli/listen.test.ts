import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { after, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { forward } from '../../../client/cli/forward.ts';
import { listen } from '../../../local/loopback.ts';
import { until } from '../../local/until.ts';
import { certificateFile } from '../../support/loopback-destination.ts';
import { fanfareHere } from './run-here.ts';
import { type Running, startFanfare } from './spawn-fanfare.ts';

/** An API that makes one subscription and lets it be deleted. */
async function startApi() {
  const calls: string[] = [];
  let secret = '';
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    calls.push(`${request.method} ${request.url}`);
    if (request.method === 'POST') secret = JSON.parse(body).secret;
    if (request.method === 'DELETE') response.writeHead(204).end();
    else response.writeHead(201).end(JSON.stringify({ id: 'sub_1', eventTypes: ['*'] }));
  }).unref();
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  after(close);
  return { url, calls, close, secret: () => secret };
}

type Api = Awaited<ReturnType<typeof startApi>>;

async function startListening(api: Api, ...args: string[]): Promise<Running> {
  const listening = startFanfare({ url: api.url, apiKey: 'K' }, ['listen', ...args]);
  await listening.says(/^listening on/);
  return listening;
}

/** Sends the listener one webhook, signed as Fanfare signs; answers the status. */
async function deliver(api: Api, { stderr }: Running, data = '1'): Promise<number> {
  const [, target = ''] = /listening on (\S+)/.exec(stderr.join('\n')) ?? [];
  const body = `{"type":"a.b","data":${data}}`;
  const at = new Date();
  const signature = new Webhook(api.secret()).sign('evt_1', at, body);
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signature,
  };
  return (await fetch(target, { method: 'POST', body, headers })).status;
}

const DELETED = 'DELETE /v1/subscriptions/sub_1';

test('C113 listen deletes its subscription when nobody reads its output any more', async () => {
  for (const [stream, ...args] of [['stdout', '--json'], ['stderr']] as const) {
    const api = await startApi();
    const listening = await startListening(api, ...args, '--forward-to', 'http://127.0.0.1:3/');
    listening.stopReading(stream);
    assert.equal(await deliver(api, listening), 502);
    assert.equal(await listening.ended, 0, stream);
    assert.equal(api.calls.at(-1), DELETED, stream);
  }
});

test('C113 listen deletes its subscription on each signal that asks it to end', async () => {
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    const api = await startApi();
    const listening = await startListening(api);
    listening.kill(signal);
    assert.equal(await listening.ended, 0, signal);
    assert.equal(api.calls.at(-1), DELETED, signal);
  }
});

test('C113 listen names the subscription that it could not delete, and how to do it', async () => {
  const api = await startApi();
  const listening = await startListening(api, '--tenant', 'acme');
  api.close();
  listening.kill('SIGINT');
  assert.equal(await listening.ended, 1);
  assert.deepEqual(
    listening.stderr.slice(1).map((line) => line.replace(/:\d+/g, ':N')),
    [
      'sub_1 was not deleted and stays active. Later: fanfare subscriptions delete sub_1 --tenant acme',
      'http://127.0.0.1:N was not reached: connect ECONNREFUSED 127.0.0.1:N',
    ],
  );
  assert.ok(!api.calls.some((call) => call.startsWith('DELETE')));
});

test('C114 listen says why a program behind it did not answer, and whose status that is', async () => {
  const api = await startApi();
  const listening = await startListening(api, '--forward-to', 'http://127.0.0.1:3/hook');
  assert.equal(await deliver(api, listening), 502);
  await listening.says(
    /^502 is our answer, not your program's: http:\/\/127\.0\.0\.1:3 refused the connection: does your program listen there\?$/,
  );
  listening.kill('SIGINT');
  await listening.ended;

  const forJson = await startListening(api, '--json', '--forward-to', 'http://127.0.0.1:3/hook');
  await deliver(api, forJson);
  await until('it is printed', () => forJson.stdout.length > 0);
  const { status, failure } = JSON.parse(forJson.stdout[0] ?? '');
  assert.equal(status, 502);
  assert.match(failure, /refused the connection/);
  forJson.kill('SIGINT');
  await forJson.ended;
});

test('C114 the reason names certificate, protocol, cut connection and time', async () => {
  const request = { headers: {}, body: Buffer.from('{}') };
  const tls = createTlsServer({
    key: certificateFile('untrusted.key'),
    cert: certificateFile('untrusted.pem'),
  });
  const plain = createServer((incoming) => {
    if (incoming.url === '/cut') incoming.socket.destroy();
  });
  const [secure, open] = [await listen(tls, 0), await listen(plain, 0)];
  after(() => {
    for (const server of [tls, plain]) {
      server.closeAllConnections();
      server.close();
    }
  });
  for (const [url, status, failure] of [
    [
      `https://localhost:${secure}/`,
      502,
      /has a (self-signed|certificate of an unknown|certificate that leads to no known).*NODE_EXTRA_CA_CERTS/,
    ],
    [`https://localhost:${open}/`, 502, /does not speak TLS: forward to http:\/\/ instead$/],
    [`http://127.0.0.1:${open}/cut`, 502, /closed the connection before it answered$/],
    [`http://127.0.0.1:${open}/hang`, 504, /did not answer within 0\.2 s$/],
  ] as const) {
    const forwarded = await forward(url, request, 200);
    assert.equal(forwarded.status, status, url);
    assert.match(forwarded.failure ?? '', failure, url);
    assert.doesNotMatch(forwarded.failure ?? '', /\/cut|\/hang|fetch failed/);
  }
});

test('C122 JSON for programs holds no character that controls a terminal, and is the same JSON', async () => {
  const evil = '\u009b31m \u202e \u007f \u061c \u2067 é 😀';
  const server = createServer((_, response) => {
    response.writeHead(200).end(`{"id":"evt_1","data":{"s":"${evil}","n":1.0}}`);
  }).unref();
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  after(() => server.closeAllConnections());
  const { stdout } = await fanfareHere({ url, apiKey: 'K' }, ['events', 'get', 'evt_1', '--json']);
  assert.equal(
    stdout,
    '{"id":"evt_1","data":{"s":"\\u009b31m \\u202e \\u007f \\u061c \\u2067 é 😀","n":1.0}}',
  );
  assert.equal(JSON.parse(stdout).data.s, evil);

  const api = await startApi();
  const listening = await startListening(api, '--json');
  await deliver(api, listening, '"\u009b31m"');
  await until('it is printed', () => listening.stdout.length > 0);
  assert.match(listening.stdout[0] ?? '', /"data":"\\u009b31m"/);
  listening.kill('SIGINT');
  await listening.ended;
});
