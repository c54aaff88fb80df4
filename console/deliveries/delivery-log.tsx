import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import { useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { DeliverySummary } from '../../contract/api.ts';
import { usePagedList } from '../data/paged-list.ts';
import { AttemptOutcome } from '../parts/attempt-view.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Moment } from '../parts/moment.tsx';
import { byId, type Column, ResourceList } from '../parts/resource-list.tsx';
import { DeliveryStatus } from '../parts/status.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { SubscriptionLink } from '../subscriptions/subscription-link.tsx';
import { addressWith, type DeliveryFilter, filterFromAddress } from './filter-query.ts';
import { LogFilter } from './log-filter.tsx';
import { useSendAgain } from './use-send-again.ts';

const PAGE_SIZE = 25;

interface Props {
  /** Only this subscription's. */
  readonly subscription?: string;
}

/** Deliveries, newest first, kept fresh. */
export default function DeliveryLog({ subscription }: Props) {
  const { api, tenant, href, canWrite } = useAccess();
  const [params, setParams] = useSearchParams();
  const asked = filterFromAddress(params);
  const filter = subscription === undefined ? asked : { ...asked, subscription };
  const { within, ...query } = filter;
  // Fixed while the filter stays: a cursor is only good for the list it came from.
  const since = useMemo(() => sinceOf(within), [within]);
  const list = usePagedList<DeliverySummary>(['deliveries', tenant, query, since], ({ cursor }) =>
    api.listDeliveries({ ...query, since, limit: PAGE_SIZE, cursor }),
  );
  const change = (next: DeliveryFilter) =>
    setParams((before) => addressWith(before, subscription ? { ...next, subscription: null } : next), {
      replace: true,
    });
  return (
    <ResourceList
      name="Deliveries"
      main={subscription === undefined}
      description="Every event sent to an endpoint, and what the endpoint answered."
      idOf={byId}
      list={list}
      columns={columns(href, subscription === undefined, canWrite)}
      filter={
        <LogFilter
          filter={asked}
          fixed={subscription === undefined ? [] : ['subscription']}
          onChange={change}
        />
      }
      empty={<Empty filtered={Object.values(asked).some((value) => value !== null)} />}
    />
  );
}

function Empty({ filtered }: { readonly filtered: boolean }) {
  if (filtered) return <EmptyState title="No deliveries match">Try a wider filter.</EmptyState>;
  return (
    <EmptyState title="Nothing was delivered yet">
      Each event that a subscription asks for appears here within a second, with what the endpoint answered.
    </EmptyState>
  );
}

function columns(
  href: (path: string) => string,
  withSubscription: boolean,
  canWrite: boolean,
): [Column<DeliverySummary>, ...Column<DeliverySummary>[]] {
  const subscription: Column<DeliverySummary> = {
    id: 'subscription',
    header: 'Subscription',
    cell: (delivery) => <SubscriptionLink id={delivery.subscription} />,
  };
  return [
    {
      id: 'event',
      header: 'Event',
      minWidth: 170,
      cell: ({ id, eventType }) => (
        <Link href={href(`/deliveries/${encodeURIComponent(id)}`)}>
          <UserText>{eventType}</UserText>
        </Link>
      ),
    },
    { id: 'status', header: 'Status', cell: (delivery) => <DeliveryStatus {...delivery} />, minWidth: 190 },
    {
      id: 'answer',
      header: 'Last answer',
      cell: ({ lastAttempt }) => <AttemptOutcome attempt={lastAttempt} />,
      minWidth: 130,
    },
    ...(withSubscription ? [subscription] : []),
    { id: 'created', header: 'Time', cell: ({ createdAt }) => <Moment at={createdAt} />, minWidth: 150 },
    ...(canWrite
      ? [
          {
            id: 'send',
            header: 'Action',
            cell: ({ id }: DeliverySummary) => <SendAgain id={id} />,
            minWidth: 120,
          },
        ]
      : []),
  ];
}

function SendAgain({ id }: { readonly id: string }) {
  const send = useSendAgain();
  return (
    <Button
      variant="inline-link"
      loading={send.isPending}
      ariaLabel={`Send again: ${id}`}
      onClick={() => send.mutate(id)}
    >
      Send again
    </Button>
  );
}

function sinceOf(within: string | null): string | null {
  const seconds = Number(within ?? Number.NaN);
  return Number.isFinite(seconds) ? new Date(Date.now() - seconds * 1000).toISOString() : null;
}
