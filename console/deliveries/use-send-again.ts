import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../session/access.tsx';
import { useNotices } from '../shell/notices.tsx';

/** Sends a delivery now, whatever became of it. Whether that is possible, the API says. */
export function useSendAgain() {
  const api = useApi();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: (id: string) => api.retryDelivery(id),
    onSuccess: () => {
      notices.tell('Sent again. The attempt appears here in a moment.');
      void queries.invalidateQueries({ queryKey: ['deliveries'] });
    },
    onError: notices.fail,
  });
}
