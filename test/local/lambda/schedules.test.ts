import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSchedules } from '../../../local/lambda/schedules.ts';
import type { Resource } from '../../../local/template/assembly.ts';

const AT = new Date('2026-01-02T03:04:05.678Z');
const asIs = (value: unknown): unknown => value;

function read(resource: Resource) {
  return readSchedules({ Resources: { Each: resource } }, asIs);
}

function rule(properties: object = {}): Resource {
  const Targets = [{ Arn: 'arn:f', Id: 'Target0' }];
  return {
    Type: 'AWS::Events::Rule',
    Properties: { ScheduleExpression: 'rate(1 minute)', Targets, ...properties },
  };
}

function schedule(properties: object = {}): Resource {
  const Target = { Arn: 'arn:f', Input: '{"at":"<aws.scheduler.scheduled-time>"}' };
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { ScheduleExpression: 'rate(5 minutes)', Target, ...properties },
  };
}

test('a rule invokes its target at its rate, with the event that AWS sends', () => {
  const [spec, ...more] = read(rule());
  assert.deepEqual([spec?.functionArn, spec?.everyMs, more], ['arn:f', 60_000, []]);
  const event = JSON.parse(spec?.event(AT) ?? '');
  assert.deepEqual([event['detail-type'], event.time], ['Scheduled Event', '2026-01-02T03:04:05Z']);
});

test('a schedule sends its input with the attributes filled in', () => {
  const [spec] = read(schedule());
  assert.equal(spec?.everyMs, 300_000);
  assert.equal(spec?.event(AT), '{"at":"2026-01-02T03:04:05Z"}');
});

test('what is switched off, or waits for events, is no schedule', () => {
  assert.deepEqual(read(rule({ State: 'DISABLED' })), []);
  assert.deepEqual(read(schedule({ State: 'DISABLED' })), []);
  assert.deepEqual(read(rule({ ScheduleExpression: undefined, EventPattern: {} })), []);
});

test('a schedule that can not be kept is refused', () => {
  assert.throws(() => read(rule({ ScheduleExpression: 'cron(0 8 * * ? *)' })), /knows only rate/);
});
