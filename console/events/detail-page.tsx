import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import type { EventBody } from '../../contract/api.ts';
import { memberText } from '../data/json-text.ts';
import { useLive } from '../data/use-live.ts';
import { CopyableId, JsonView } from '../parts/json-view.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageProblem } from '../parts/problem.tsx';
import { deliveryStatusText } from '../parts/status.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import { MatchPanel } from './match-panel.tsx';

export default function EventPage({ id }: { readonly id: string }) {
  const { api, tenant, view } = useAccess();
  const found = useLive(['events', tenant, 'live', id], () => api.getEvent(id));
  if (found.data === undefined) return found.error ? <PageProblem error={found.error} /> : <PageLoading />;
  const event = found.data.body;
  return (
    <Page
      title={event.type}
      within={view === 'operator' ? ['Events', '/events'] : ['Deliveries', '/deliveries']}
    >
      <Envelope event={event} />
      <Container header={<Header variant="h2">Data</Header>}>
        <JsonView text={memberText(found.data.text, 'data') ?? 'null'} label="Event data" />
      </Container>
      <MatchPanel event={id} />
    </Page>
  );
}

function Envelope({ event }: { readonly event: EventBody }) {
  const { href } = useAccess();
  const counts = (Object.keys(event.deliveries) as (keyof EventBody['deliveries'])[])
    .filter((status) => event.deliveries[status] > 0)
    .map((status) => `${event.deliveries[status]} ${deliveryStatusText(status).toLowerCase()}`);
  const metadata = Object.entries(event.metadata).map(([key, value]) => `${key}: ${value}`);
  return (
    <Container>
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: 'Id',
            value: <CopyableId id={event.id} />,
          },
          { label: 'Accepted', value: <Moment at={event.acceptedAt} exact /> },
          { label: 'Happened', value: <Moment at={event.time} exact /> },
          {
            label: 'Deliveries',
            value:
              event.matched === 0 ? (
                <Box color="text-body-secondary">No subscription wanted it; see below why</Box>
              ) : (
                <Link href={href(`/deliveries?event=${encodeURIComponent(event.id)}`)}>
                  {counts.join(', ') || `${event.matched} waiting`}
                  {event.deliveriesIncomplete && `, and more of ${event.matched}`}
                </Link>
              ),
          },
          { label: 'Subject', value: <UserText>{event.subject ?? 'None'}</UserText> },
          { label: 'Metadata', value: <UserText>{metadata.join(', ') || 'None'}</UserText> },
        ]}
      />
    </Container>
  );
}
