import { useQuery } from '@tanstack/react-query';
import { useAccess } from '../session/access.tsx';

/** Counts by subscription and last answer, kept fresh. */
export function useDeadLetterSummary() {
  const { api, tenant } = useAccess();
  return useQuery({
    queryKey: ['dead-letters', tenant, 'summary'],
    refetchInterval: 5_000,
    queryFn: async () => (await api.summarizeDeadLetters()).body,
  });
}
