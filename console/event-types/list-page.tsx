import Badge from '@cloudscape-design/components/badge';
import Link from '@cloudscape-design/components/link';
import { type CatalogueEntry, useCatalogue } from '../data/event-types.ts';
import { wholeList } from '../data/paged-list.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { byId, ResourceList } from '../parts/resource-list.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';

export default function EventTypesPage() {
  const { href, view } = useAccess();
  const catalogue = useCatalogue();
  const list = wholeList<CatalogueEntry>(catalogue.data ?? [], catalogue);
  return (
    <Page title="Event types" plain>
      <ResourceList
        main
        description="What can happen, and what each event looks like."
        name="Event types"
        idOf={byId}
        list={list}
        columns={[
          {
            id: 'type',
            header: 'Type',
            cell: ({ type, deprecated }) => (
              <>
                <Link href={href(`/event-types/${encodeURIComponent(type)}`)}>
                  <UserText>{type}</UserText>
                </Link>{' '}
                {deprecated && <Badge>Deprecated</Badge>}
              </>
            ),
          },
          {
            id: 'description',
            header: 'Description',
            cell: ({ description }) => <UserText>{description}</UserText>,
          },
        ]}
        empty={
          <EmptyState title="The catalogue is empty">
            {view === 'operator' ? (
              <>
                Describe a type with <code>PUT /v1/event-types/order.created</code>; its description, schema
                and example then help customers choose. Events of types that are not described are delivered
                all the same.
              </>
            ) : (
              'No event type is described yet. You can still subscribe by name, or to all events.'
            )}
          </EmptyState>
        }
      />
    </Page>
  );
}
