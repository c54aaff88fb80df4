import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { usePolling } from './polling.ts';
import type { Answer } from './transport.ts';

/** One thing as it is now. `error` is why there is nothing to show. */
export interface Live<Body> {
  readonly data: Answer<Body> | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
}

/**
 * One thing, asked for again and again while `live`. What is missing may come to be, so it is asked for too; until the
 * next answer the failure stays, or the page would go blank each time.
 */
export function useLive<Body>(
  queryKey: readonly unknown[],
  ask: () => Promise<Answer<Body>>,
  live = true,
): Live<Body> {
  const refetchInterval = usePolling<Answer<Body>, Error, Answer<Body>, readonly unknown[]>(live);
  const { data, error, isPending } = useQuery({
    queryKey,
    queryFn: ask,
    refetchInterval,
    refetchOnWindowFocus: live,
  });
  const last = useRef<{ readonly key: string; readonly error: Error | null }>({ key: '', error: null });
  const key = JSON.stringify(queryKey);
  if (!isPending || last.current.key !== key) last.current = { key, error };
  const kept = data === undefined ? last.current.error : null;
  return { data, error: error ?? kept, isPending: isPending && kept === null };
}
