import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import type { RedriveFields } from '../../contract/api.ts';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { CountedTaskDialog } from '../tasks/counted-task-dialog.tsx';

interface Props {
  /** Null: of every subscription of the tenant. */
  readonly subscription: string | null;
  onClose(): void;
}

/** Sends dead letters again, counted first and at a pace that the endpoint can bear. */
export function RedriveDialog({ subscription, onClose }: Props) {
  const { api, tenant } = useAccess();
  const [eventType, setEventType] = useState('');
  const [rate, setRate] = useState('50');
  const [limit, setLimit] = useState('');
  const fields: RedriveFields = {
    ratePerSecond: Number(rate),
    ...(subscription === null ? {} : { subscription }),
    ...(eventType === '' ? {} : { eventType }),
    ...(limit === '' ? {} : { limit: Number(limit) }),
  };
  return (
    <CountedTaskDialog
      title="Redrive dead letters"
      action="Redrive"
      things="dead letters"
      request={JSON.stringify(fields)}
      start={(dryRun) => api.redrive({ ...fields, dryRun })}
      onClose={onClose}
    >
      <Box>
        Dead letters of{' '}
        <b>
          <UserText>{subscription ?? `every subscription of ${tenant ?? 'this tenant'}`}</UserText>
        </b>{' '}
        leave the queue and are sent again with a fresh retry schedule and the same <code>webhook-id</code>.
      </Box>
      <FormField label="Only this event type - optional">
        <Input
          value={eventType}
          placeholder="order.created"
          onChange={({ detail }) => setEventType(detail.value.trim())}
        />
      </FormField>
      <ColumnLayout columns={2}>
        <FormField label="At most per second" description="1 to 1,000">
          <Input
            type="number"
            inputMode="numeric"
            value={rate}
            onChange={({ detail }) => setRate(detail.value)}
          />
        </FormField>
        <FormField label="At most in all - optional" description="Empty: all that match">
          <Input
            type="number"
            inputMode="numeric"
            value={limit}
            onChange={({ detail }) => setLimit(detail.value)}
          />
        </FormField>
      </ColumnLayout>
    </CountedTaskDialog>
  );
}
