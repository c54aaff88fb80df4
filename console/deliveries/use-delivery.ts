import type { DeliveryBody } from '../../contract/api.ts';
import { type Live, useLive } from '../data/use-live.ts';
import { useAccess } from '../session/access.tsx';

/** One delivery, kept fresh: attempts appear as they are made. */
export function useDelivery(id: string): Live<DeliveryBody> {
  const { api, tenant } = useAccess();
  return useLive(['deliveries', tenant, 'one', id], () => api.getDelivery(id));
}
