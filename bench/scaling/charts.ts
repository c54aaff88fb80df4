import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Line } from './study.ts';

/** Limits that no situation fills to this share are left out of the chart. */
const WORTH_SHOWING = 0.9;
const DECADES = [1, 10, 100, 1_000, 10_000, 100_000];
const X_AXIS = { format: ',', values: DECADES } as const;
const LEGEND = { labelLimit: 0 } as const;

/** How full each limit is over traffic, a panel for each weather. */
export function limitsChart(title: string, lines: readonly Line[]): Promise<string> {
  const names = new Set(
    lines.flatMap(({ uses }) =>
      uses.filter((use) => use.share >= WORTH_SHOWING).map((use) => use.limit.name),
    ),
  );
  const values = lines.flatMap(({ situation, weather, uses }) =>
    uses
      .filter((use) => names.has(use.limit.name))
      .map((use) => ({
        events: situation.eventsPerSecond,
        weather: weather.name,
        limit: use.limit.name,
        used: Math.max(use.share, 1e-3),
      })),
  );
  const x = {
    field: 'events',
    type: 'quantitative',
    scale: { type: 'log' },
    title: 'events a second',
    axis: X_AXIS,
  } as const;
  return svg({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    data: { values },
    facet: {
      column: {
        field: 'weather',
        type: 'nominal',
        title: null,
        sort: [...new Set(values.map((v) => v.weather))],
      },
    },
    spec: {
      width: 250,
      height: 260,
      layer: [
        {
          mark: { type: 'line', point: true, strokeWidth: 2 },
          encoding: {
            x,
            y: {
              field: 'used',
              type: 'quantitative',
              scale: { type: 'log', domain: [1e-3, 1e3] },
              title: 'share of the limit used',
              axis: { format: ',.0%', values: [0.01, 0.1, 1, 10, 100, 1_000] },
            },
            color: {
              field: 'limit',
              type: 'nominal',
              title: 'limit',
              scale: { scheme: 'category20' },
              legend: LEGEND,
            },
          },
        },
        { mark: { type: 'rule', color: '#c00', strokeDash: [6, 4] }, encoding: { y: { datum: 1 } } },
      ],
    },
  });
}

/** What a month costs over traffic. */
export function costChart(title: string, studies: readonly (readonly Line[])[]): Promise<string> {
  const values = studies.flatMap((lines) =>
    lines.map(({ situation, weather, dollarsPerMonth, load }) => ({
      events: situation.eventsPerSecond,
      weather: weather.name,
      settings: situation.settings.log === 'full' ? 'as deployed' : 'knobs turned',
      dollars: (dollarsPerMonth / (load.deliveries * 30.4 * 86_400)) * 1e6,
    })),
  );
  return svg({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    width: 480,
    height: 260,
    data: { values },
    mark: { type: 'line', point: true, strokeWidth: 2 },
    encoding: {
      x: {
        field: 'events',
        type: 'quantitative',
        scale: { type: 'log' },
        title: 'events a second',
        axis: X_AXIS,
      },
      y: {
        field: 'dollars',
        type: 'quantitative',
        title: '$ per million deliveries',
        scale: { type: 'log' },
      },
      color: { field: 'weather', type: 'nominal', title: null, legend: LEGEND },
      strokeDash: {
        field: 'settings',
        type: 'nominal',
        title: null,
        legend: { ...LEGEND, symbolType: 'stroke' },
      },
    },
  });
}

async function svg(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile({ ...spec, background: 'white', config: { aria: false } }).spec), {
    renderer: 'none',
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
