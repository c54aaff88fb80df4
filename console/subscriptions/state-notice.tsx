import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubscriptionBody } from '../../contract/api.ts';
import { Moment } from '../parts/moment.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { useNotices } from '../shell/notices.tsx';
import { UnverifiedNotice } from './unverified-notice.tsx';

interface Props {
  readonly subscription: SubscriptionBody;
  onRecover(): void;
}

/** Why a subscription gets nothing, since when, and how to go on. */
export function StateNotice({ subscription, onRecover }: Props) {
  const { href, canWrite } = useAccess();
  const setStatus = useSetStatus(subscription.id);
  if (subscription.status === 'active') return null;
  if (subscription.status === 'unverified') return <UnverifiedNotice subscription={subscription} />;
  const disabled = subscription.status === 'disabled';
  const skipped = href(`/deliveries?subscription=${encodeURIComponent(subscription.id)}&status=skipped`);
  return (
    <Alert
      type={disabled ? 'error' : 'info'}
      header={disabled ? 'Disabled by the system' : 'Paused'}
      action={
        canWrite && (
          <SpaceBetween direction="horizontal" size="xs">
            {disabled && <Button onClick={onRecover}>Recover failed…</Button>}
            <Button
              variant="primary"
              loading={setStatus.isPending}
              onClick={() => setStatus.mutate('active')}
            >
              Resume
            </Button>
          </SpaceBetween>
        )
      }
    >
      {disabled ? <Why reason={subscription.statusReason} /> : 'Events are recorded as skipped and not sent.'}{' '}
      Since <Moment at={subscription.updatedAt} />.{' '}
      {disabled && 'Mend the endpoint, resume, then recover what failed. '}
      <Link href={skipped}>Show what was skipped</Link>; each can be sent by hand once the subscription is
      active.
    </Alert>
  );
}

function Why({ reason }: { readonly reason: string | null }) {
  if (reason === '410') return <>The endpoint answered 410 Gone, which asks to send nothing more.</>;
  if (reason === null) return <>The endpoint failed for too long.</>;
  return (
    <>
      The reason on record: <UserText>{reason}</UserText>.
    </>
  );
}

/** Pauses or resumes. */
export function useSetStatus(id: string) {
  const { api } = useAccess();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: (status: 'active' | 'paused') => api.updateSubscription(id, { status }),
    onSuccess: (_, status) => {
      notices.tell(
        status === 'active' ? 'Resumed. New events are sent again.' : 'Paused. New events are skipped.',
      );
      void queries.invalidateQueries({ queryKey: ['subscriptions'] });
    },
    onError: notices.fail,
  });
}
