import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRouter } from '../../../local/http/routes.ts';

const route = createRouter(
  [
    '$default',
    'ANY /v1/{proxy+}',
    'GET /v1/things/{id}',
    'GET /v1/things/{id}/parts/{part}',
    'ANY /v1/things/special',
    'POST /v1/things',
    'ANY /v1/things',
  ].map((key) => ({ key, functionArn: key })),
);

function keyFor(method: string, path: string): string | undefined {
  return route(method, path)?.route.key;
}

test('a whole match goes before placeholders, those before a greedy one, that before the default', () => {
  assert.equal(keyFor('GET', '/v1/things/special'), 'ANY /v1/things/special');
  assert.equal(keyFor('GET', '/v1/things/7'), 'GET /v1/things/{id}');
  assert.equal(keyFor('DELETE', '/v1/things/7'), 'ANY /v1/{proxy+}');
  assert.equal(keyFor('GET', '/elsewhere'), '$default');
});

test('a method goes before any method', () => {
  assert.equal(keyFor('POST', '/v1/things'), 'POST /v1/things');
  assert.equal(keyFor('GET', '/v1/things'), 'ANY /v1/things');
});

test('placeholders are told', () => {
  assert.deepEqual(route('GET', '/v1/things/7/parts/x y')?.parameters, { id: '7', part: 'x y' });
  assert.deepEqual(route('PUT', '/v1/a/b/c')?.parameters, { proxy: 'a/b/c' });
});

test('without a default nothing fits what no route names', () => {
  assert.equal(createRouter([{ key: 'GET /a', functionArn: 'f' }])('GET', '/b'), null);
  assert.equal(createRouter([{ key: 'GET /a.b', functionArn: 'f' }])('GET', '/axb'), null);
});
