import type { Line } from './study.ts';

/** The study as tables in Markdown. */
export function tables(deployed: readonly Line[], turned: readonly Line[]): string {
  return [
    '### As deployed',
    ...weathers(deployed),
    '### With the knobs turned',
    'Posts of 100 events, the packed log, and every knob and quota as far as it goes in one account and region.',
    ...weathers(turned),
  ].join('\n\n');
}

function weathers(lines: readonly Line[]): readonly string[] {
  return [...Map.groupBy(lines, (line) => line.weather.name)].map(
    ([name, same]) => `**${name[0]?.toUpperCase()}${name.slice(1)}**\n\n${table(same)}`,
  );
}

const HEAD = [
  'events/s',
  'subscriptions',
  'deliveries/s',
  'runs at once',
  'log writes/s',
  'waiting',
  'first limit (used)',
  'second',
  'what moves the first',
  '$ a month',
];

function table(lines: readonly Line[]): string {
  const rows = lines.map(({ situation, load, uses: [first, second], dollarsPerMonth }) => {
    const { ingest, fanOut, dispatch, slow } = load.concurrency;
    return [
      count(situation.eventsPerSecond),
      count(situation.subscriptions),
      count(load.deliveries),
      count(ingest + fanOut + dispatch + slow),
      count(load.deliveryWrites),
      count(load.waiting),
      first ? `${first.limit.name} (${share(first.share)})` : '',
      second ? `${second.limit.name} (${share(second.share)})` : '',
      first && first.share >= 0.5 ? first.limit.knob : '',
      count(dollarsPerMonth),
    ];
  });
  return [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function share(value: number): string {
  if (value >= 10) return `${Math.round(value)}×`;
  if (value >= 1) return `${value.toFixed(1)}×`;
  return `${(value * 100).toFixed(value < 0.01 ? 2 : 0)} %`;
}

/** Two digits that count; more would pretend. */
function count(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(2));
  return rounded >= 1 ? rounded.toLocaleString('en-US') : String(rounded);
}
