import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { newCredentials } from '../../local/credentials.ts';
import { type ListeningSocket, listeningSockets } from './listening-sockets.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from './runner.ts';
import { until } from './until.ts';

let runner: InProcessRunner;
let endpoint: Endpoint;
/** Of the runner and of every process it started. */
let listeners: readonly ListeningSocket[];
before(async () => {
  const others = new Set(listeningSockets(process.pid).map(({ port }) => port));
  [runner, endpoint] = await Promise.all([startInProcess(), startEndpoint()]);
  await runner.subscribe(endpoint.url);
  await runner.post({ type: 'order.created', data: {} });
  // Then each stage has an environment.
  await until('it was delivered', () => endpoint.requests.length > 0);
  const own = new URL(endpoint.url).port;
  listeners = listeningSockets(process.pid).filter(({ port }) => !others.has(port) && port !== Number(own));
});
after(async () => {
  await runner.stop();
  await endpoint.close();
});

type Headers = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function ask(port: number, method: string, path: string, headers: Headers, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path, headers, agent: false }, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part);
      const text = Buffer.concat(parts).toString();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
    })
      .on('error', reject)
      .end(body);
  });
}

/** What browsers send for pages that are not the runner's own; `PORT` is the listener's. */
const HOSTILE: readonly (readonly [what: string, headers: Headers])[] = [
  ['a page whose name was pointed at loopback', { host: 'attacker.example:PORT' }],
  ['a name that only looks like loopback', { host: 'localhost.attacker.example:PORT' }],
  ['a name that begins with the address', { host: '127.0.0.1.attacker.example' }],
  ['an address of no interface', { host: '0.0.0.0:PORT' }],
  ['a user name in front', { host: '127.0.0.1@attacker.example' }],
  ['a page of another site', { origin: 'https://attacker.example' }],
  ['a page of the pointed name', { host: 'attacker.example:PORT', origin: 'http://attacker.example:PORT' }],
  ['a sandboxed frame or a local file', { origin: 'null' }],
  ['an empty origin', { origin: '' }],
  ['a page on another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ['a page on this machine under another name', { host: '127.0.0.1:PORT', origin: 'http://localhost:PORT' }],
  ['two origins', { origin: 'http://127.0.0.1:PORT, https://attacker.example' }],
  ['an extension', { origin: 'chrome-extension://abcdefghijklmnop' }],
  [
    'an image or a plain form of another site',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  ],
  [
    'an image of another port of this machine',
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
  ],
  [
    'a frame on another site',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ],
];

/** Requests that need no permission from a preflight, and the preflight itself. */
const SENT: readonly (readonly [method: string, headers: Headers, body?: string])[] = [
  ['GET', {}],
  ['HEAD', {}],
  ['POST', { 'content-type': 'text/plain' }, '{"type":"a","data":1}'],
  ['POST', { 'content-type': 'application/x-www-form-urlencoded' }, 'Action=ListQueues'],
  ['OPTIONS', { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-amz-target' }],
];

const PATHS = [
  '/',
  '/v1/health',
  '/v1/events',
  '/metrics',
  '/metrics.json',
  '/demo/receiver',
  '/demo/receiver/requests',
];

/** Every key that opens something, so that only where the request comes from can be why it is refused. */
const keys = (): Headers => {
  const { accessKeyId } = runner.runner.stack.credentials;
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261128/us-east-1/sqs/aws4_request, Signature=0`,
    'x-amz-target': 'AmazonSQS.ListQueues',
  };
};

for (const [what, hostile] of HOSTILE) {
  test(`no listener answers ${what}`, async () => {
    const found = listeners.filter(({ host }) => host === '127.0.0.1');
    assert.ok(found.length >= 3, 'the API, the queues, the keys');
    for (const { port } of found) {
      const filled = Object.fromEntries(
        Object.entries(hostile).map(([name, value]) => [name, value.replaceAll('PORT', String(port))]),
      );
      for (const path of PATHS) {
        for (const [method, headers, body] of SENT) {
          const answer = await ask(port, method, path, { ...keys(), ...headers, ...filled }, body);
          const where = `${method} ${port}${path}: ${answer.status} ${answer.body}`;
          assert.equal(answer.status, 403, where);
          const allowed = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
          assert.deepEqual(allowed, [], where);
        }
      }
    }
  });
}

test('what can be found on loopback refuses pages; what refuses nobody is where nobody finds it', async () => {
  assert.ok(
    listeners.every(({ host }) => host.startsWith('127.')),
    JSON.stringify(listeners),
  );
  const hidden = listeners.filter(({ host }) => host !== '127.0.0.1');
  assert.deepEqual(
    hidden.map(({ host, port }) => `http://${host}:${port}`),
    [runner.runner.stack.functions[0]?.variables.AWS_ENDPOINT_URL_DYNAMODB],
  );
  for (const { port } of hidden) {
    await assert.rejects(ask(port, 'POST', '/', {}), { code: 'ECONNREFUSED' }, 'not by its port alone');
  }
});

test('no listener answers a request without a host', async () => {
  for (const { port } of listeners.filter(({ host }) => host === '127.0.0.1')) {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /v1/health HTTP/1.0\r\n\r\n'));
      let got = '';
      socket.setEncoding('utf8').on('data', (part) => {
        got += part;
      });
      socket.on('error', reject).on('close', () => resolve(got));
    });
    assert.match(answer, /^HTTP\/1\.1 403 /);
  }
});

