import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ENV, LOCAL_ENV, STAGES } from '../../contract/environment.ts';
import { QUOTA } from '../../contract/limits.ts';
import { accessOf } from '../support/policies.ts';
import { actionsOf, readsOf } from '../support/reachable.ts';
import { FUNCTION_PATHS, synthesize } from '../support/template.ts';

const fanfare = synthesize();

/** Taking messages out of a queue, as an event source mapping does. */
const CONSUME = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];
const SEND = ['sqs:SendMessage'];

function variablesOf(stage: keyof typeof FUNCTION_PATHS): Readonly<Record<string, unknown>> {
  const { Variables } = fanfare.of(FUNCTION_PATHS[stage]).Environment as {
    Variables: Record<string, unknown>;
  };
  return Variables;
}

describe('environment', () => {
  for (const stage of STAGES) {
    test(`${stage} is given exactly the variables its code reads`, () => {
      assert.deepEqual(Object.keys(variablesOf(stage)).sort(), readsOf(stage));
    });
  }

  test('each variable names what it says', () => {
    const meant: Readonly<Record<string, string>> = {
      [ENV.subscriptionsTable]: 'Tables/Subscriptions',
      [ENV.eventsTable]: 'Tables/Events',
      [ENV.deliveriesTable]: 'Tables/Deliveries',
      [ENV.eventsQueue]: 'Queues/Events/Queue',
      [ENV.deliveriesQueue]: 'Queues/Deliveries/Queue',
      [ENV.slowDeliveriesQueue]: 'Queues/SlowDeliveries/Queue',
      [ENV.tasksQueue]: 'Queues/Tasks/Queue',
      [ENV.deadLettersQueue]: 'Queues/DeadLetters',
      [ENV.secretsKey]: 'Secrets/WrappingKey',
      [ENV.adminKeySecret]: 'Secrets/AdminKey',
      [ENV.ingestRate]: '10000',
      [ENV.ingestBurst]: '20000',
      [ENV.manageRate]: '200',
      [ENV.manageBurst]: '400',
      [ENV.consoleUrl]: 'https://Api/HttpApi.execute-api.AWS::Region.AWS::URLSuffix/',
      [ENV.ownHosts]: 'Api/HttpApi.execute-api.AWS::Region.AWS::URLSuffix',
      [ENV.quotas]: JSON.stringify(QUOTA),
      [ENV.verifyEndpoints]: 'false',
      [ENV.version]: 'dev',
      [ENV.deliveryLog]: 'full',
      [ENV.pipeline]: 'Fanfare/Pipeline',
      [ENV.logShare]: '1',
    };
    for (const stage of STAGES) {
      for (const [name, value] of Object.entries(variablesOf(stage))) {
        assert.equal(fanfare.named(value), meant[name], `${stage}: ${name}`);
      }
    }
  });

  test('what only the local runner may set is not in the template', () => {
    for (const name of Object.values(LOCAL_ENV)) assert.ok(!fanfare.text.includes(name));
  });

  test('no secret value is in the template, only its address', () => {
    assert.ok(!fanfare.text.includes('{{resolve:'));
  });
});

