import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { MatchBody, MismatchReason } from '../../contract/api.ts';
import { wholeList } from '../data/paged-list.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { ResourceList } from '../parts/resource-list.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';

const REASONS: Readonly<Record<MismatchReason, string>> = {
  type: 'No: it did not choose this type',
  filter: 'No: its filter keeps this event back',
  paused: 'No: it is paused',
  disabled: 'No: it is disabled',
};

type Row = MatchBody & { readonly id: string };

/** For each subscription: would it get this event now, and if not, why. */
export function MatchPanel({ event }: { readonly event: string }) {
  const { api, tenant, href } = useAccess();
  const found = useQuery({
    queryKey: ['events', tenant, 'match', event],
    queryFn: async () => (await api.matchEvent(event)).data,
  });
  const rows: readonly Row[] = (found.data ?? []).map((match) => ({ ...match, id: match.subscription }));
  const list = wholeList<Row>(rows, found);
  return (
    <>
      <Header variant="h2" description="As the subscriptions are now. Looking changes nothing.">
        Who gets this event, and who does not
      </Header>
      <ResourceList
        name="Subscriptions"
        list={list}
        columns={[
          {
            id: 'subscription',
            header: 'Subscription',
            cell: ({ id }) => (
              <Link href={href(`/subscriptions/${encodeURIComponent(id)}`)}>
                <UserText>{id}</UserText>
              </Link>
            ),
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
    </>
  );
}
