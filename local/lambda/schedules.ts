import { randomUUID } from 'node:crypto';
import { resourcesOf, type Template } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { type Json, list, object, optional, text } from '../template/json.ts';
import { arn, PLACE } from '../template/names.ts';

/** A function that is invoked on a schedule. */
export interface ScheduleSpec {
  readonly functionArn: string;
  readonly everyMs: number;
  /** The event for a run at this time, as JSON text. */
  event(at: Date): string;
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Reads the schedules of EventBridge Scheduler and of EventBridge rules that are switched on. */
export function readSchedules(template: Template, resolve: Resolve): readonly ScheduleSpec[] {
  const scheduled = resourcesOf(template, 'AWS::Scheduler::Schedule')
    .filter(([, properties]) => properties.State !== 'DISABLED')
    .map(([id, properties]) => {
      const target = object(resolve(properties.Target), `${id}.Target`);
      return schedule(id, properties, target, 'aws.scheduler', resolve);
    });
  const ruled = resourcesOf(template, 'AWS::Events::Rule')
    .filter(([, rule]) => rule.State !== 'DISABLED' && rule.ScheduleExpression !== undefined)
    .flatMap(([id, rule]) =>
      list(resolve(rule.Targets), `${id}.Targets`).map((target) =>
        schedule(id, rule, object(target, `${id}.Targets`), 'aws.events', resolve),
      ),
    );
  return [...scheduled, ...ruled];
}

function schedule(
  id: string,
  properties: Json,
  target: Json,
  source: string,
  resolve: Resolve,
): ScheduleSpec {
  const input = optional(target.Input, `${id}.Input`, text);
  return {
    functionArn: text(target.Arn, `${id}.Arn`),
    everyMs: everyMs(text(resolve(properties.ScheduleExpression), `${id}.ScheduleExpression`), id),
    event: (at) => (input === undefined ? defaultEvent(id, at, source) : fillIn(input, id, at)),
  };
}

/** `rate(1 minute)` and the like. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
function everyMs(expression: string, id: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (!unitMs) throw new Error(`${id} runs on ${expression}; the runner knows only rate(…)`);
  return Number(count) * unitMs;
}

function defaultEvent(id: string, at: Date, source: string): string {
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source,
    account: PLACE.account,
    time: `${at.toISOString().slice(0, 19)}Z`,
    region: PLACE.region,
    resources: [arn('scheduler', `schedule/default/${id}`)],
    detail: {},
  });
}

/** Context attributes. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function fillIn(input: string, id: string, at: Date): string {
  return input
    .replaceAll('<aws.scheduler.scheduled-time>', `${at.toISOString().slice(0, 19)}Z`)
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1')
    .replaceAll('<aws.scheduler.schedule-arn>', arn('scheduler', `schedule/default/${id}`));
}
