import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import type { SubscriptionBody } from '../../contract/api.ts';
import { usePagedList } from '../data/paged-list.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { Endpoint } from '../parts/endpoint.tsx';
import { byId, type Column, ResourceList } from '../parts/resource-list.tsx';
import { SubscriptionStatus } from '../parts/status.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { EventTypeNames } from './event-type-names.tsx';
import { Health } from './health.tsx';

const PAGE_SIZE = 25;

export default function SubscriptionsPage() {
  const { api, tenant, href, canWrite } = useAccess();
  const list = usePagedList<SubscriptionBody>(['subscriptions', tenant], ({ cursor }) =>
    api.listSubscriptions({ limit: PAGE_SIZE, cursor }),
  );
  const create = canWrite ? (
    <Button variant="primary" href={href('/subscriptions/new')}>
      Add subscription
    </Button>
  ) : undefined;
  return (
    <Page title="Subscriptions" plain>
      <ResourceList
        main
        description="Where your events are sent, and whether they arrive."
        actions={create}
        name="Subscriptions"
        idOf={byId}
        list={list}
        columns={columns(href)}
        empty={
          <EmptyState title="No subscriptions yet" action={create}>
            A subscription is an https address of yours that gets a signed POST for each event it asks for.
          </EmptyState>
        }
      />
    </Page>
  );
}

function columns(href: (path: string) => string): [Column<SubscriptionBody>, ...Column<SubscriptionBody>[]] {
  return [
    {
      id: 'name',
      header: 'Subscription',
      cell: ({ id, description }) => (
        <Link href={href(`/subscriptions/${encodeURIComponent(id)}`)}>
          <UserText>{description === '' ? id : description}</UserText>
        </Link>
      ),
    },
    { id: 'url', header: 'Endpoint', cell: ({ url }) => <Endpoint url={url} /> },
    { id: 'types', header: 'Event types', cell: ({ eventTypes }) => <EventTypeNames names={eventTypes} /> },
    {
      id: 'status',
      header: 'Status',
      cell: ({ status }) => <SubscriptionStatus status={status} />,
      minWidth: 130,
    },
    {
      id: 'health',
      header: 'Newest deliveries',
      cell: ({ id }) => <Health subscription={id} />,
      minWidth: 210,
    },
  ];
}
