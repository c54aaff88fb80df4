import { isObject } from '../template/json.ts';
import type { MetricKey } from './store.ts';

/** A metric in a line, with its values and when they were taken. */
export interface Measured {
  readonly key: MetricKey;
  readonly values: readonly number[];
  readonly at: number;
}

/**
 * The metrics in a line of the embedded metric format; none in any other line. CloudWatch, too, takes what it can
 * read and leaves the rest in the log.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function readEmbeddedMetrics(line: string): readonly Measured[] {
  if (!line.startsWith('{"_aws":')) return [];
  const body = parsed(line);
  if (!isObject(body) || !isObject(body._aws)) return [];
  const at = Number(body._aws.Timestamp);
  return listOf(body._aws.CloudWatchMetrics).flatMap((directive) =>
    listOf(directive.Dimensions).flatMap((names) =>
      listOf(directive.Metrics).map(({ Name }): Measured => {
        const dimensions = Object.fromEntries(
          Object.values(names).map((name) => [String(name), String(body[String(name)])]),
        );
        const key = { namespace: String(directive.Namespace), name: String(Name), dimensions };
        return { key, values: [body[String(Name)]].flat().map(Number), at };
      }),
    ),
  );
}

/** Null for a line that was cut, because its environment was killed while it wrote. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}
