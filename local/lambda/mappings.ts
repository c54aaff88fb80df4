import { resourcesOf, type Template } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { type Json, list, number, object, optional, text } from '../template/json.ts';
import { arn } from '../template/names.ts';
import type { MappingSpec } from './event-source-mapping.ts';

/** Reads the template's event source mappings; refuses what the runner would do differently. */
export function readMappings(template: Template, resolve: Resolve): readonly MappingSpec[] {
  return resourcesOf(template, 'AWS::Lambda::EventSourceMapping')
    .map(([id, properties]) => [id, object(resolve(properties), id)] as const)
    .filter(([, properties]) => properties.Enabled !== false)
    .map(([id, properties]) => {
      if (properties.FilterCriteria !== undefined) throw new Error(`${id} filters; the runner can't`);
      const concurrency = optional(
        properties.ScalingConfig,
        `${id}.ScalingConfig`,
        object,
      )?.MaximumConcurrency;
      const answers = optional(properties.FunctionResponseTypes, id, list) ?? [];
      return {
        queueArn: text(properties.EventSourceArn, `${id}.EventSourceArn`),
        functionArn: functionArnOf(properties, id),
        batchSize: optional(properties.BatchSize, `${id}.BatchSize`, number) ?? 10,
        windowMs: (optional(properties.MaximumBatchingWindowInSeconds, id, number) ?? 0) * 1000,
        maxConcurrency: optional(concurrency, `${id}.MaximumConcurrency`, number) ?? Number.POSITIVE_INFINITY,
        reportsFailures: answers.includes('ReportBatchItemFailures'),
      };
    });
}

/** A function is named by its name or its ARN. */
function functionArnOf(properties: Json, id: string): string {
  const name = text(properties.FunctionName, `${id}.FunctionName`);
  return name.startsWith('arn:') ? name : arn('lambda', `function:${name}`);
}
