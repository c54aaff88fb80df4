import { useQuery } from '@tanstack/react-query';
import type { DeliveryBody } from '../../contract/api.ts';
import { usePolling } from '../data/polling.ts';
import type { Answer } from '../data/transport.ts';
import { useAccess } from '../session/access.tsx';

type Found = Answer<DeliveryBody>;

/** One delivery, kept fresh: attempts appear as they are made. */
export function useDelivery(id: string) {
  const { api, tenant } = useAccess();
  const refetchInterval = usePolling<Found, Error, Found, readonly unknown[]>();
  return useQuery({
    queryKey: ['deliveries', tenant, 'one', id] as readonly unknown[],
    queryFn: () => api.getDelivery(id),
    refetchInterval,
  });
}
