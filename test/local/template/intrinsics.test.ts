// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Template } from '../../../local/template/assembly.ts';
import { createResolve, type ValuesOf } from '../../../local/template/intrinsics.ts';
import { localNames, pseudoParameters } from '../../../local/template/names.ts';

const template: Template = {
  Parameters: { Stage: { Type: 'String', Default: 'dev' }, Bare: { Type: 'String' } },
  Mappings: { Sizes: { dev: { memory: 256 } } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsNot: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsNot' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsNot' }] },
  },
  Resources: {
    Events: { Type: 'AWS::SQS::Queue' },
    Named: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: { 'Fn::Join': ['-', ['q', { Ref: 'Stage' }]] } },
    },
    Items: { Type: 'AWS::DynamoDB::GlobalTable' },
    Worker: { Type: 'AWS::Lambda::Function' },
    Role: { Type: 'AWS::IAM::Role' },
    Ring: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Ring', 'QueueName'] } } },
  },
};

function resolveWith(values: ValuesOf) {
  return createResolve(template, pseudoParameters('Small'), values);
}

const resolve = resolveWith(
  localNames({ api: 'http://127.0.0.1:3000', queueUrl: (name) => `http://sqs/${name}` }),
);

test('a reference gives what AWS gives: URL of a queue, name of a table, name of a function', () => {
  assert.equal(resolve({ Ref: 'Events' }), 'http://sqs/Events');
  assert.equal(resolve({ Ref: 'Named' }), 'http://sqs/q-dev');
  assert.equal(resolve({ Ref: 'Items' }), 'Items');
  assert.equal(resolve({ Ref: 'Worker' }), 'Worker');
  assert.equal(resolve({ Ref: 'Stage' }), 'dev');
  assert.equal(resolve({ Ref: 'AWS::Region' }), 'us-east-1');
});

test('an attribute is found in both ways of writing it', () => {
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:Events';
  assert.equal(resolve({ 'Fn::GetAtt': ['Events', 'Arn'] }), queueArn);
  assert.equal(resolve({ 'Fn::GetAtt': 'Events.Arn' }), queueArn);
  assert.equal(resolve({ 'Fn::GetAtt': ['Role', 'Arn'] }), 'arn:aws:iam:us-east-1:000000000000:Role');
});

test('texts are joined, split, picked from and filled in', () => {
  assert.equal(resolve({ 'Fn::Join': [':', ['a', { Ref: 'Stage' }]] }), 'a:dev');
  assert.equal(resolve({ 'Fn::Select': ['1', { 'Fn::Split': [',', 'a,b,c'] }] }), 'b');
  assert.equal(
    resolve({ 'Fn::Sub': '${Stage}/${Items}/${Events.QueueName}/${!kept}' }),
    'dev/Items/Events/${kept}',
  );
  assert.equal(resolve({ 'Fn::Sub': ['${own}-${AWS::Region}', { own: { Ref: 'Stage' } }] }), 'dev-us-east-1');
  assert.equal(resolve({ 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }), 256);
  assert.equal(resolve({ 'Fn::Base64': 'hi' }), 'aGk=');
});

test('conditions choose', () => {
  const choose = (name: string) => resolve({ 'Fn::If': [name, 'yes', 'no'] });
  assert.deepEqual(['IsDev', 'IsNot', 'Both', 'Either'].map(choose), ['yes', 'no', 'no', 'yes']);
});

test('no value leaves nothing behind, in objects and in lists', () => {
  const nothing = { Ref: 'AWS::NoValue' };
  assert.deepEqual(resolve({ a: 1, b: nothing, c: [nothing, 2, { d: nothing }] }), { a: 1, c: [2, {}] });
  assert.equal(resolve(nothing), undefined);
});

test('what can not be worked out is refused by name', () => {
  assert.throws(() => resolve({ Ref: 'Missing' }), /no resource Missing/);
  assert.throws(() => resolve({ Ref: 'Bare' }), /Bare has no default/);
  assert.throws(() => resolve({ 'Fn::ImportValue': 'x' }), /Fn::ImportValue/);
  assert.throws(() => resolve({ 'Fn::GetAtt': ['Worker', 'Colour'] }), /no attribute Colour/);
  assert.throws(() => resolve({ 'Fn::If': ['Unknown', 1, 2] }), /the condition Unknown/);
  assert.throws(() => resolve({ Ref: 'Ring' }), /depends on itself/);
});
