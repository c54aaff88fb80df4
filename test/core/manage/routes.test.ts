import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OPERATIONS, type OperationSpec } from '../../../contract/operations.ts';
import { findRoute } from '../../../core/manage/routes.ts';

const table: readonly (readonly [string, OperationSpec])[] = Object.entries(OPERATIONS);

test('every operation of the table is found by its own method and path', () => {
  for (const [name, { method, path }] of table) {
    const route = findRoute(method, path.replace(/\{\w+\}/, 'sub_1:a@b'));
    assert.equal(route.kind === 'found' && route.name, name);
    const parameter = /\{(\w+)\}/.exec(path)?.[1];
    const params = parameter === undefined ? {} : { [parameter]: 'sub_1:a@b' };
    assert.deepEqual(route.kind === 'found' && route.params, params);
  }
});

test('a path that spells itself out beats one with a parameter', () => {
  const route = findRoute('GET', '/v1/dead-letters/summary');
  assert.equal(route.kind === 'found' && route.name, 'summarizeDeadLetters');
});

test('a known path with another method tells all methods it has, those of other functions included', () => {
  assert.deepEqual(findRoute('PUT', '/v1/events'), {
    kind: 'other-method',
    allowed: ['GET', 'HEAD', 'POST'],
  });
  assert.deepEqual(findRoute('POST', '/v1/subscriptions/sub_1'), {
    kind: 'other-method',
    allowed: ['DELETE', 'GET', 'HEAD', 'PATCH'],
  });
  assert.equal(findRoute('get', '/v1/health').kind, 'other-method');
});

test('C075: slashes too many or too few lead nowhere', () => {
  for (const path of [
    '',
    '/',
    '/v1',
    '/v1/',
    '//v1/events',
    '/v1/events/',
    '/v1/subscriptions//secret',
    'v1/events',
  ]) {
    assert.deepEqual(findRoute('GET', path), { kind: 'unknown' }, path);
  }
});

test('C075: a parameter is either exactly what stands in the path, or an id that nothing has', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('%', '2', 'F', '.', 'a', '_', ':', '@', '-', '\0', ' ') }),
    fc.constantFrom('..', '%2e%2e', 'a%2Fb', 'a'.repeat(128), 'a'.repeat(129), '__proto__', 'constructor'),
  );
  fc.assert(
    fc.property(text, (id) => {
      fc.pre(!id.includes('/') && id !== '');
      const route = findRoute('GET', `/v1/subscriptions/${id}`);
      assert.equal(route.kind, 'found');
      const given = route.kind === 'found' ? route.params.id : undefined;
      assert.equal(given, /^\w[\w.:@-]{0,127}$/.test(id) ? id : '-');
    }),
  );
});
