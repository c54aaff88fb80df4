import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { memberText } from '../data/json-text.ts';
import { PageProblem } from '../parts/problem.tsx';
import { useAccess } from '../session/access.tsx';
import { useNotices } from '../shell/notices.tsx';
import { Page } from '../shell/page.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import { type Draft, draftOf, fieldsOf, filterOf } from './draft.ts';
import { SubscriptionForm } from './form.tsx';
import { subscriptionName, useSubscription } from './use-subscription.ts';

export default function EditSubscriptionPage({ id }: { readonly id: string }) {
  const { api, href } = useAccess();
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const notices = useNotices();
  const found = useSubscription(id, false);
  const place = `/subscriptions/${encodeURIComponent(id)}`;
  const before = found.data && draftOf(found.data.body, memberText(found.data.text, 'filter'));
  const update = useMutation({
    mutationFn: (draft: Draft) =>
      api.updateSubscription(id, fieldsOf(draft, before ?? null), {
        filter: filterOf(draft, before ?? null),
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['subscriptions'] });
      notices.tell('Saved. Deliveries follow the new settings within 10 seconds.');
      navigate(href(place));
    },
  });
  if (found.error) return <PageProblem error={found.error} />;
  if (found.data === undefined || before === undefined) return <PageLoading />;
  return (
    <Page title={`Edit ${subscriptionName(found.data.body)}`} within={['Subscriptions', '/subscriptions']}>
      <SubscriptionForm
        first={before}
        submitText="Save"
        busy={update.isPending}
        error={update.error}
        cancelHref={href(place)}
        onSubmit={update.mutate}
      />
    </Page>
  );
}
