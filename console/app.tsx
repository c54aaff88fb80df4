import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { ApiError } from './data/transport.ts';
import { AccessProvider, type End } from './session/access.tsx';
import { type Session, storeSession, takeSession } from './session/session.ts';
import { SessionEnded } from './session/session-ended.tsx';
import { SignIn } from './session/sign-in.tsx';
import type { Look } from './shell/look.ts';
import { LookProvider } from './shell/look-provider.tsx';
import { NoticesProvider } from './shell/notices.tsx';
import { Shell } from './shell/shell.tsx';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only what may pass is tried again.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status in REFUSALS),
      staleTime: 1_000,
    },
  },
});
const REFUSALS = { 400: 1, 401: 1, 403: 1, 404: 1, 405: 1, 409: 1, 413: 1, 415: 1 } as const;

interface Props {
  readonly firstSession: Session | null;
  readonly firstLook: Look;
}

export function App({ firstSession, firstLook }: Props) {
  const { session, ended, start, end } = useSession(firstSession);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <LookProvider first={firstLook}>
        <QueryClientProvider client={queryClient}>
          {session !== null ? (
            <AccessProvider key={session.token} session={session} onEnd={end}>
              <NoticesProvider>
                <Shell />
              </NoticesProvider>
            </AccessProvider>
          ) : ended === 'link' ? (
            <SessionEnded />
          ) : (
            <SignIn notice={ended} onSession={start} />
          )}
        </QueryClientProvider>
      </LookProvider>
    </I18nProvider>
  );
}

/** `ended`: what was refused last, a portal link or a key that was typed in; or that the server heard nothing of the end. */
function useSession(first: Session | null) {
  const [session, setSession] = useState(first);
  const [ended, setEnded] = useState<'link' | 'key' | 'not-told' | null>(null);
  const start = useCallback((next: Session) => {
    queryClient.clear();
    storeSession(next);
    setEnded(null);
    setSession(next);
  }, []);
  const end = useCallback((reason: End) => {
    setSession((current) => {
      if (reason === 'expired' && current !== null) setEnded(current.byLink ? 'link' : 'key');
      if (reason === 'not-told') setEnded(reason);
      return null;
    });
    storeSession(null);
    queryClient.clear();
  }, []);
  // A link opened in a tab that already shows the console changes only the fragment.
  useEffect(() => {
    const onHash = () => {
      const found = window.location.hash.includes('token=') ? takeSession() : null;
      if (found !== null) start(found);
    };
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, [start]);
  return { session, ended, start, end };
}
