import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { useApi } from '../session/access.tsx';

export function AddTenantDialog({ onClose }: { onClose(): void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const add = useMutation({
    mutationFn: () => api.putTenant(id.trim(), name === '' ? {} : { name }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['tenants'] });
      onClose();
    },
  });
  return (
    <ActionDialog
      title="Add a tenant"
      action="Add"
      busy={add.isPending}
      disabled={id.trim() === ''}
      error={add.error}
      onAct={add.mutate}
      onClose={onClose}
    >
      <FormField label="Id" description="As your own system names the customer. It can't be changed later.">
        <Input value={id} placeholder="acme" onChange={({ detail }) => setId(detail.value)} />
      </FormField>
      <FormField label="Name - optional">
        <Input value={name} placeholder="Acme Ltd" onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </ActionDialog>
  );
}
