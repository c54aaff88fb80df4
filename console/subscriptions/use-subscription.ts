import type { SubscriptionBody } from '../../contract/api.ts';
import { type Live, useLive } from '../data/use-live.ts';
import { useAccess } from '../session/access.tsx';

/** One subscription, kept fresh unless it is being edited. */
export function useSubscription(id: string, live: boolean): Live<SubscriptionBody> {
  const { api, tenant } = useAccess();
  return useLive(['subscriptions', tenant, 'one', id], () => api.getSubscription(id), live);
}

/** What a subscription is called: its name, else its id. */
export function subscriptionName({ id, description }: Pick<SubscriptionBody, 'id' | 'description'>): string {
  return description === '' ? id : description;
}
