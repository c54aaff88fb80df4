import type { SynthesizedStack } from './template.ts';

/** A widget of a dashboard's body, as CloudWatch reads it. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly query?: string;
    readonly alarms?: readonly unknown[];
    readonly stacked?: boolean;
    readonly view?: string;
    readonly yAxis?: { readonly left?: { readonly label?: string; readonly min?: number } };
    readonly annotations?: {
      readonly horizontal?: readonly { readonly value: number; readonly label?: string }[];
    };
  };
}

/** The widgets of a dashboard of a synthesized stack, what it refers to named by path. */
export function widgetsOf(fanfare: SynthesizedStack, path: string): readonly Widget[] {
  const body = fanfare.named(fanfare.of(`${path}/Dashboard`).DashboardBody);
  return JSON.parse(body).widgets;
}

/** A metric in a widget or an alarm: namespace, name, and dimensions. */
export interface NamedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The metrics that a widget shows, those inside expressions included; `.` stands for what stood there before. */
export function metricsOf({ properties }: Widget): readonly NamedMetric[] {
  const found: NamedMetric[] = [];
  let before: readonly unknown[] = [];
  for (const entry of properties.metrics ?? []) {
    const words = entry
      .filter((word) => typeof word === 'string')
      .map((word, i) => (word === '.' ? before[i] : word));
    if (words.length < 2) continue;
    before = words;
    const [namespace, name, ...pairs] = words.map(String);
    const dimensions = Object.fromEntries(
      pairs.flatMap((pair, i) => (i % 2 === 0 ? [[pair, pairs[i + 1] ?? '']] : [])),
    );
    found.push({ namespace: namespace ?? '', name: name ?? '', dimensions });
  }
  return found;
}

/** The metrics an alarm's properties name. */
export function metricsOfAlarm(
  properties: Readonly<Record<string, unknown>>,
  named: (value: unknown) => string,
): readonly NamedMetric[] {
  const single: readonly Metric[] = 'MetricName' in properties ? [properties] : [];
  const queries = (properties.Metrics ?? []) as readonly {
    readonly MetricStat?: { readonly Metric: Metric };
  }[];
  const all: readonly Metric[] = [
    ...single,
    ...queries.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])),
  ];
  return all.map((metric) => ({
    namespace: String(metric.Namespace),
    name: String(metric.MetricName),
    dimensions: Object.fromEntries(
      ((metric.Dimensions ?? []) as readonly { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
        Name,
        named(Value),
      ]),
    ),
  }));
}

type Metric = Readonly<Record<string, unknown>>;
