import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { ReactNode } from 'react';
import type { DeliverySummary, EventSummary } from '../../contract/api.ts';
import { durationText } from '../parts/moment.tsx';
import { lagsOf, OUTCOMES, type Outcome, outcomesOf, percentile, type Slice, sizeOf } from './statistics.ts';

const HEIGHT = 220;

/** Cloudscape's own colours for states, which suit light and dark. */
const COLOURS: Readonly<Record<Outcome, string>> = {
  Delivered: '#2ea597',
  'HTTP 3xx': '#8a6f3d',
  'HTTP 4xx': '#e07941',
  'HTTP 5xx': '#c33d69',
  'No answer': '#7d2105',
  'Not sent': '#8d99a8',
};

export function OutcomesChart({ slices }: { readonly slices: readonly Slice<DeliverySummary>[] }) {
  const counts = slices.map((slice) => ({ at: new Date(slice.until), counts: outcomesOf(slice) }));
  const used = OUTCOMES.filter((outcome) => counts.some((each) => each.counts[outcome] > 0));
  return (
    <Chart title="Deliveries by outcome" note="By when the event came in, as they stand now">
      <BarChart<Date>
        ariaLabel="Deliveries by outcome"
        series={used.map((title) => ({
          title,
          type: 'bar',
          color: COLOURS[title],
          data: counts.map(({ at, counts: each }) => ({ x: at, y: each[title] })),
        }))}
        stackedBars
        xScaleType="categorical"
        xTickFormatter={timeText}
        yTickFormatter={wholeText}
        height={HEIGHT}
        hideFilter
        empty={<Nothing />}
      />
    </Chart>
  );
}

const PERCENTS = [50, 95, 99] as const;

export function LagChart({ slices }: { readonly slices: readonly Slice<DeliverySummary>[] }) {
  const lags = slices.map(({ until, items }) => ({ at: new Date(until), lags: lagsOf(items) }));
  const series = PERCENTS.map((percent) => ({
    title: `p${percent}`,
    type: 'bar' as const,
    data: lags.map(({ at, lags: each }) => ({ x: at, y: percentile(each, percent) ?? 0 })),
    valueFormatter: (value: number) => (value === 0 ? 'Nothing delivered' : durationText(value)),
  }));
  return (
    <Chart title="Time to delivery" note="From accepted to delivered, retries included">
      <BarChart<Date>
        ariaLabel="Time to delivery"
        series={lags.some((each) => each.lags.length > 0) ? series : []}
        xScaleType="categorical"
        xTickFormatter={timeText}
        yTickFormatter={durationText}
        height={HEIGHT}
        hideFilter
        empty={<Nothing />}
      />
    </Chart>
  );
}

export function EventsChart({ slices }: { readonly slices: readonly Slice<EventSummary>[] }) {
  const data = slices.map((slice) => {
    const minutes = (slice.until - slice.from) / 60_000;
    const size = sizeOf(slice, ({ acceptedAt }) => Date.parse(acceptedAt));
    return { x: new Date(slice.until), y: Math.round((100 * size) / minutes) / 100 };
  });
  return (
    <Chart title="Events per minute" note="Accepted from producers">
      <BarChart<Date>
        ariaLabel="Events per minute"
        series={data.some(({ y }) => y > 0) ? [{ title: 'Events per minute', type: 'bar', data }] : []}
        xScaleType="categorical"
        xTickFormatter={timeText}
        height={HEIGHT}
        hideFilter
        hideLegend
        empty={<Nothing />}
      />
    </Chart>
  );
}

interface ChartProps {
  readonly title: string;
  readonly note: string;
  readonly children: ReactNode;
}

function Chart({ title, note, children }: ChartProps) {
  return (
    <Container
      header={
        <Header variant="h2" description={note}>
          {title}
        </Header>
      }
    >
      {children}
    </Container>
  );
}

function Nothing() {
  return <Box color="text-body-secondary">Nothing happened in this time.</Box>;
}

function timeText(at: Date): string {
  return at.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

function wholeText(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : '';
}
