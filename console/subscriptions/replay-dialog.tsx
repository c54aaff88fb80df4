import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import type { ReplayFields } from '../../contract/api.ts';
import { useApi } from '../session/access.tsx';
import { CountedTaskDialog } from '../tasks/counted-task-dialog.tsx';

type Which = NonNullable<ReplayFields['status']>;

const SPANS = [
  { value: '3600', label: 'The last hour' },
  { value: '86400', label: 'The last day' },
  { value: '604800', label: 'The last 7 days' },
  { value: '2592000', label: 'The last 30 days' },
] as const;

interface Props {
  readonly id: string;
  /** What is asked for at first: after an outage the failed ones. */
  readonly which: Which;
  onClose(): void;
}

/** Sends a subscription past events again: those that failed, those it never got, or all. */
export default function ReplayDialog({ id, which: first, onClose }: Props) {
  const api = useApi();
  const [which, setWhich] = useState<Which>(first);
  const [span, setSpan] = useState<string>('86400');
  return (
    <CountedTaskDialog
      title={first === 'failed' ? 'Recover failed deliveries' : 'Replay events'}
      action="Send"
      things="events"
      request={`${which} ${span}`}
      start={(dryRun) => api.replay(id, { since: ago(Number(span)), status: which, dryRun })}
      onClose={onClose}
    >
      <Box>
        Past events are sent to this endpoint again, with the same <code>webhook-id</code> as before, so a
        receiver that skips ids it has seen does nothing twice.
      </Box>
      <FormField label="Which events">
        <RadioGroup
          value={which}
          onChange={({ detail }) => setWhich(detail.value as Which)}
          items={[
            { value: 'failed', label: 'Failed', description: 'Deliveries that were given up' },
            {
              value: 'missing',
              label: 'Missing',
              description:
                'Events that were never sent here, from before the subscription or while it was paused',
            },
            { value: 'all', label: 'All', description: 'Everything, also what was delivered' },
          ]}
        />
      </FormField>
      <FormField label="From">
        <Select
          selectedOption={SPANS.find(({ value }) => value === span) ?? null}
          options={SPANS}
          onChange={({ detail }) => setSpan(detail.selectedOption.value ?? '86400')}
        />
      </FormField>
    </CountedTaskDialog>
  );
}

function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}
