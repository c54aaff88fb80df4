import Button from '@cloudscape-design/components/button';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeyBody } from '../../contract/api.ts';
import { usePagedList } from '../data/paged-list.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Moment } from '../parts/moment.tsx';
import { byId, ResourceList } from '../parts/resource-list.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { AddKeyDialog } from './add-key-dialog.tsx';

const PAGE_SIZE = 25;

export default function KeysPage() {
  const { api } = useAccess();
  const list = usePagedList<KeyBody>(['keys'], ({ cursor }) => api.listKeys({ limit: PAGE_SIZE, cursor }));
  const [dialog, setDialog] = useState<KeyBody | 'add' | null>(null);
  const close = () => setDialog(null);
  return (
    <Page title="API keys" plain>
      <ResourceList
        main
        description="Who may call the API, and for what. Only a hash of each key is stored."
        actions={
          <Button variant="primary" onClick={() => setDialog('add')}>
            Add key
          </Button>
        }
        name="API keys"
        idOf={byId}
        list={list}
        columns={[
          { id: 'name', header: 'Name', cell: ({ name }) => <UserText>{name}</UserText> },
          { id: 'scopes', header: 'Scopes', cell: ({ scopes }) => scopes.join(', ') },
          { id: 'tenant', header: 'Tenant', cell: ({ tenant }) => <UserText>{tenant ?? 'Any'}</UserText> },
          { id: 'created', header: 'Added', cell: ({ createdAt }) => <Moment at={createdAt} /> },
          {
            id: 'expires',
            header: 'Expires',
            cell: ({ expiresAt }) => (expiresAt === null ? 'Never' : <Moment at={expiresAt} />),
          },
          {
            id: 'actions',
            header: 'Action',
            minWidth: 120,
            cell: (key) => (
              <Button variant="inline-link" ariaLabel={`Revoke ${key.name}`} onClick={() => setDialog(key)}>
                Revoke…
              </Button>
            ),
          },
        ]}
        empty={
          <EmptyState title="No keys besides the admin key">
            Give each producer a key of its own with the scope events:write, and revoke it when it is no
            longer needed.
          </EmptyState>
        }
      />
      {dialog === 'add' && <AddKeyDialog onClose={close} />}
      {dialog !== null && dialog !== 'add' && <RevokeDialog apiKey={dialog} onClose={close} />}
    </Page>
  );
}

function RevokeDialog({ apiKey, onClose }: { readonly apiKey: KeyBody; onClose(): void }) {
  const { api } = useAccess();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.deleteKey(apiKey.id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['keys'] });
      onClose();
    },
  });
  return (
    <ActionDialog
      title="Revoke the key?"
      action="Revoke"
      busy={revoke.isPending}
      error={revoke.error}
      onAct={revoke.mutate}
      onClose={onClose}
    >
      <UserText>{apiKey.name}</UserText> stops working within 10 seconds, and so do all keys and portal links
      that were made with it. This can't be undone.
    </ActionDialog>
  );
}
