import Grid from '@cloudscape-design/components/grid';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'wouter';
import { PageProblem, ProblemAlert } from '../parts/problem.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import { EventsChart, LagChart, OutcomesChart } from './charts.tsx';
import { KeyFigures } from './key-figures.tsx';
import { useStatistics } from './use-statistics.ts';

const SPANS = [
  { id: '15m', text: '15 min', ms: 15 * 60_000 },
  { id: '1h', text: '1 h', ms: 3_600_000 },
  { id: '6h', text: '6 h', ms: 6 * 3_600_000 },
  { id: '1d', text: '1 d', ms: 86_400_000 },
  { id: '7d', text: '7 d', ms: 7 * 86_400_000 },
] as const;

/** Rates, lag, outcomes, backlog and dead letters of a tenant at a glance. */
export default function OverviewPage() {
  const { tenant } = useAccess();
  const [params, setParams] = useSearchParams();
  const span = SPANS.find(({ id }) => id === params.get('span')) ?? SPANS[1];
  const statistics = useStatistics(span.ms);
  const choose = (id: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        after.set('span', id);
        return after;
      },
      { replace: true },
    );
  return (
    <Page
      title="Overview"
      description={`Tenant ${tenant}, from its delivery log. Figures over all tenants are on the CloudWatch dashboard.`}
      actions={
        <SegmentedControl
          label="Time"
          selectedId={span.id}
          options={SPANS.map(({ id, text }) => ({ id, text }))}
          onChange={({ detail }) => choose(detail.selectedId)}
        />
      }
    >
      {statistics.data === undefined ? (
        statistics.error ? (
          <PageProblem error={statistics.error} onRetry={() => void statistics.refetch()} />
        ) : (
          <PageLoading />
        )
      ) : (
        <SpaceBetween size="l">
          {statistics.error !== null && <ProblemAlert error={statistics.error} />}
          <KeyFigures statistics={statistics.data} spanMs={span.ms} />
          <Grid gridDefinition={[12, 6, 6].map((width) => ({ colspan: { default: 12, s: width } }))}>
            <OutcomesChart slices={statistics.data.deliveries} />
            <LagChart slices={statistics.data.deliveries} />
            <EventsChart slices={statistics.data.events} />
          </Grid>
        </SpaceBetween>
      )}
    </Page>
  );
}
