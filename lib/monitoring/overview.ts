import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { PipelineAlarms } from './alarms.ts';
import { lateRows, themRows, usRows } from './overview-rows.ts';
import { dashboardUrl, type Signals } from './signals.ts';
import { muchRows } from './volume-rows.ts';

export interface OverviewProps {
  readonly signals: Signals;
  readonly alarms: PipelineAlarms;
}

/** The first page to open: is it us, is it them, how late, how much, and what it costs. */
export class Overview extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { signals: s, alarms }: OverviewProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) });
    dashboard.addWidgets(
      new AlarmStatusWidget({
        title: 'Alarms',
        alarms: [alarms.unhealthy, ...alarms.all],
        width: 24,
        height: 4,
      }),
    );
    const rows = [usRows(s), themRows(s), lateRows(s), muchRows(s)].flat();
    for (const widgets of rows) dashboard.addWidgets(...widgets);
    this.url = dashboardUrl(dashboard.dashboardName);
  }
}
