import { Color, GraphWidget, type IMetric, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';

const HEIGHT = 6;
/** Columns of a dashboard. */
const COLUMNS = 24;

/** A line over which a value is too high, drawn into a graph. */
export interface Limit {
  readonly value: number;
  readonly label: string;
}

/** A heading that says how to read the row below it. */
export function heading(title: string, howToRead: string): TextWidget {
  return new TextWidget({ width: COLUMNS, height: 2, markdown: `## ${title}\n${howToRead}` });
}

/** Graphs next to each other, over the whole width. */
export function row(...graphs: readonly Graph[]): readonly IWidget[] {
  const width = Math.floor(COLUMNS / graphs.length);
  return graphs.map(({ title, metrics, stacked = false, limits = [], unit }) => {
    return new GraphWidget({
      title,
      left: [...metrics],
      stacked,
      width,
      height: HEIGHT,
      leftYAxis: { min: 0, ...(unit ? { label: unit, showUnits: false } : {}) },
      leftAnnotations: limits.map(({ value, label }) => ({ value, label, color: Color.RED })),
    });
  });
}

export interface Graph {
  readonly title: string;
  readonly metrics: readonly IMetric[];
  readonly stacked?: boolean;
  readonly limits?: readonly Limit[];
  readonly unit?: string;
}
