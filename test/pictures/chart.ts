import { init } from 'echarts';
import { queryValue } from '../../local/metrics/alarms.ts';
import type { MetricStore } from '../../local/metrics/store.ts';
import type { Widget } from '../support/dashboards.ts';
import { readGraph } from './queries.ts';

/** The time a picture shows. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** What stands for the minute of the dashboard. */
  readonly stepMs: number;
}

const COLOURS = [
  '#1f77b4',
  '#ff7f0e',
  '#2ca02c',
  '#d62728',
  '#9467bd',
  '#8c564b',
  '#e377c2',
  '#7f7f7f',
  '#bcbd22',
  '#17becf',
  '#393b79',
  '#637939',
];

/** Draws a graph of a dashboard as SVG, over what was recorded. */
export function drawGraph(
  widget: Widget,
  store: MetricStore,
  span: Span,
  width: number,
  height: number,
): string {
  const { lines, queries } = readGraph(widget);
  const { properties } = widget;
  const { title = '' } = properties;
  const unit = properties.yAxis?.left?.label;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const at = (from: number, id: string) => queryValue(queries, id, store, from, from + span.stepMs);
  const steps = Array.from(
    { length: Math.ceil((span.to - span.from) / span.stepMs) },
    (_, i) => span.from + i * span.stepMs,
  );
  const all = lines.map(({ id, label }) => ({
    label,
    points: steps.map((step): [number, number | null] => [(step - span.from) / 1000, rounded(at(step, id))]),
  }));
  // Of many lines, those that are flat at zero only fill the legend.
  const moving = all.length > 5 ? all.filter(({ points }) => points.some(([, value]) => value)) : all;
  const shown =
    moving.length > 0 ? moving : all.slice(0, 1).map(({ points }) => ({ label: 'all of them', points }));
  const greatest = Math.max(0, ...shown.flatMap(({ points }) => points.map(([, value]) => value ?? 0)));
  // A limit far above the values would press them flat.
  const limits = (properties.annotations?.horizontal ?? []).filter(({ value }) => value <= 5 * greatest);
  chart.setOption({
    animation: false,
    color: COLOURS,
    title: {
      text: unit === undefined ? title : `${title}, ${unit}`,
      left: 6,
      top: 4,
      textStyle: { fontSize: 12, fontWeight: 'bold' },
    },
    legend: {
      bottom: 2,
      left: 4,
      right: 4,
      itemWidth: 10,
      itemHeight: 6,
      itemGap: 8,
      textStyle: { fontSize: 9 },
    },
    grid: { left: 42, right: 12, top: 28, bottom: 40 },
    xAxis: {
      type: 'value',
      min: 0,
      max: (span.to - span.from) / 1000,
      axisLabel: { fontSize: 9, formatter: '{value} s', showMaxLabel: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: { fontSize: 9 },
      splitNumber: 3,
    },
    series: shown.map(({ label, points }, i) => ({
      name: label,
      type: 'line' as const,
      data: points,
      showSymbol: points.filter(([, value]) => value !== null).length < 3,
      symbolSize: 4,
      connectNulls: false,
      lineStyle: { width: 1.5 },
      ...(properties.stacked ? { stack: 'all', areaStyle: { opacity: 0.5 } } : {}),
      ...(i === 0 && limits.length > 0
        ? {
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: '#d62728', type: 'dashed' as const },
              label: { formatter: '{b}', position: 'insideEndTop' as const, fontSize: 8 },
              data: limits.map(({ value, label: name = '' }) => ({ yAxis: value, name })),
            },
          }
        : {}),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** The values of a single-value widget over the whole time. */
export function readSingleValues(widget: Widget, store: MetricStore, { from, to }: Span): readonly string[] {
  const { lines, queries } = readGraph(widget);
  return lines.map(({ id, label }) => {
    const value = queryValue(queries, id, store, from, to);
    return `${value === null ? '–' : Number(value.toPrecision(3)).toString()} ${label}`;
  });
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
