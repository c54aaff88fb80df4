import { type LocalAlarm, trips } from '../../local/metrics/alarms.ts';
import type { MetricStore } from '../../local/metrics/store.ts';
import type { Widget } from '../support/dashboards.ts';
import { drawGraph, readSingleValues, type Span } from './chart.ts';

/** What a page is drawn from. */
export interface Recorded {
  readonly store: MetricStore;
  readonly alarms: readonly LocalAlarm[];
  readonly span: Span;
  /** Rows of the tables that log queries give, by title. */
  readonly tables: Readonly<Record<string, readonly (readonly string[])[]>>;
}

/** One grid square of a dashboard, in pixels. */
const CELL = { width: 54, height: 30 } as const;
const GAP = 4;

/** Draws a dashboard's body as one SVG, each widget where it stands. */
export function drawPage(widgets: readonly Widget[], recorded: Recorded): string {
  const width = 24 * CELL.width;
  const height = Math.max(...widgets.map((widget) => widget.y + widget.height)) * CELL.height;
  const parts = widgets.map((widget) => {
    const size = { width: widget.width * CELL.width - GAP, height: widget.height * CELL.height - GAP };
    const drawn = draw(widget, recorded, size.width, size.height);
    return `<g transform="translate(${widget.x * CELL.width + GAP / 2} ${widget.y * CELL.height + GAP / 2})">${drawn}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#f2f3f3"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function draw(widget: Widget, recorded: Recorded, width: number, height: number): string {
  const { type, properties } = widget;
  const { store, span } = recorded;
  if (type === 'text') return heading(properties.markdown ?? '');
  const card = `<rect width="${width}" height="${height}" fill="#fff" stroke="#d5dbdb"/>`;
  if (type === 'alarm') return card + alarmBoxes(recorded, width);
  if (type === 'log')
    return card + table(properties.title ?? '', recorded.tables[properties.title ?? ''] ?? [], width);
  if (properties.view === 'singleValue') {
    return (
      card +
      text(6, 16, properties.title ?? '', 12, true) +
      text(12, 52, readSingleValues(widget, store, span).join('   '), 22, false)
    );
  }
  return card + drawGraph(widget, store, span, width, height);
}

function heading(markdown: string): string {
  const [title = '', how = ''] = markdown.split('\n');
  return text(4, 24, title.replace(/^#+ /, ''), 18, true) + text(4, 46, how, 12, false);
}

/** An alarm is red if its expression tripped in any step of the time shown. */
function alarmBoxes({ alarms, store, span }: Recorded, width: number): string {
  const each = Math.floor((width - 12) / 7);
  return alarms
    .map((alarm, i) => {
      let red = false;
      for (let at = span.from; at < span.to; at += span.stepMs)
        red ||= !alarm.missingBreaches && trips(alarm, store, at, at + span.stepMs);
      const x = 8 + (i % 7) * each;
      const y = 10 + Math.floor(i / 7) * 50;
      const fill = red ? '#d13212' : '#1d8102';
      return `<rect x="${x}" y="${y}" width="${each - 8}" height="42" fill="#fff" stroke="${fill}"/><rect x="${x}" y="${y}" width="6" height="42" fill="${fill}"/>${text(x + 12, y + 18, alarm.name, 12, true)}${text(x + 12, y + 34, red ? 'tripped in this time' : 'OK', 11, false)}`;
    })
    .join('');
}

function table(title: string, rows: readonly (readonly string[])[], width: number): string {
  const lines = rows
    .slice(0, 8)
    .map((cells, i) =>
      cells
        .map((cell, c) =>
          text(10 + (c * (width - 20)) / Math.max(1, cells.length), 42 + i * 18, cell, 11, i === 0),
        )
        .join(''),
    );
  return text(6, 18, title, 12, true) + lines.join('');
}

function text(x: number, y: number, content: string, size: number, bold: boolean): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x}" y="${y}" font-size="${size}"${bold ? ' font-weight="bold"' : ''} fill="#16191f">${safe}</text>`;
}
