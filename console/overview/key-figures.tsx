import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { useDeadLetterSummary } from '../dead-letters/use-summary.ts';
import { durationText } from '../parts/moment.tsx';
import { useAccess } from '../session/access.tsx';
import { lagsOf, outcomesOf, percentile, sizeOf } from './statistics.ts';
import type { Statistics } from './use-statistics.ts';

interface Props {
  readonly statistics: Statistics;
  readonly spanMs: number;
}

/** The five numbers to look at first. */
export function KeyFigures({ statistics, spanMs }: Props) {
  const { href } = useAccess();
  const letters = useDeadLetterSummary().data;
  const dead = letters && sum(letters.data.map(({ count }) => count));
  const events = sum(
    statistics.events.map((slice) => sizeOf(slice, ({ acceptedAt }) => Date.parse(acceptedAt))),
  );
  const counts = statistics.deliveries.map(outcomesOf);
  const delivered = sum(counts.map((count) => count.Delivered));
  const tried = sum(counts.map((count) => sum(Object.values(count)) - count['Not sent']));
  const lags = lagsOf(statistics.deliveries.flatMap(({ items }) => items));
  const lag = (percent: number) => {
    const value = percentile(lags, percent);
    return value === null ? '–' : durationText(value);
  };
  const { waiting } = statistics;
  return (
    <Container>
      <ColumnLayout columns={5} variant="text-grid" minColumnWidth={150}>
        <Figure name="Events" note={`${rateText(events, spanMs)}`}>
          {events.toLocaleString('en')}
        </Figure>
        <Figure
          name="Delivered"
          note={`${delivered.toLocaleString('en')} of ${tried.toLocaleString('en')} tried`}
        >
          {tried === 0 ? '–' : `${floor1((100 * delivered) / tried)} %`}
        </Figure>
        <Figure name="Time to delivery" note={`Median; p95 ${lag(95)}, p99 ${lag(99)}`}>
          {lag(50)}
        </Figure>
        <Figure name="Waiting now" note="First attempts and retries to come">
          <Link href={href('/deliveries?status=retrying')} fontSize="heading-xl">
            {`${waiting.count}${waiting.more ? '+' : ''}`}
          </Link>
        </Figure>
        <Figure
          name="Dead letters now"
          note={dead === 0 ? 'Nothing was given up' : 'Given up; can be redriven'}
        >
          <Link href={href('/dead-letters')} fontSize="heading-xl">
            {dead === undefined ? '–' : `${dead.toLocaleString('en')}${letters?.incomplete ? '+' : ''}`}
          </Link>
        </Figure>
      </ColumnLayout>
    </Container>
  );
}

interface FigureProps {
  readonly name: string;
  readonly note: string;
  readonly children: ReactNode;
}

function Figure({ name, note, children }: FigureProps) {
  return (
    <div>
      <Box variant="awsui-key-label">{name}</Box>
      <Box fontSize="heading-xl" fontWeight="bold">
        <span className="figure">{children}</span>
      </Box>
      <Box variant="small" color="text-body-secondary">
        {note}
      </Box>
    </div>
  );
}

function rateText(count: number, spanMs: number): string {
  const perMinute = count / (spanMs / 60_000);
  if (perMinute < 1) return `${floor1(perMinute * 60)} per hour`;
  return perMinute >= 60 ? `${floor1(perMinute / 60)} per second` : `${floor1(perMinute)} per minute`;
}

/** One decimal, never rounded up: 99.96 % is not 100 %. */
function floor1(value: number): string {
  return String(Math.floor(value * 10) / 10);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
