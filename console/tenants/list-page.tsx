import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { TenantBody } from '../../contract/api.ts';
import { usePagedList } from '../data/paged-list.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { Moment } from '../parts/moment.tsx';
import { byId, ResourceList } from '../parts/resource-list.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { AddTenantDialog } from './add-tenant-dialog.tsx';
import { PortalLinkDialog } from './portal-link-dialog.tsx';

const PAGE_SIZE = 25;

export default function TenantsPage() {
  const { api } = useAccess();
  const list = usePagedList<TenantBody>(['tenants'], ({ cursor }) =>
    api.listTenants({ limit: PAGE_SIZE, cursor }),
  );
  const [dialog, setDialog] = useState<{ readonly link: string } | 'add' | null>(null);
  const close = () => setDialog(null);
  return (
    <Page title="Tenants" plain>
      <ResourceList
        main
        description="Your customers. Each has its own subscriptions, events and deliveries."
        actions={
          <Button variant="primary" onClick={() => setDialog('add')}>
            Add tenant
          </Button>
        }
        name="Tenants"
        idOf={byId}
        list={list}
        columns={[
          {
            id: 'id',
            header: 'Tenant',
            cell: ({ id }) => (
              <Link href={`/subscriptions?tenant=${encodeURIComponent(id)}`}>
                <UserText>{id}</UserText>
              </Link>
            ),
          },
          { id: 'name', header: 'Name', cell: ({ name }) => <UserText>{name || '–'}</UserText> },
          { id: 'created', header: 'Added', cell: ({ createdAt }) => <Moment at={createdAt} /> },
          {
            id: 'actions',
            header: 'Action',
            cell: ({ id }) => (
              <SpaceBetween direction="horizontal" size="s">
                <Button
                  variant="inline-link"
                  ariaLabel={`Portal link for ${id}`}
                  onClick={() => setDialog({ link: id })}
                >
                  Portal link…
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
        empty={
          <EmptyState title="No tenants are named yet">
            Naming tenants is optional: events and subscriptions may name any tenant id. Add one here to give
            it a name, a retry schedule of its own or a link to its webhooks.
          </EmptyState>
        }
      />
      {dialog === 'add' && <AddTenantDialog onClose={close} />}
      {dialog !== null && dialog !== 'add' && <PortalLinkDialog tenant={dialog.link} onClose={close} />}
    </Page>
  );
}
