import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AttemptBody, DeliveryBody } from '../../contract/api.ts';
import { useAccess } from '../session/access.tsx';

/** A delivery's attempts as far as they were asked for: the newest come by themselves, older ones when somebody wants them. */
export interface KnownAttempts {
  /** In order. */
  readonly attempts: readonly AttemptBody[];
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly loading: boolean;
  readonly error: Error | null;
  showOlder(): void;
}

/** What was known when older ones were first asked for: what they join on to, however many are made since. */
interface Start {
  readonly id: string;
  readonly cursor: string;
  readonly attempts: readonly AttemptBody[];
}

export function useAllAttempts({ id, attempts, attemptsCursor }: DeliveryBody): KnownAttempts {
  const { api, tenant } = useAccess();
  const [asked, setAsked] = useState<Start | null>(null);
  const start = asked?.id === id ? asked : null;
  const query = useInfiniteQuery({
    queryKey: ['deliveries', tenant, 'older', id, start?.cursor],
    queryFn: ({ pageParam }) => api.getDelivery(id, pageParam),
    initialPageParam: start?.cursor ?? null,
    getNextPageParam: ({ body }) => body.attemptsCursor,
    enabled: start !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (start === null) {
    const showOlder = (): void => {
      if (attemptsCursor !== null) setAsked({ id, cursor: attemptsCursor, attempts });
    };
    return { attempts, more: attemptsCursor !== null, loading: false, error: null, showOlder };
  }
  const pages = query.data?.pages ?? [];
  const before = new Set(start.attempts.map(attemptName));
  return {
    attempts: [
      ...pages.toReversed().flatMap(({ body }) => body.attempts),
      ...start.attempts,
      ...attempts.filter((attempt) => !before.has(attemptName(attempt))),
    ],
    more: query.data === undefined || query.hasNextPage,
    loading: query.isFetching,
    error: query.error,
    showOlder: () => void (query.data === undefined ? query.refetch() : query.fetchNextPage()),
  };
}

/** Tells attempts apart: two that were made by hand at once may have one number. */
export function attemptName({ number, at, durationMs }: AttemptBody): string {
  return `${number} ${at} ${durationMs}`;
}
