import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import { useSearchParams } from 'wouter';
import type { EventSummary } from '../../contract/api.ts';
import { usePagedList } from '../data/paged-list.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { CodeText } from '../parts/json-view.tsx';
import { Moment } from '../parts/moment.tsx';
import { byId, type Column, ResourceList } from '../parts/resource-list.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';

const PAGE_SIZE = 25;

export default function EventsPage() {
  const { api, tenant, href } = useAccess();
  const [params, setParams] = useSearchParams();
  const type = params.get('type') ?? '';
  const list = usePagedList<EventSummary>(['events', tenant, type], ({ cursor }) =>
    api.listEvents({ type, limit: PAGE_SIZE, cursor }),
  );
  const setType = (next: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (next === '') after.delete('type');
        else after.set('type', next);
        return after;
      },
      { replace: true },
    );
  return (
    <Page title="Events" plain>
      <ResourceList
        main
        description="What producers posted for this tenant, also what nobody subscribed to."
        name="Events"
        idOf={byId}
        list={list}
        columns={columns(href)}
        filter={<TypeFilter type={type} onChange={setType} />}
        empty={
          type === '' ? (
            <NoEvents tenant={tenant} />
          ) : (
            <EmptyState title="No events of this type">{type}</EmptyState>
          )
        }
      />
    </Page>
  );
}

function TypeFilter({ type, onChange }: { readonly type: string; onChange(type: string): void }) {
  return (
    <FormField label="Event type">
      <Input
        type="search"
        value={type}
        placeholder="order.created"
        onChange={({ detail }) => onChange(detail.value.trim())}
      />
    </FormField>
  );
}

function NoEvents({ tenant }: { readonly tenant: string | null }) {
  const body = JSON.stringify({ tenant: tenant ?? 'default', type: 'order.created', data: { id: 1 } });
  const command = `curl -H "authorization: Bearer $KEY" ${window.location.origin}/v1/events \\\n  -H 'content-type: application/json' -d '${body}'`;
  return (
    <EmptyState
      title="No events yet"
      action={
        <Button iconName="refresh" onClick={() => window.location.reload()}>
          Look again
        </Button>
      }
    >
      Post one, and it appears here within seconds:
      <CodeText text={command} label="Command that posts an event" />
    </EmptyState>
  );
}

function columns(href: (path: string) => string): [Column<EventSummary>, ...Column<EventSummary>[]] {
  return [
    {
      id: 'type',
      header: 'Event',
      cell: ({ id, type }) => (
        <Link href={href(`/events/${encodeURIComponent(id)}`)}>
          <UserText>{type}</UserText>
        </Link>
      ),
    },
    { id: 'id', header: 'Id', cell: ({ id }) => <UserText>{id}</UserText> },
    { id: 'subject', header: 'Subject', cell: ({ subject }) => <UserText>{subject ?? '–'}</UserText> },
    {
      id: 'matched',
      header: 'Subscriptions',
      cell: ({ matched }) => (matched === 0 ? 'Nobody wanted it' : String(matched)),
    },
    { id: 'accepted', header: 'Accepted', cell: ({ acceptedAt }) => <Moment at={acceptedAt} /> },
  ];
}
