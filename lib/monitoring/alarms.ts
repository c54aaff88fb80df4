import { Duration } from 'aws-cdk-lib';
import { Alarm, AlarmRule, AlarmState, ComparisonOperator, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ALARMS, type AlarmId, type AlarmSpec } from './alarm-table.ts';
import { every } from './math.ts';
import type { Signals } from './signals.ts';

/** Where alarms go. */
export interface AlarmTargets {
  /** Wakes somebody. @default - alarms of severity `page` tell nobody */
  readonly pageTopic?: ITopic;
  /** For the next working day. @default - alarms of severity `ticket` tell nobody */
  readonly ticketTopic?: ITopic;
  /** Address of the runbook, to which `#` and a heading are added. @default 'docs/runbook.md' */
  readonly runbookUrl?: string;
}

export interface PipelineAlarmsProps {
  readonly signals: Signals;
  readonly targets: AlarmTargets;
}

const IDS = Object.keys(ALARMS) as readonly AlarmId[];

/** All alarms of `alarm-table.ts`, and one that says whether the pipeline as a whole is well. */
export class PipelineAlarms extends Construct {
  readonly all: readonly Alarm[];
  /** In alarm while any alarm that pages is: for deployments that should roll back, and for other systems to watch. */
  readonly unhealthy: CompositeAlarm;

  constructor(scope: Construct, id: string, { signals, targets }: PipelineAlarmsProps) {
    super(scope, id);
    const runbook = targets.runbookUrl ?? 'docs/runbook.md';
    const topics = { page: targets.pageTopic, ticket: targets.ticketTopic };
    const made = IDS.map((alarmId) => {
      const spec: AlarmSpec = ALARMS[alarmId];
      const alarm = new Alarm(this, alarmId, {
        alarmName: `${this.node.path}/${alarmId}`,
        alarmDescription: `${spec.severity}: ${spec.reason} What to do: ${runbook}#${headingOf(alarmId)}`,
        metric: every(spec.metric(signals), Duration.minutes(spec.periodMinutes)),
        threshold: spec.threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapointsToAlarm: spec.datapoints,
        evaluationPeriods: spec.of,
        treatMissingData: spec.missing,
      });
      const topic = topics[spec.severity];
      if (topic) {
        alarm.addAlarmAction(new SnsAction(topic));
        alarm.addOkAction(new SnsAction(topic));
      }
      return { alarm, spec };
    });
    this.all = made.map(({ alarm }) => alarm);
    const pages = made.filter(({ spec }) => spec.severity === 'page').map(({ alarm }) => alarm);
    this.unhealthy = new CompositeAlarm(this, 'Unhealthy', {
      compositeAlarmName: `${this.node.path}/Unhealthy`,
      // No action: whoever is woken wants to read which alarm it is, and a second one must not stay unheard.
      alarmDescription: `The pipeline is unhealthy: at least one alarm that pages is in alarm. What to do: ${runbook}#unhealthy`,
      alarmRule: AlarmRule.anyOf(...pages.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
  }
}

/** The heading of an alarm's section in the runbook, as links name it: `OldestEvent` is `oldest-event`. */
export function headingOf(id: string): string {
  return id.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
