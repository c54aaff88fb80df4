import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeyFields } from '../../contract/api.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { CodeText, CopyText } from '../parts/json-view.tsx';
import { useApi } from '../session/access.tsx';

const SCOPES = [
  { value: 'events:write', label: 'events:write', description: 'Post events' },
  { value: 'events:read', label: 'events:read', description: 'Read events and their data' },
  {
    value: 'subscriptions:write',
    label: 'subscriptions:write',
    description: 'Add, change and delete subscriptions',
  },
  { value: 'subscriptions:read', label: 'subscriptions:read', description: 'Read subscriptions' },
  { value: 'secrets:read', label: 'secrets:read', description: 'Read signing secrets' },
  { value: 'deliveries:write', label: 'deliveries:write', description: 'Send deliveries again' },
  { value: 'deliveries:read', label: 'deliveries:read', description: 'Read the delivery log' },
  { value: 'redrive', label: 'redrive', description: 'Redrive dead letters' },
  { value: 'admin', label: 'admin', description: 'Everything' },
] as const;

const LIVES = [
  { value: '', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
] as const;

/** A new key, shown once. */
export function AddKeyDialog({ onClose }: { onClose(): void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [tenant, setTenant] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>(['events:write']);
  const [life, setLife] = useState<string>('');
  const add = useMutation({
    mutationFn: () => api.createKey(fieldsOf({ name, tenant, scopes, life })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['keys'] }),
  });
  const key = add.data?.key;
  return (
    <ActionDialog
      title="Add an API key"
      action="Add"
      done={key !== undefined}
      busy={add.isPending}
      disabled={name === '' || scopes.length === 0}
      error={add.error}
      onAct={add.mutate}
      onClose={onClose}
    >
      {key === undefined ? (
        <SpaceBetween size="m">
          <FormField label="Name" description="What uses it.">
            <Input
              value={name}
              placeholder="Order service"
              onChange={({ detail }) => setName(detail.value)}
            />
          </FormField>
          <FormField label="Scopes" description="What it may do.">
            <Multiselect
              selectedOptions={SCOPES.filter(({ value }) => scopes.includes(value))}
              options={SCOPES}
              onChange={({ detail }) => setScopes(detail.selectedOptions.map(({ value }) => value ?? ''))}
              deselectAriaLabel={(option) => `Remove ${option.label}`}
            />
          </FormField>
          <FormField label="Tenant - optional" description="Bound to a tenant, it can touch nothing else.">
            <Input
              value={tenant}
              placeholder="acme"
              onChange={({ detail }) => setTenant(detail.value.trim())}
            />
          </FormField>
          <FormField label="Expires">
            <Select
              selectedOption={LIVES.find(({ value }) => value === life) ?? null}
              options={LIVES}
              onChange={({ detail }) => setLife(detail.selectedOption.value ?? '')}
            />
          </FormField>
        </SpaceBetween>
      ) : (
        <SpaceBetween size="s">
          <Alert type="warning">Copy the key now: it is not shown again.</Alert>
          <CodeText text={key} label="API key" />
          <CopyText text={key} label="Copy API key" />
        </SpaceBetween>
      )}
    </ActionDialog>
  );
}

const DAY_MS = 86_400_000;

function fieldsOf(form: {
  name: string;
  tenant: string;
  scopes: readonly string[];
  life: string;
}): KeyFields {
  return {
    name: form.name,
    scopes: form.scopes,
    ...(form.tenant === '' ? {} : { tenant: form.tenant }),
    ...(form.life === ''
      ? {}
      : { expiresAt: new Date(Date.now() + Number(form.life) * DAY_MS).toISOString() }),
  };
}
