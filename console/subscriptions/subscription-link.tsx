import Link from '@cloudscape-design/components/link';
import { useQuery } from '@tanstack/react-query';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { subscriptionName } from './use-subscription.ts';

const MOST = 250;

/** A subscription by name. Ids stand in for names that are not known, as of deleted ones. */
export function SubscriptionLink({ id }: { readonly id: string }) {
  const { api, tenant, href } = useAccess();
  const names = useQuery({
    queryKey: ['subscriptions', tenant, 'names'],
    staleTime: 60_000,
    queryFn: async () => {
      const { body } = await api.listSubscriptions({ limit: MOST });
      return Object.fromEntries(body.data.map((each) => [each.id, subscriptionName(each)]));
    },
  });
  return (
    <Link href={href(`/subscriptions/${encodeURIComponent(id)}`)}>
      <UserText>{names.data?.[id] ?? id}</UserText>
    </Link>
  );
}
