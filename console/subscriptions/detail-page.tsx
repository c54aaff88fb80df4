import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { SubscriptionBody } from '../../contract/api.ts';
import { memberText } from '../data/json-text.ts';
import { DeliveryLog } from '../deliveries/delivery-log.tsx';
import { ChoiceTabs } from '../parts/choice-tabs.tsx';
import { Endpoint } from '../parts/endpoint.tsx';
import { PageProblem } from '../parts/problem.tsx';
import { SubscriptionStatus } from '../parts/status.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { ReplayDialog } from './replay-dialog.tsx';
import { SecretPanel } from './secret-panel.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { StateNotice, useSetStatus } from './state-notice.tsx';
import { TestDialog } from './test-dialog.tsx';
import { subscriptionName, useSubscription } from './use-subscription.ts';

type Dialog = 'test' | 'failed' | 'missing' | 'delete' | null;

export default function SubscriptionPage({ id }: { readonly id: string }) {
  const { canWrite } = useAccess();
  const found = useSubscription(id, true);
  const [dialog, setDialog] = useState<Dialog>(null);
  if (found.data === undefined) return found.error ? <PageProblem error={found.error} /> : <PageLoading />;
  const subscription = found.data.body;
  const close = () => setDialog(null);
  return (
    <Page
      title={subscriptionName(subscription)}
      within={['Subscriptions', '/subscriptions']}
      description={
        <SpaceBetween direction="horizontal" size="s">
          <SubscriptionStatus status={subscription.status} />
          <Endpoint url={subscription.url} />
        </SpaceBetween>
      }
      actions={canWrite && <Actions subscription={subscription} onDialog={setDialog} />}
    >
      <StateNotice subscription={subscription} onRecover={() => setDialog('failed')} />
      <ChoiceTabs
        name="tab"
        ariaLabel="About this subscription"
        tabs={[
          { id: 'deliveries', label: 'Deliveries', content: <DeliveryLog subscription={id} /> },
          {
            id: 'settings',
            label: 'Settings',
            content: (
              <SettingsPanel subscription={subscription} filterText={memberText(found.data.text, 'filter')} />
            ),
          },
          {
            id: 'secret',
            label: canWrite ? 'Signing secret' : 'Verify requests',
            content: <SecretPanel id={id} />,
          },
        ]}
      />
      {dialog === 'test' && <TestDialog subscription={subscription} onClose={close} />}
      {(dialog === 'failed' || dialog === 'missing') && (
        <ReplayDialog id={id} which={dialog} onClose={close} />
      )}
      {dialog === 'delete' && <DeleteDialog subscription={subscription} onClose={close} />}
    </Page>
  );
}

interface ActionsProps {
  readonly subscription: SubscriptionBody;
  onDialog(dialog: Dialog): void;
}

function Actions({ subscription, onDialog }: ActionsProps) {
  const { href } = useAccess();
  const [, navigate] = useLocation();
  const setStatus = useSetStatus(subscription.id);
  const active = subscription.status === 'active';
  const act: Readonly<Record<string, () => void>> = {
    edit: () => navigate(href(`/subscriptions/${encodeURIComponent(subscription.id)}/edit`)),
    failed: () => onDialog('failed'),
    missing: () => onDialog('missing'),
    status: () => setStatus.mutate(active ? 'paused' : 'active'),
    delete: () => onDialog('delete'),
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ButtonDropdown
        items={[
          { id: 'edit', text: 'Edit' },
          { id: 'status', text: active ? 'Pause' : 'Resume' },
          { id: 'failed', text: 'Recover failed…' },
          { id: 'missing', text: 'Replay…' },
          { id: 'delete', text: 'Delete…' },
        ]}
        onItemClick={({ detail }) => act[detail.id]?.()}
      >
        Actions
      </ButtonDropdown>
      <Button variant="primary" onClick={() => onDialog('test')}>
        Send test event
      </Button>
    </SpaceBetween>
  );
}
