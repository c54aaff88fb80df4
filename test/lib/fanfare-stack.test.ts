import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { FanfareStack } from '../../lib/fanfare-stack.ts';
import { appForTests, synthesize } from '../support/template.ts';

const fanfare = synthesize({ console: {} });

test('the stack tells where API and console are, how to read the admin key, and where to look', () => {
  const outputs: Record<string, { Value: unknown }> = fanfare.template.toJSON().Outputs;
  assert.deepEqual(Object.keys(outputs), [
    'ApiUrl',
    'ConsoleUrl',
    'AdminKeyCommand',
    'DashboardUrl',
    'StagesUrl',
  ]);
  const value = (name: string) => fanfare.named(outputs[name]?.Value);
  assert.equal(value('ApiUrl'), 'https://Api/HttpApi.execute-api.AWS::Region.AWS::URLSuffix/');
  assert.equal(
    value('AdminKeyCommand'),
    'aws secretsmanager get-secret-value --region AWS::Region --secret-id Secrets/AdminKey --query SecretString --output text',
  );
  assert.match(
    value('DashboardUrl'),
    /^https:\/\/AWS::Region\.console\..*#dashboards\/dashboard\/Monitoring\/Overview\/Dashboard$/,
  );
});

test('the stack goes to any account and Region', () => {
  assert.equal(fanfare.stack.environment, 'aws://unknown-account/unknown-region');
  assert.doesNotMatch(fanfare.text, /\b\d{12}\b|us-east-1/);
});

test('everything that can carry a tag says what it belongs to', () => {
  for (const [path, { Properties }] of fanfare.allOf('AWS::SQS::Queue')) {
    assert.deepEqual(Properties.Tags, [{ Key: 'application', Value: 'fanfare' }], path);
  }
});

test('neither CDK nor cdk-nag finds anything that is not answered for', () => {
  const app = appForTests({ validate: true });
  new FanfareStack(app, 'Fanfare');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  app.synth();
});

test('cfn-lint finds nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fanfare-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'fanfare.template.json');
  writeFileSync(file, fanfare.text);
  // W3005: CDK names a role's policy and role as dependencies where a reference would do for the role.
  const lint = spawnSync('cfn-lint', ['--ignore-checks', 'W3005', '--template', file], { encoding: 'utf8' });
  if (lint.error) return t.diagnostic(`cfn-lint is not installed: ${lint.error.message}`);
  assert.equal(lint.stdout, '');
  assert.equal(lint.status, 0);
});
