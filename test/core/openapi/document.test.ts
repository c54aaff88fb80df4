import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { OPERATIONS } from '../../../contract/operations.ts';
import { openApiDocument } from '../../../core/openapi/document.ts';
import { PROBLEMS } from '../../../core/problem.ts';
import { OpenApiJudge, type PublishedDocument } from '../../support/openapi-judge.ts';

const text = JSON.stringify(openApiDocument('1.2.3'));
const document = JSON.parse(text) as PublishedDocument;
const judge = new OpenApiJudge(document);

test('it is an OpenAPI 3.1 document, says a validator that others wrote', async () => {
  const { valid, errors } = await new Validator().validate(JSON.parse(text));
  assert.ok(valid, JSON.stringify(errors));
});

test('it has every operation, with its method, path and scope, and no other', () => {
  assert.deepEqual([...judge.operations.keys()].sort(), Object.keys(OPERATIONS).sort());
  for (const [name, spec] of Object.entries(OPERATIONS)) {
    const { method, path } = judge.located(name);
    assert.deepEqual([method, path], [spec.method, spec.path]);
    const needed = spec.scope === 'any' ? 'Any key may ask.' : `\`${spec.scope}\``;
    if (spec.scope !== null) assert.ok(JSON.stringify(document.paths[path]).includes(needed), name);
  }
});

test('every example keeps to its schema', () => {
  const faults = [...judge.operations.keys()].flatMap((id) => judge.exampleFaults(id));
  assert.deepEqual(faults, []);
});

test('every operation that takes a body or answers one shows an example', () => {
  const without = [...judge.operations].flatMap(([id, { operation }]) => {
    const fine = Object.entries(operation.responses).find(([status]) => status.startsWith('2'));
    const media = [
      operation.requestBody?.content['application/json'],
      fine?.[1].content?.['application/json'],
    ];
    return media.some((one) => one !== undefined && one.example === undefined) ? [id] : [];
  });
  // Nothing is said in a body of the one, and the other answers itself.
  assert.deepEqual(without, ['matchEvent', 'getOpenApi']);
});

test('every problem type is listed', () => {
  for (const type of Object.keys(PROBLEMS)) assert.ok(text.includes(`"/problems/${type}"`), type);
});

test('it tells what subscribers receive', () => {
  for (const header of [
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'fanfare-delivery',
    'fanfare-attempt',
  ]) {
    assert.ok(JSON.stringify(openApiDocument('1').webhooks).includes(`"${header}"`), header);
  }
});
