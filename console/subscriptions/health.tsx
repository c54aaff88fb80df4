import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { DeliverySummary } from '../../contract/api.ts';
import { useAccess } from '../session/access.tsx';

const NEWEST = 20;

/** How a subscription's newest deliveries went, at a glance. */
export function Health({ subscription }: { readonly subscription: string }) {
  const { api, tenant } = useAccess();
  const newest = useQuery({
    queryKey: ['deliveries', 'health', tenant, subscription],
    staleTime: 20_000,
    refetchInterval: 30_000,
    queryFn: async () => (await api.listDeliveries({ subscription, limit: NEWEST })).body.data,
  });
  if (newest.error) return <StatusIndicator type="warning">Unknown</StatusIndicator>;
  if (newest.data === undefined) return <StatusIndicator type="loading">Loading</StatusIndicator>;
  return <HealthOf deliveries={newest.data} />;
}

function HealthOf({ deliveries }: { readonly deliveries: readonly DeliverySummary[] }) {
  const count = (status: DeliverySummary['status']) => deliveries.filter((d) => d.status === status).length;
  const [failed, retrying, delivered] = [count('failed'), count('retrying'), count('succeeded')];
  const tried = failed + retrying + delivered;
  if (tried === 0) return <StatusIndicator type="pending">Nothing sent yet</StatusIndicator>;
  if (failed > 0)
    return <StatusIndicator type="error">{`${failed} of last ${tried} failed`}</StatusIndicator>;
  if (retrying > 0)
    return <StatusIndicator type="warning">{`${retrying} of last ${tried} retrying`}</StatusIndicator>;
  return (
    <StatusIndicator type="success">
      {tried === 1 ? 'Last one delivered' : `Last ${tried} delivered`}
    </StatusIndicator>
  );
}
