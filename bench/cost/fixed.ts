import { METRICS } from '../../contract/metrics.ts';
import { resourcesOf, type Template } from '../../local/template/assembly.ts';
import { MODEL } from './model.ts';

/** What a month costs before the first event comes: a name, and dollars. */
export type Fixed = readonly (readonly [what: string, usd: number])[];

/** Reads the template for what is billed by the month. Prices without any free tier. */
export function fixedMonth(template: Template, priceOf: (id: string) => number): Fixed {
  const count = (type: string): number => resourcesOf(template, type).length;
  const queues = count('AWS::Lambda::EventSourceMapping');
  const metrics = Object.values(METRICS).reduce(
    (sum, { dimension }) => sum + (dimension?.values.length ?? 1),
    0,
  );
  return [
    [`${count('AWS::KMS::Key')} KMS key`, count('AWS::KMS::Key') * priceOf('kms.keyMonth')],
    [
      `${count('AWS::SecretsManager::Secret')} secret`,
      count('AWS::SecretsManager::Secret') * priceOf('secrets.secretMonth'),
    ],
    [`polling ${queues} queues`, queues * MODEL.idlePollsPerMonth * priceOf('sqs.request')],
    [
      `${count('AWS::CloudWatch::Alarm')} alarms`,
      count('AWS::CloudWatch::Alarm') * priceOf('cloudwatch.alarmMonth'),
    ],
    [
      `${count('AWS::CloudWatch::Dashboard')} dashboard`,
      count('AWS::CloudWatch::Dashboard') * priceOf('cloudwatch.dashboardMonth'),
    ],
    [`${metrics} custom metrics at most, once they have values`, metrics * priceOf('cloudwatch.metricMonth')],
  ];
}