describe('permissions', () => {
  const meant: Readonly<Record<keyof typeof FUNCTION_PATHS, Readonly<Record<string, string[]>>>> = {
    ingest: {
      'Tables/Subscriptions': ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
      'Secrets/AdminKey': ['secretsmanager:GetSecretValue'],
      'Tables/Events': ['dynamodb:GetItem', 'dynamodb:PutItem'],
      'Queues/Events/Queue': SEND,
    },
    'fan-out': {
      'Queues/Events/Queue': [...CONSUME, ...SEND],
      'Tables/Subscriptions': ['dynamodb:GetItem', 'dynamodb:Query'],
      'Tables/Events': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      'Tables/Deliveries': ['dynamodb:Query'],
      'Queues/Deliveries/Queue': SEND,
      'Queues/SlowDeliveries/Queue': SEND,
    },
    dispatch: {
      'Queues/Deliveries/Queue': [...CONSUME, ...SEND],
      'Queues/SlowDeliveries/Queue': [...CONSUME, ...SEND],
      'Tables/Subscriptions': [
        'dynamodb:BatchGetItem',
        'dynamodb:ConditionCheckItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      'Secrets/WrappingKey': ['kms:Decrypt'],
      'Queues/Events/Queue': SEND,
      'Tables/Deliveries': [
        'dynamodb:BatchWriteItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      'Queues/DeadLetters': SEND,
    },
    retry: {
      'Tables/Deliveries': [
        'dynamodb:BatchWriteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      'Tables/Events': ['dynamodb:BatchGetItem'],
      'Queues/Deliveries/Queue': SEND,
      'Queues/DeadLetters': SEND,
    },
    redrive: {
      'Queues/Tasks/Queue': [...CONSUME, ...SEND],
      'Tables/Deliveries': [
        'dynamodb:BatchGetItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      'Tables/Subscriptions': ['dynamodb:BatchGetItem'],
      'Tables/Events': ['dynamodb:GetItem', 'dynamodb:Query'],
      'Queues/DeadLetters': ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'],
      'Queues/Events/Queue': SEND,
      'Queues/Deliveries/Queue': SEND,
    },
    manage: {
      'Tables/Subscriptions': [
        'dynamodb:BatchGetItem',
        'dynamodb:ConditionCheckItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      'Tables/Subscriptions/index/by-creation': ['dynamodb:Query'],
      'Secrets/WrappingKey': ['kms:Decrypt', 'kms:GenerateDataKey'],
      'Secrets/AdminKey': ['secretsmanager:GetSecretValue'],
      'Tables/Events': ['dynamodb:GetItem', 'dynamodb:Query'],
      'Tables/Deliveries': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      'Tables/Deliveries/index/by-subscription': ['dynamodb:Query'],
      'Queues/Events/Queue': SEND,
      'Queues/Deliveries/Queue': SEND,
      'Queues/Tasks/Queue': SEND,
    },
  };

  for (const stage of STAGES) {
    test(`${stage} may do this and nothing else`, () => {
      const path = FUNCTION_PATHS[stage];
      assert.deepEqual(accessOf(fanfare, `${path}Role`), {
        ...meant[stage],
        [`${path}Logs`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      });
    });
  }

  for (const stage of STAGES) {
    test(`${stage} may do nothing that its code never does`, () => {
      const done = actionsOf(stage);
      const allowed = Object.values(accessOf(fanfare, `${FUNCTION_PATHS[stage]}Role`)).flat();
      const own = allowed.filter((action) => !action.startsWith('logs:') && !CONSUME.includes(action));
      assert.deepEqual(
        own.filter((action) => !done.has(action)),
        [],
      );
    });
  }

  test('no policy has a wildcard and no role a managed policy', () => {
    for (const [path, policy] of fanfare.allOf('AWS::IAM::Policy')) {
      assert.ok(!JSON.stringify(policy.Properties.PolicyDocument).includes('*'), path);
    }
    for (const [path, role] of fanfare.allOf('AWS::IAM::Role')) {
      assert.deepEqual(Object.keys(role.Properties).sort(), ['AssumeRolePolicyDocument', 'Tags'], path);
    }
  });
});

describe('settings', () => {
  test('each has an effect', () => {
    const other = synthesize({
      concurrency: { fanOut: 11, dispatch: 12, slowDispatch: 13, redrive: 14, ingestReserved: 15 },
      throttling: { ratePerSecond: 16, burst: 17 },
      manageThrottling: { ratePerSecond: 18, burst: 19 },
      keyLimit: { eventsPerSecond: 20, burst: 21 },
      manageKeyLimit: { requestsPerSecond: 22, burst: 23 },
      logRetention: RetentionDays.THREE_DAYS,
      version: '1.2.3',
      deliveryLog: 'packed',
      quotas: { keysPerTenant: 18 },
      verifyEndpoints: true,
    });
    const scaling = (path: string) => other.of(path).ScalingConfig;
    assert.deepEqual(scaling('FanOut/Function/Events'), { MaximumConcurrency: 11 });
    assert.deepEqual(scaling('Dispatch/Function/Deliveries'), { MaximumConcurrency: 12 });
    assert.deepEqual(scaling('Dispatch/Function/SlowDeliveries'), { MaximumConcurrency: 13 });
    assert.deepEqual(scaling('Redrive/Function/Tasks'), { MaximumConcurrency: 14 });
    assert.equal(other.of('Ingest/Function').ReservedConcurrentExecutions, 15);
    const { DefaultRouteSettings, RouteSettings } = other.of('Api/Stage');
    assert.deepEqual(DefaultRouteSettings, { ThrottlingRateLimit: 18, ThrottlingBurstLimit: 19 });
    assert.deepEqual((RouteSettings as Record<string, unknown>)['POST /v1/events'], {
      ThrottlingRateLimit: 16,
      ThrottlingBurstLimit: 17,
    });
    for (const [path, limits] of [
      ['Ingest/Function', { [ENV.ingestRate]: '20', [ENV.ingestBurst]: '21' }],
      ['Manage/Function', { [ENV.manageRate]: '22', [ENV.manageBurst]: '23' }],
    ] as const) {
      const { Variables } = other.of(path).Environment as { Variables: Record<string, unknown> };
      assert.deepEqual({ ...Variables, ...limits }, Variables);
    }
    for (const group of other.allOf('AWS::Logs::LogGroup').values()) {
      assert.equal(group.Properties.RetentionInDays, 3);
    }
    assert.ok(JSON.stringify(other.of('Manage/Function').Environment).includes('"1.2.3"'));
    for (const path of ['Dispatch/Function', 'Redrive/Function', 'Manage/Function']) {
      const { Variables } = other.of(path).Environment as { Variables: Record<string, unknown> };
      assert.equal(Variables[ENV.deliveryLog], 'packed', path);
    }
    const { Variables } = other.of('Manage/Function').Environment as { Variables: Record<string, string> };
    assert.deepEqual(JSON.parse(Variables[ENV.quotas] ?? ''), { ...QUOTA, keysPerTenant: 18 });
    assert.equal(Variables[ENV.verifyEndpoints], 'true');
    assert.throws(() => synthesize({ quotas: { keysPerTenant: 0 } }), /keysPerTenant/);
  });
});
