import { Construct } from 'constructs';
import { type AlarmTargets, PipelineAlarms } from './alarms.ts';
import { LogQueries } from './log-queries.ts';
import { Overview } from './overview.ts';
import { Signals, type Watched } from './signals.ts';
import { StagePages, type StagePagesProps } from './stage-pages.ts';

export interface MonitoringProps {
  readonly watched: Watched;
  readonly targets: AlarmTargets;
  readonly maxConcurrency: StagePagesProps['maxConcurrency'];
}

/** What an operator has: two dashboards, the alarms, and saved queries over the logs. */
export class Monitoring extends Construct {
  readonly overview: Overview;
  readonly stagePages: StagePages;
  readonly alarms: PipelineAlarms;

  constructor(scope: Construct, id: string, { watched, targets, maxConcurrency }: MonitoringProps) {
    super(scope, id);
    const signals = new Signals(watched);
    this.alarms = new PipelineAlarms(this, 'Alarms', { signals, targets });
    this.overview = new Overview(this, 'Overview', { signals, alarms: this.alarms });
    this.stagePages = new StagePages(this, 'Stages', { signals, maxConcurrency });
    new LogQueries(this, 'Queries', watched);
  }
}
