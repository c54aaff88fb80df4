import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ALARMS, type AlarmId, type AlarmSpec } from '../../../lib/monitoring/alarm-table.ts';
import { metricsOfAlarm } from '../../support/dashboards.ts';
import { appForTests, synthesize } from '../../support/template.ts';

const fanfare = synthesize();
const IDS = Object.keys(ALARMS) as readonly AlarmId[];
const alarm = (id: string) => fanfare.of(`Monitoring/Alarms/${id}`);

test('each alarm is called by its path, says how urgent it is and why, and where the runbook tells what to do', () => {
  for (const id of IDS) {
    const { AlarmName, AlarmDescription } = alarm(id);
    assert.equal(AlarmName, `Fanfare/Pipeline/Monitoring/Alarms/${id}`);
    const { severity, reason }: AlarmSpec = ALARMS[id];
    const description = String(AlarmDescription);
    assert.ok(description.startsWith(`${severity}: ${reason} What to do: docs/runbook.md#`), description);
    assert.ok(description.length <= 1024);
  }
});

test('each alarm says what it means when there is no data', () => {
  for (const id of IDS) assert.match(String(alarm(id).TreatMissingData), /^(notBreaching|breaching)$/, id);
  // The one that each minute has something to tell; its silence is the fault.
  const silent = IDS.filter((id) => alarm(id).TreatMissingData === 'breaching');
  assert.deepEqual(silent, ['OverdueParked']);
});

test('C091: what a customer causes is part of no alarm that pages', () => {
  const theirs =
    /^(AttemptsFailed|AttemptLatency|EndToEndLag|DeliveriesDead|DeliveriesHeld|BreakersOpened|SubscriptionsDisabled|DeliveriesRetried|DeliveriesSkipped|EventsRefused|4xx)$/;
  for (const id of IDS) {
    const spec: AlarmSpec = ALARMS[id];
    if (spec.severity !== 'page') continue;
    const metrics = metricsOfAlarm(alarm(id), fanfare.named);
    assert.ok(metrics.length > 0, id);
    for (const { name, dimensions } of metrics) {
      assert.doesNotMatch(name, theirs, id);
      assert.notEqual(dimensions.QueueName, 'Queues/DeadLetters', id);
    }
  }
});

test('an alarm over an expression stays within ten metrics', () => {
  for (const id of IDS) assert.ok(metricsOfAlarm(alarm(id), fanfare.named).length <= 10, id);
});

test('the pipeline is unhealthy when any alarm that pages is in alarm, and a ticket does not count', () => {
  const rule = fanfare.named(fanfare.of('Monitoring/Alarms/Unhealthy').AlarmRule);
  for (const id of IDS) {
    const spec: AlarmSpec = ALARMS[id];
    assert.equal(rule.includes(`Monitoring/Alarms/${id}`), spec.severity === 'page', id);
  }
});

test('alarms tell the topics they were given, pages one and tickets the other, also when they are over', () => {
  const app = appForTests();
  const topics = new Stack(app, 'Topics');
  const page = Topic.fromTopicArn(topics, 'Page', 'arn:aws:sns:eu-west-1:111122223333:page');
  const ticket = Topic.fromTopicArn(topics, 'Ticket', 'arn:aws:sns:eu-west-1:111122223333:ticket');
  const told = synthesize({ monitoring: { pageTopic: page, ticketTopic: ticket } });
  for (const id of IDS) {
    const { AlarmActions, OKActions } = told.of(`Monitoring/Alarms/${id}`);
    const { severity }: AlarmSpec = ALARMS[id];
    assert.deepEqual(AlarmActions, [`arn:aws:sns:eu-west-1:111122223333:${severity}`]);
    assert.deepEqual(OKActions, AlarmActions);
  }
  for (const id of IDS) assert.equal(alarm(id).AlarmActions, undefined);
});

test('monitoring can be left out', () => {
  const bare = synthesize({ monitoring: false });
  assert.equal(bare.allOf('AWS::CloudWatch::Alarm').size, 0);
  assert.equal(bare.allOf('AWS::CloudWatch::Dashboard').size, 0);
});
