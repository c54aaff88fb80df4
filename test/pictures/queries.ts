import type { Query } from '../../local/metrics/alarms.ts';
import { isObject } from '../../local/template/json.ts';
import type { Widget } from '../support/dashboards.ts';

/** A line of a graph. */
export interface Line {
  readonly id: string;
  readonly label: string;
}

/** What a graph is made of: its lines, and every metric and expression behind them. */
export interface Drawn {
  readonly lines: readonly Line[];
  readonly queries: ReadonlyMap<string, Query>;
}

/** Reads the metrics of a widget as CloudWatch does. */
export function readGraph({ properties }: Widget): Drawn {
  const queries = new Map<string, Query>();
  const lines: Line[] = [];
  for (const [i, entry] of (properties.metrics ?? []).entries()) {
    const last = entry.at(-1);
    const options = isObject(last) ? last : {};
    const words = entry.filter((word) => typeof word === 'string');
    const id = typeof options.id === 'string' ? options.id : `line${i}`;
    queries.set(id, readQuery(words, options));
    if (options.visible !== false) lines.push({ id, label: String(options.label ?? words[1] ?? id) });
  }
  return { lines, queries };
}

function readQuery(words: readonly string[], options: Readonly<Record<string, unknown>>): Query {
  if (typeof options.expression === 'string') return { kind: 'expression', expression: options.expression };
  const [namespace = '', name = '', ...pairs] = words;
  const dimensions: Record<string, string> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) dimensions[pairs[i] ?? ''] = pairs[i + 1] ?? '';
  return {
    kind: 'metric',
    key: { namespace, name, dimensions },
    statistic: String(options.stat ?? 'Average'),
  };
}
