import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubscriptionBody } from '../../contract/api.ts';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { useNotices } from '../shell/notices.tsx';

/** Why an endpoint gets nothing although it is subscribed, and how it proves that it wants events. */
export function UnverifiedNotice({ subscription }: { readonly subscription: SubscriptionBody }) {
  const { api, canWrite } = useAccess();
  const queries = useQueryClient();
  const notices = useNotices();
  const verify = useMutation({
    mutationFn: () => api.verifySubscription(subscription.id),
    onSuccess: ({ status }) => {
      if (status !== 'unverified') notices.tell('Verified. New events are sent.');
      void queries.invalidateQueries({ queryKey: ['subscriptions'] });
    },
    onError: notices.fail,
  });
  return (
    <Alert
      type="warning"
      header="The endpoint is not verified"
      action={
        canWrite && (
          <Button variant="primary" loading={verify.isPending} onClick={() => verify.mutate()}>
            Verify again
          </Button>
        )
      }
    >
      It is sent nothing until it answers a challenge; events are recorded as skipped. The last answer:{' '}
      <UserText>{subscription.statusReason ?? 'none yet'}</UserText>. Have it answer an event of type{' '}
      <code>fanfare.verify</code> with the <code>challenge</code> in its data, then verify again.
    </Alert>
  );
}
