import { useQuery } from '@tanstack/react-query';
import type { SubscriptionBody } from '../../contract/api.ts';
import { usePolling } from '../data/polling.ts';
import type { Answer } from '../data/transport.ts';
import { useAccess } from '../session/access.tsx';

type Found = Answer<SubscriptionBody>;

/** One subscription, kept fresh unless it is being edited. */
export function useSubscription(id: string, live: boolean) {
  const { api, tenant } = useAccess();
  const refetchInterval = usePolling<Found, Error, Found, readonly unknown[]>(live);
  return useQuery({
    queryKey: ['subscriptions', tenant, 'one', id] as readonly unknown[],
    queryFn: () => api.getSubscription(id),
    refetchInterval,
    refetchOnWindowFocus: live,
  });
}

/** What a subscription is called: its name, else its id. */
export function subscriptionName({ id, description }: Pick<SubscriptionBody, 'id' | 'description'>): string {
  return description === '' ? id : description;
}
