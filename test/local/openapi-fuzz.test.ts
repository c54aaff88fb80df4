import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Located, OpenApiJudge, type PublishedDocument } from '../support/openapi-judge.ts';
import { valuesOf } from '../support/schema-arbitrary.ts';
import { type InProcessRunner, startInProcess } from './runner.ts';

/** Requests in all; most of them in the forms that the document describes. */
const REQUESTS = 2_400;
/** In whatever belongs to the other tenant, and in nothing else. */
const MARK = 'theirs-alone-4711';

let runner: InProcessRunner;
let document: PublishedDocument & { readonly components: { readonly schemas: Record<string, object> } };
let judge: OpenApiJudge;
/** Keys by whom they belong to. */
const keys: Record<'admin' | 'bound' | 'reader' | 'nobody', string> = {
  admin: '',
  bound: '',
  reader: '',
  nobody: 'wrong',
};
/** Ids that exist, of the tenant that asks and of the other one. */
const ids: string[] = [];

before(async () => {
  runner = await startInProcess();
  document = (await runner.call('GET', '/v1/openapi.json')).body;
  judge = new OpenApiJudge(document);
  keys.admin = runner.apiKey;
  const key = async (name: string, fields: object): Promise<string> =>
    (await runner.call('POST', '/v1/keys', { name, ...fields })).body.key;
  keys.bound = await key('bound', { scopes: ['admin'], tenant: 'acme' });
  keys.reader = await key('reader', { scopes: ['subscriptions:read'], tenant: 'acme' });
  for (const [tenant, mark] of [
    ['acme', 'ours'],
    [MARK, MARK],
  ] as const) {
    const { id } = await runner.subscribe('http://127.0.0.1:1025/hook', {
      tenant,
      description: mark,
      retrySchedule: [],
    });
    ids.push(id, await runner.post({ type: 'a.b', tenant, data: mark, metadata: { mark } }));
    const { body } = await runner.call('POST', '/v1/redrive', { tenant, dryRun: true });
    ids.push(body.id, tenant);
  }
});
after(() => runner.stop());

interface Fuzzed {
  readonly id: string;
  readonly who: keyof typeof keys;
  readonly target: string;
  readonly body: string | null;
  readonly type: string;
}

const text = fc.string({ unit: 'binary', maxLength: 30 });
const lookup = (ref: string): Record<string, unknown> =>
  (document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {}) as Record<string, unknown>;

const WHO = ['bound', 'bound', 'bound', 'bound', 'admin', 'admin', 'reader', 'nobody'] as const;

/** A request to one operation: each part of it as the document says, or now and then as it does not. */
function requestTo(id: string, { operation, path }: Located): fc.Arbitrary<Fuzzed> {
  const valid = (schema: Readonly<Record<string, unknown>>) => valuesOf(schema, lookup);
  const parameters = operation.parameters.filter((parameter) => parameter.in !== 'header');
  const values = fc.tuple(
    ...parameters.map(({ name, schema, in: place }) =>
      fc.oneof(
        {
          weight: 12,
          arbitrary: place === 'path' ? fc.constantFrom(...ids) : ours(name, valid(schema)).map(String),
        },
        { weight: 2, arbitrary: valid(schema).map(String) },
        { weight: 1, arbitrary: text },
      ),
    ),
    fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.tuple(text, text) }),
  );
  const schema = operation.requestBody?.content['application/json']?.schema;
  const bodies = schema ? valid(schema).map(inOurTenant) : null;
  const body = bodies
    ? fc.oneof(
        { weight: 10, arbitrary: bodies.map((value) => JSON.stringify(value)) },
        { weight: 3, arbitrary: bodies.chain(broken).map((value) => JSON.stringify(value) ?? '') },
        { weight: 1, arbitrary: fc.json() },
        { weight: 1, arbitrary: text },
      )
    : fc.constant(null);
  return fc
    .record({
      who: fc.constantFrom<keyof typeof keys>(...WHO),
      values,
      some: fc.infiniteStream(fc.integer({ min: 0, max: 2 })),
      body,
      type: fc.constantFrom(
        ...Array<string>(12).fill('application/json'),
        'text/plain',
        'application/cloudevents+json',
      ),
    })
    .map(({ who, values: given, some, body: sent, type }) => {
      const query = new URLSearchParams();
      let target = path;
      parameters.forEach((parameter, i) => {
        const value = String(given[i]);
        if (parameter.in === 'path')
          target = target.replace(`{${parameter.name}}`, encodeURIComponent(value) || '-');
        else if (some.next().value === 0) query.set(parameter.name, value);
      });
      const stranger = given.at(-1) as readonly [string, string] | null;
      if (stranger) query.set(...(stranger as [string, string]));
      return { id, who, target: `${target}${query.size === 0 ? '' : `?${query}`}`, body: sent, type };
    });
}

/** The tenant of the key that asks, for most requests: of another one there is little to learn. */
function ours(name: string, valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return name === 'tenant' ? fc.constantFrom('acme', 'acme', 'acme', MARK) : valid;
}

function inOurTenant(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'tenant' in value
    ? { ...value, tenant: 'acme' }
    : value;
}

/** A value with one part of it replaced, removed or added. */
function broken(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return fc.jsonValue();
  const members = Object.keys(value);
  return fc.tuple(fc.constantFrom('unknown', ...members), fc.option(fc.jsonValue())).map(([name, other]) => ({
    ...value,
    [name]: other ?? undefined,
  }));
}

test(`${REQUESTS} requests made from the document: no 5xx, no answer outside it, nothing of another tenant`, async () => {
  const operations = [...judge.operations].filter(([id]) => id !== 'getOpenApi');
  const statuses = new Map<number, number>();
  const perOperation = Math.ceil(REQUESTS / operations.length);
  for (const [id, located] of operations) {
    const requests = fc.sample(requestTo(id, located), { numRuns: perOperation, seed: 4711 });
    for (let at = 0; at < requests.length; at += 8) {
      const answers = await Promise.all(requests.slice(at, at + 8).map((request) => send(request, located)));
      for (const status of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }
  const sum = [...statuses.values()].reduce((a, b) => a + b, 0);
  assert.ok(sum >= REQUESTS);
  const seen = JSON.stringify([...statuses]);
  for (const status of [200, 201, 202, 204, 400, 401, 403, 404, 409])
    assert.ok(statuses.has(status), `${status}: ${seen}`);
});

async function send({ id, who, target, body, type }: Fuzzed, { method }: Located): Promise<number> {
  const answer = await fetch(runner.url + target, {
    method,
    headers: { authorization: `Bearer ${keys[who]}`, 'content-type': type },
    ...(body === null || method === 'GET' ? {} : { body }),
    redirect: 'manual',
  });
  const said = await answer.text();
  const what = `${method} ${target} by ${who} with ${body}`;
  assert.ok(answer.status < 500, `${answer.status} to ${what}: ${said}`);
  assert.deepEqual(judge.faults(id, answer.status, answer.headers.get('content-type'), said), [], what);
  if (who !== 'admin') assert.ok(!said.replaceAll(target, '').includes(MARK), `${what}: ${said}`);
  assert.ok(answer.headers.get('x-request-id'), what);
  return answer.status;
}
