import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import type { SubscriptionBody } from '../../contract/api.ts';
import { memberText } from '../data/json-text.ts';
import { ChoiceTabs } from '../parts/choice-tabs.tsx';
import { Endpoint } from '../parts/endpoint.tsx';
import { PageProblem } from '../parts/problem.tsx';
import { SubscriptionStatus } from '../parts/status.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import { StateNotice, useSetStatus } from './state-notice.tsx';
import { subscriptionName, useSubscription } from './use-subscription.ts';

// What is on another tab or behind a click comes when it is looked at.
const DeliveryLog = lazy(() => import('../deliveries/delivery-log.tsx'));
const DeleteDialog = lazy(() => import('./delete-dialog.tsx'));
const ReplayDialog = lazy(() => import('./replay-dialog.tsx'));
const SecretPanel = lazy(() => import('./secret-panel.tsx'));
const SettingsPanel = lazy(() => import('./settings-panel.tsx'));
const TestDialog = lazy(() => import('./test-dialog.tsx'));

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
          {
            id: 'deliveries',
            label: 'Deliveries',
            content: (
              <Suspense fallback={<PageLoading />}>
                <DeliveryLog subscription={id} />
              </Suspense>
            ),
          },
          {
            id: 'settings',
            label: 'Settings',
            content: (
              <Suspense fallback={<PageLoading />}>
                <SettingsPanel
                  subscription={subscription}
                  filterText={memberText(found.data.text, 'filter')}
                />
              </Suspense>
            ),
          },
          {
            id: 'secret',
            label: canWrite ? 'Signing secret' : 'Verify requests',
            content: (
              <Suspense fallback={<PageLoading />}>
                <SecretPanel id={id} />
              </Suspense>
            ),
          },
        ]}
      />
      <Suspense>
        {dialog === 'test' && <TestDialog subscription={subscription} onClose={close} />}
        {(dialog === 'failed' || dialog === 'missing') && (
          <ReplayDialog id={id} which={dialog} onClose={close} />
        )}
        {dialog === 'delete' && <DeleteDialog subscription={subscription} onClose={close} />}
      </Suspense>
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
  // One that is unverified would be sent to, and only a proof of its endpoint makes it active.
  const sending = subscription.status === 'active' || subscription.status === 'unverified';
  const act: Readonly<Record<string, () => void>> = {
    edit: () => navigate(href(`/subscriptions/${encodeURIComponent(subscription.id)}/edit`)),
    failed: () => onDialog('failed'),
    missing: () => onDialog('missing'),
    status: () => setStatus.mutate(sending ? 'paused' : 'active'),
    delete: () => onDialog('delete'),
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ButtonDropdown
        items={[
          { id: 'edit', text: 'Edit' },
          { id: 'status', text: sending ? 'Pause' : 'Resume' },
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
