import { LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { STAGES, type Stage } from '../../contract/environment.ts';
import type { Watched } from './signals.ts';

interface SavedQuery {
  readonly title: string;
  readonly stages: readonly Stage[];
  readonly lines: readonly string[];
}

/** What is asked of the wide log lines most often. Replace the id in the first one. */
export const SAVED_QUERIES: Readonly<Record<string, SavedQuery>> = {
  WhatBecameOfAnEvent: {
    title: 'What became of an event',
    stages: STAGES,
    lines: [
      'fields @timestamp, message, tenant, requestId, attempt, subscriptionId, errorMessage, @message',
      'filter @message like "evt_REPLACE_ME"',
      'sort @timestamp asc',
      'limit 200',
    ],
  },
  FailingSubscriptions: {
    title: 'Failing subscriptions',
    stages: ['dispatch'],
    lines: [
      'fields jsonParse(@message) as line',
      'filter ispresent(line.failedSubscriptions)',
      'unnest line.failedSubscriptions into subscription',
      'stats count(*) as failed, latest(line.tenant) as tenant by subscription',
      'sort failed desc',
      'limit 10',
    ],
  },
  FailingTenants: {
    title: 'Failing tenants',
    stages: ['dispatch'],
    lines: [
      'filter message = "dispatch.attempted" and failedAttempts > 0',
      'stats sum(failedAttempts) as failed, count_distinct(eventId) as events by tenant',
      'sort failed desc',
      'limit 10',
    ],
  },
  RefusedByKey: {
    title: 'Refused requests, by API key',
    stages: ['ingest', 'manage'],
    lines: [
      'filter status >= 400 or refused > 0',
      'stats count(*) as refused, latest(problems) as last by keyId, operation',
      'sort refused desc',
      'limit 20',
    ],
  },
};

/** Saved queries for CloudWatch Logs Insights, in a folder that is called as the pipeline. */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string, { pipeline, functions }: Watched) {
    super(scope, id);
    for (const [name, { title, stages, lines }] of Object.entries(SAVED_QUERIES)) {
      new CfnQueryDefinition(this, name, {
        name: `${pipeline}/${title}`,
        queryString: lines.join('\n| '),
        logGroupNames: stages.map((stage) => functions[stage].logs.logGroupName),
      });
    }
  }
}

/** A saved query's answer as a table on a dashboard. */
export function answerOf(
  name: 'FailingSubscriptions' | 'FailingTenants',
  { functions }: Watched,
): LogQueryWidget {
  const query = SAVED_QUERIES[name];
  if (!query) throw new Error(`there is no query ${name}`);
  return new LogQueryWidget({
    title: query.title,
    logGroupNames: query.stages.map((stage) => functions[stage].logs.logGroupName),
    queryLines: [...query.lines],
    view: LogQueryVisualizationType.TABLE,
    width: 12,
    height: 7,
  });
}
