import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { MatchBody, MismatchReason } from '../../contract/api.ts';
import { wholeList } from '../data/paged-list.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { ResourceList } from '../parts/resource-list.tsx';
import { useAccess } from '../session/access.tsx';
import { SubscriptionLink } from '../subscriptions/subscription-link.tsx';

const REASONS: Readonly<Record<MismatchReason, string>> = {
  type: 'No: it did not choose this type',
  filter: 'No: its filter keeps this event back',
  'filter-too-costly': 'No: its filter takes too many steps on this event',
  paused: 'No: it is paused',
  unverified: 'No: its endpoint is not verified',
  disabled: 'No: it is disabled',
};

/** For each subscription: would it get this event now, and if not, why. */
export function MatchPanel({ event }: { readonly event: string }) {
  const { api, tenant } = useAccess();
  const found = useQuery({
    queryKey: ['events', tenant, 'match', event],
    queryFn: async () => (await api.matchEvent(event)).data,
  });
  const list = wholeList<MatchBody>(found.data ?? [], found);
  return (
    <ResourceList
      name="Who gets this event"
      description="As the subscriptions are now. Looking changes nothing."
      idOf={({ subscription }) => subscription}
      list={list}
      columns={[
        {
          id: 'subscription',
          header: 'Subscription',
          cell: ({ subscription }) => <SubscriptionLink id={subscription} />,
        },
        {
          id: 'matches',
          header: 'Gets it',
          cell: ({ matches, reason }) =>
            matches || reason === null ? (
              <StatusIndicator type="success">Yes</StatusIndicator>
            ) : (
              <StatusIndicator type="stopped">{REASONS[reason]}</StatusIndicator>
            ),
        },
      ]}
      empty={
        <EmptyState title="No subscriptions">This tenant has none, so nobody gets its events.</EmptyState>
      }
    />
  );
}
