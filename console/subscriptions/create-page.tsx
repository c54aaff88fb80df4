import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { CreatedSubscription } from '../../contract/api.ts';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { Created } from './created.tsx';
import { type Draft, EMPTY_DRAFT, fieldsOf, filterOf } from './draft.ts';
import { SubscriptionForm } from './form.tsx';

export default function CreateSubscriptionPage() {
  const { api, href } = useAccess();
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const [created, setCreated] = useState<CreatedSubscription | null>(null);
  const create = useMutation({
    mutationFn: (draft: Draft) =>
      api.createSubscription(fieldsOf(draft, null), { filter: filterOf(draft, null) }),
    onSuccess: (subscription) => {
      setCreated(subscription);
      void queries.invalidateQueries({ queryKey: ['subscriptions'] });
    },
  });
  return (
    <Page title="Add a subscription" within={['Subscriptions', '/subscriptions']}>
      <SubscriptionForm
        first={EMPTY_DRAFT}
        submitText="Add subscription"
        busy={create.isPending}
        error={create.error}
        cancelHref={href('/subscriptions')}
        onSubmit={create.mutate}
      />
      {created !== null && (
        <Created
          subscription={created}
          onDone={() => navigate(href(`/subscriptions/${encodeURIComponent(created.id)}`))}
        />
      )}
    </Page>
  );
}
