import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { DeliverySummary, EventSummary, PageBody } from '../../contract/api.ts';
import type { Answer } from '../data/transport.ts';
import { useAccess } from '../session/access.tsx';
import { type Slice, slicesBefore } from './statistics.ts';

const SLICES = 12;
/** Read of each slice at most. */
const SAMPLE = 100;
const EVERY_MS = 15_000;

export interface Statistics {
  readonly events: readonly Slice<EventSummary>[];
  readonly deliveries: readonly Slice<DeliverySummary>[];
  /** Deliveries that wait for an attempt now, up to `SAMPLE` of each kind. */
  readonly waiting: { readonly count: number; readonly more: boolean };
}

/** What happened in the last `spanMs`, read slice by slice so that a busy day is sampled evenly. */
export function useStatistics(spanMs: number) {
  const { api, tenant } = useAccess();
  return useQuery({
    queryKey: ['statistics', tenant, spanMs],
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<Statistics> => {
      const slices = slicesBefore(Date.now(), spanMs, SLICES);
      const [events, deliveries, pending, retrying] = await Promise.all([
        Promise.all(slices.map((slice) => readSlice(slice, api.listEvents))),
        Promise.all(slices.map((slice) => readSlice(slice, api.listDeliveries))),
        api.listDeliveries({ status: 'pending', limit: SAMPLE }),
        api.listDeliveries({ status: 'retrying', limit: SAMPLE }),
      ]);
      const waiting = [pending.body, retrying.body];
      return {
        events,
        deliveries,
        waiting: {
          count: waiting.reduce((sum, { data }) => sum + data.length, 0),
          more: waiting.some(({ cursor }) => cursor !== null),
        },
      };
    },
  });
}

async function readSlice<Item>(
  { from, until }: { readonly from: number; readonly until: number },
  list: (query: Readonly<Record<string, string | number>>) => Promise<Answer<PageBody<Item>>>,
): Promise<Slice<Item>> {
  const query = { since: new Date(from).toISOString(), until: new Date(until).toISOString(), limit: SAMPLE };
  const { body } = await list(query);
  return { from, until, items: body.data, more: body.cursor !== null };
}