const OWN_PAGES: readonly (readonly [what: string, headers: Headers])[] = [
  ['curl', {}],
  ['a program that names this machine', { host: 'localhost:PORT' }],
  [
    'the console',
    { host: '127.0.0.1:PORT', origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-origin' },
  ],
  ['the console under its other name', { host: 'localhost:PORT', origin: 'http://localhost:PORT' }],
  ['the console through a tunnel', { host: 'localhost:8080', origin: 'http://localhost:8080' }],
  [
    'an address that was typed',
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ],
  [
    'a link that was followed',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ],
];

for (const [what, own] of OWN_PAGES) {
  test(`the API answers ${what}`, async () => {
    const { port } = new URL(runner.url);
    const headers = Object.fromEntries(
      Object.entries(own).map(([name, value]) => [name, value.replaceAll('PORT', port)]),
    );
    assert.equal((await ask(Number(port), 'GET', '/v1/health', headers)).status, 200);
  });
}

const UNKNOWN: readonly (readonly [what: string, headers: Headers])[] = [
  ['no credentials', {}],
  [
    'an access key of another run',
    { authorization: `AWS4-HMAC-SHA256 Credential=${newCredentials().accessKeyId}/x` },
  ],
  [
    'made-up credentials',
    { authorization: 'AWS4-HMAC-SHA256 Credential=local/20261128/us-east-1/kms/aws4_request' },
  ],
  [
    'an empty access key',
    { authorization: 'AWS4-HMAC-SHA256 Credential=/20261128/us-east-1/kms/aws4_request' },
  ],
  ['another scheme', { authorization: 'Bearer KEY' }],
];

for (const [what, given] of UNKNOWN) {
  test(`queues, keys and secrets are closed to ${what}`, async () => {
    const [lambda] = runner.runner.stack.functions;
    const { accessKeyId } = runner.runner.stack.credentials;
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('KEY', accessKeyId)]),
    );
    for (const service of ['SQS', 'KMS', 'SECRETS_MANAGER']) {
      const { port } = new URL(lambda?.variables[`AWS_ENDPOINT_URL_${service}`] ?? '');
      const target = {
        'x-amz-target': 'secretsmanager.GetSecretValue',
        'content-type': 'application/x-amz-json-1.0',
      };
      const answer = await ask(Number(port), 'POST', '/', { ...target, ...headers }, '{}');
      assert.equal(answer.status, 403, service);
      assert.ok(!answer.body.includes(accessKeyId) && !answer.body.includes(runner.apiKey));
    }
  });
}

test('each run has credentials of its own, and tells them to nobody', async () => {
  const { accessKeyId, secretAccessKey } = runner.runner.stack.credentials;
  assert.notEqual(newCredentials().accessKeyId, accessKeyId);
  const { port } = new URL(runner.url);
  for (const path of PATHS) {
    const { body } = await ask(Number(port), 'GET', path, {});
    assert.ok(!body.includes(accessKeyId) && !body.includes(secretAccessKey), path);
  }
});
