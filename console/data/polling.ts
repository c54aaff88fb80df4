import type { Query } from '@tanstack/react-query';
import { useRef } from 'react';

const SHORTEST = 2_000;
const LONGEST = 30_000;

interface Watched {
  updates: number;
  data: unknown;
  wait: number;
}

/**
 * How long to wait before asking again, in milliseconds: short while answers change, half as long again each time
 * nothing changed or the server did not answer. Hidden tabs do not ask at all (TanStack Query sees to that).
 */
export function nextWait(
  before: Watched,
  query: { updates: number; data: unknown; failed: boolean },
): Watched {
  if (query.updates === before.updates) return before;
  const changed = query.data !== before.data && !query.failed;
  const wait = changed ? SHORTEST : Math.min(LONGEST, before.wait * 1.5);
  return { updates: query.updates, data: query.data, wait };
}

/** For `refetchInterval`. */
export function usePolling<Data, Failure, Result, Key extends readonly unknown[]>(
  enabled = true,
): (query: Query<Data, Failure, Result, Key>) => number | false {
  const watched = useRef<Watched>({ updates: -1, data: undefined, wait: SHORTEST });
  return (query) => {
    if (!enabled) return false;
    const { data, dataUpdateCount, errorUpdateCount, fetchFailureCount, isInvalidated } = query.state;
    // Somebody did something and waits for what comes of it.
    if (isInvalidated) watched.current = { ...watched.current, wait: SHORTEST };
    const updates = dataUpdateCount + errorUpdateCount;
    watched.current = nextWait(watched.current, { updates, data, failed: fetchFailureCount > 0 });
    return watched.current.wait;
  };
}
