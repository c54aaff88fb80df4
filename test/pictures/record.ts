import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Runner } from '../../local/runner.ts';
import { resourcesOf } from '../../local/template/assembly.ts';
import { object, text } from '../../local/template/json.ts';
import type { Widget } from '../support/dashboards.ts';
import type { Span } from './chart.ts';
import type { Recorded } from './page.ts';

/** The template's dashboards, by the name of their construct, with what they refer to named as it is called here. */
export function localDashboards({ stack }: Runner): Readonly<Record<string, readonly Widget[]>> {
  return Object.fromEntries(
    resourcesOf(stack.assembly.template, 'AWS::CloudWatch::Dashboard').map(([id, properties]) => {
      const body = object(JSON.parse(text(stack.resolve(properties.DashboardBody), id)), id);
      return [/Monitoring(\w+?)Dashboard/.exec(id)?.[1] ?? id, body.widgets as readonly Widget[]];
    }),
  );
}

/** What a runner recorded in this time. */
export function recorded({ metrics, logFolder }: Runner, span: Span): Recorded {
  const lines = readFileSync(join(logFolder, 'dispatch.log'), 'utf8').split('\n');
  const attempted = lines
    .filter(
      (line) => line.includes('"message":"dispatch.attempted"') && line.includes('"failedSubscriptions"'),
    )
    .map(
      (line) => JSON.parse(line) as { tenant: string; failedAttempts: number; failedSubscriptions: string[] },
    );
  const bySubscription = Map.groupBy(
    attempted.flatMap(({ tenant, failedSubscriptions }) =>
      failedSubscriptions.map((id) => `${id} ${tenant}`),
    ),
    (key) => key,
  );
  const byTenant = Map.groupBy(attempted, ({ tenant }) => tenant);
  const ranked = (rows: readonly (readonly [number, ...string[]])[]) =>
    rows
      .toSorted(([a], [b]) => b - a)
      .slice(0, 10)
      .map(([count, ...rest]) => [...rest, String(count)]);
  return {
    store: metrics.store,
    alarms: metrics.alarms,
    span,
    tables: {
      'Failing subscriptions': [
        ['subscription', 'tenant', 'failed'],
        ...ranked([...bySubscription].map(([key, all]) => [all.length, ...key.split(' ')] as const)),
      ],
      'Failing tenants': [
        ['tenant', 'failed'],
        ...ranked(
          [...byTenant].map(
            ([tenant, all]) =>
              [all.reduce((sum, { failedAttempts }) => sum + failedAttempts, 0), tenant] as const,
          ),
        ),
      ],
    },
  };
}
