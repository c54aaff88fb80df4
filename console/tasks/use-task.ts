import { useQuery } from '@tanstack/react-query';
import type { TaskBody } from '../../contract/api.ts';
import { useApi } from '../session/access.tsx';

const EVERY_MS = 1_000;

/** A task, asked for again each second until it ended. Null: none to follow. */
export function useTask(id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ['tasks', id],
    enabled: id !== null,
    queryFn: async () => (await api.getTask(id ?? '')).body,
    refetchInterval: (query) => (query.state.data && hasEnded(query.state.data) ? false : EVERY_MS),
  });
}

export function hasEnded({ status }: Pick<TaskBody, 'status'>): boolean {
  return status === 'done' || status === 'cancelled' || status === 'failed';
}
