import { keepPreviousData, type QueryKey, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PageBody } from '../../contract/api.ts';
import { usePolling } from './polling.ts';
import type { Answer } from './transport.ts';

/** A list read page by page. Pages that were not visited are not known yet. */
export interface PagedList<Item> {
  readonly items: readonly Item[];
  /** The page as the text it came in. */
  readonly text: string;
  readonly loading: boolean;
  readonly error: Error | null;
  /** From 1. */
  readonly page: number;
  readonly knownPages: number;
  /** Whether there is more behind the known pages. */
  readonly openEnd: boolean;
  goTo(page: number): void;
  reload(): void;
}

/** `key` must hold all that `read` depends on. The first page is kept fresh by polling. */
export function usePagedList<Item>(
  key: QueryKey,
  read: (query: { readonly cursor: string | null }) => Promise<Answer<PageBody<Item>>>,
): PagedList<Item> {
  const name = JSON.stringify(key);
  const [visited, setVisited] = useState<Visited>({ name, cursors: [null], page: 1 });
  const { cursors, page } = visited.name === name ? visited : { cursors: [null], page: 1 };
  const cursor = cursors[page - 1] ?? null;
  const refetchInterval = usePolling<Answer<PageBody<Item>>, Error, Answer<PageBody<Item>>, QueryKey>(
    page === 1,
  );
  const query = useQuery({
    queryKey: [...key, { cursor }],
    queryFn: () => read({ cursor }),
    refetchInterval,
    placeholderData: (before, beforeQuery) =>
      JSON.stringify(beforeQuery?.queryKey.slice(0, -1)) === name ? keepPreviousData(before) : undefined,
  });
  const next = query.data?.body.cursor ?? null;
  return {
    items: query.data?.body.data ?? [],
    text: query.data?.text ?? '',
    loading: query.isPending || query.isPlaceholderData,
    error: query.error,
    page,
    knownPages: Math.max(cursors.length, page),
    openEnd: next !== null && page >= cursors.length,
    goTo: (wanted) => {
      const known = wanted > cursors.length && next !== null ? [...cursors, next] : cursors;
      setVisited({ name, cursors: known, page: Math.min(wanted, known.length) });
    },
    reload: () => void query.refetch(),
  };
}

interface Visited {
  readonly name: string;
  /** Where each visited page begins. */
  readonly cursors: readonly (string | null)[];
  readonly page: number;
}

/** A list that came in one answer, in the same shape. */
export function wholeList<Item>(
  items: readonly Item[],
  query: { readonly isPending: boolean; readonly error: Error | null; refetch(): unknown },
): PagedList<Item> {
  return {
    items,
    text: '',
    loading: query.isPending,
    error: query.error,
    page: 1,
    knownPages: 1,
    openEnd: false,
    goTo: () => undefined,
    reload: () => void query.refetch(),
  };
}
