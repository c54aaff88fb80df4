import Box from '@cloudscape-design/components/box';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { SubscriptionBody } from '../../contract/api.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { useNotices } from '../shell/notices.tsx';
import { subscriptionName } from './use-subscription.ts';

interface Props {
  readonly subscription: SubscriptionBody;
  onClose(): void;
}

export default function DeleteDialog({ subscription, onClose }: Props) {
  const { api, href } = useAccess();
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const notices = useNotices();
  const remove = useMutation({
    mutationFn: () => api.deleteSubscription(subscription.id),
    onSuccess: () => {
      notices.tell('The subscription was deleted.');
      navigate(href('/subscriptions'));
      void queries.invalidateQueries({ queryKey: ['subscriptions'] });
    },
  });
  return (
    <ActionDialog
      title="Delete the subscription?"
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onAct={remove.mutate}
      onClose={onClose}
    >
      <Box>
        <b>
          <UserText>{subscriptionName(subscription)}</UserText>
        </b>{' '}
        gets no more events, and its waiting deliveries are cancelled. This can't be undone. To stop for a
        while, pause it instead.
      </Box>
    </ActionDialog>
  );
}
