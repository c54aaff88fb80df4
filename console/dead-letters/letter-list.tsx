import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeadLetterBody } from '../../contract/api.ts';
import { usePagedList } from '../data/paged-list.ts';
import { AttemptOutcome } from '../parts/attempt-view.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Moment } from '../parts/moment.tsx';
import { type Column, ResourceList } from '../parts/resource-list.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { useNotices } from '../shell/notices.tsx';
import { SubscriptionLink } from '../subscriptions/subscription-link.tsx';

const PAGE_SIZE = 25;

interface Props {
  /** Null: all of the tenant's. */
  readonly subscription: string | null;
  onShowAll(): void;
}

export function DeadLetterList({ subscription, onShowAll }: Props) {
  const { api, tenant, href, canWrite } = useAccess();
  const list = usePagedList<DeadLetterBody>(['dead-letters', tenant, subscription], ({ cursor }) =>
    api.listDeadLetters({ subscription, limit: PAGE_SIZE, cursor }),
  );
  const [selected, setSelected] = useState<readonly DeadLetterBody[]>([]);
  const send = useSendSelected(() => setSelected([]));
  return (
    <ResourceList
      name={subscription === null ? 'One by one' : `Of ${subscription}`}
      idOf={({ delivery }) => delivery}
      list={list}
      columns={columns(href)}
      {...(canWrite ? { selection: { items: selected, onChange: setSelected } } : {})}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {subscription !== null && <Button onClick={onShowAll}>Show all</Button>}
          {canWrite && (
            <Button
              disabled={selected.length === 0}
              loading={send.isPending}
              onClick={() => send.mutate(selected.map(({ delivery }) => delivery))}
            >
              {selected.length === 0 ? 'Send selected' : `Send ${selected.length} selected`}
            </Button>
          )}
        </SpaceBetween>
      }
      empty={<EmptyState title="Nothing here">No dead letters match.</EmptyState>}
    />
  );
}

/** Sends the chosen ones now, one after another. */
function useSendSelected(onDone: () => void) {
  const { api } = useAccess();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) await api.retryDelivery(id);
      return ids.length;
    },
    onSuccess: (count) => {
      notices.tell(count === 1 ? 'One delivery is sent again.' : `${count} deliveries are sent again.`);
      onDone();
    },
    onError: notices.fail,
    onSettled: () => queries.invalidateQueries({ queryKey: ['dead-letters'] }),
  });
}

function columns(href: (path: string) => string): [Column<DeadLetterBody>, ...Column<DeadLetterBody>[]] {
  return [
    {
      id: 'event',
      header: 'Event',
      cell: ({ delivery: id, eventType }) => (
        <Link href={href(`/deliveries/${encodeURIComponent(id)}`)}>
          <UserText>{eventType}</UserText>
        </Link>
      ),
    },
    {
      id: 'subscription',
      header: 'Subscription',
      cell: (letter) => <SubscriptionLink id={letter.subscription} />,
    },
    {
      id: 'answer',
      header: 'Last answer',
      cell: ({ lastStatus, lastError }) => (
        <AttemptOutcome attempt={{ status: lastStatus, error: lastError }} />
      ),
    },
    { id: 'attempts', header: 'Attempts', cell: ({ attemptCount }) => String(attemptCount) },
    { id: 'dead', header: 'Given up', cell: ({ deadAt }) => <Moment at={deadAt} /> },
  ];
}
