import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SubscriptionBody } from '../../contract/api.ts';
import { isNamedBy, useCatalogue } from '../data/event-types.ts';
import { jsonFault, prettyJson } from '../data/json-text.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { AttemptDetail, AttemptOutcome } from '../parts/attempt-view.tsx';
import { JsonView } from '../parts/json-view.tsx';
import { durationText } from '../parts/moment.tsx';
import { Phases } from '../parts/phases.tsx';
import { useApi } from '../session/access.tsx';

interface Props {
  readonly subscription: SubscriptionBody;
  onClose(): void;
}

/** One signed request to the endpoint, and what it answered. */
export default function TestDialog({ subscription, onClose }: Props) {
  const api = useApi();
  const queries = useQueryClient();
  const catalogue = useCatalogue();
  const all = subscription.eventTypes.includes('*');
  const entries = (catalogue.data ?? []).filter(
    ({ type }) => all || isNamedBy(type, subscription.eventTypes),
  );
  const exact = subscription.eventTypes.find((type) => !type.endsWith('*'));
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const entry = entries.find(({ type }) => type === chosen) ?? entries[0];
  const type = entry?.type ?? exact ?? 'fanfare.test';
  const data = typed ?? (entry?.exampleText ? prettyJson(entry.exampleText) : '{\n  "hello": "world"\n}');
  const fault = jsonFault(data);
  const test = useMutation({
    mutationFn: () => api.testSubscription(subscription.id, type, data),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['deliveries'] }),
  });
  return (
    <ActionDialog
      title="Send a test event"
      action={test.data === undefined ? 'Send' : 'Send again'}
      close={test.data === undefined ? 'Cancel' : 'Close'}
      busy={test.isPending}
      disabled={fault !== null}
      error={test.error}
      onAct={test.mutate}
      onClose={onClose}
    >
      <Box>One real, signed request to this endpoint. It is sent once and never retried.</Box>
      {entries.length > 0 && (
        <FormField label="Event type">
          <Select
            selectedOption={{ value: type, label: type }}
            options={entries.map((each) => ({
              value: each.type,
              label: each.type,
              description: each.description,
            }))}
            onChange={({ detail }) => {
              setChosen(detail.selectedOption.value ?? null);
              setTyped(null);
            }}
          />
        </FormField>
      )}
      <FormField label="Data" errorText={fault === null ? undefined : `Not yet valid JSON: ${fault}`} stretch>
        <Textarea
          className="code-input"
          value={data}
          rows={6}
          spellcheck={false}
          onChange={({ detail }) => setTyped(detail.value)}
        />
      </FormField>
      <div aria-live="polite">
        {test.data !== undefined && (
          <SpaceBetween size="xs">
            <SpaceBetween size="s" direction="horizontal">
              <Box variant="strong">Answer:</Box>
              <AttemptOutcome attempt={test.data} />
              <Box color="text-body-secondary">after {durationText(test.data.durationMs)}</Box>
            </SpaceBetween>
            <AttemptDetail attempt={test.data} />
            <Phases attempt={test.data} />
            {test.data.responseBody && <JsonView text={test.data.responseBody} label="Response body" />}
          </SpaceBetween>
        )}
      </div>
    </ActionDialog>
  );
}
