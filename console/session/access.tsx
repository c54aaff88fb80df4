import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { type Api, createApi } from '../api-client.ts';
import { ApiError, createTransport } from '../data/transport.ts';
import { PageProblem } from '../parts/problem.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import type { Session } from './session.ts';

/** What the person may see and do here, and how pages reach the API. */
export interface Access {
  readonly api: Api;
  /** `consumer`: one tenant's own webhooks. `operator`: the whole system, one tenant at a time. */
  readonly view: 'consumer' | 'operator';
  /** The tenant looked at; null where the key alone decides. */
  readonly tenant: string | null;
  /** May anything be changed? A read-only link also carries a key that could not. */
  readonly canWrite: boolean;
  /** An address within the console that keeps the tenant looked at. */
  href(path: string): string;
  /** Ends a portal session on the server, and the visit here in any case. */
  signOut(): Promise<void>;
}

const AccessContext = createContext<Access | null>(null);

export function useAccess(): Access {
  const access = useContext(AccessContext);
  if (access === null) throw new Error('useAccess outside AccessProvider');
  return access;
}

export function useApi(): Api {
  return useAccess().api;
}

/** Why a visit is over. `not-told`: signed out, but the server was not told, so that the link goes on working. */
export type End = 'expired' | 'signed-out' | 'not-told';

interface Props {
  readonly session: Session;
  readonly onEnd: (reason: End) => void;
  readonly children: ReactNode;
}

export function AccessProvider({ session, onEnd, children }: Props) {
  const [params] = useSearchParams();
  const asked = params.get('tenant');
  const transport = useMemo(() => createTransport(session.token, () => onEnd('expired')), [session, onEnd]);
  const view = useView(session, transport);

  const access = useMemo((): Access | null => {
    if (view.data === undefined) return null;
    const tenant = view.data === 'operator' ? (asked ?? 'default') : null;
    const api = createApi(transport, tenant);
    return {
      api,
      view: view.data,
      tenant: tenant ?? session.tenant,
      canWrite: !session.readOnly,
      href: (path) => (tenant === null ? path : withTenant(path, tenant)),
      signOut: async () => onEnd(session.byLink ? await endOnServer(api) : 'signed-out'),
    };
  }, [view.data, asked, transport, session, onEnd]);

  if (view.error) return <PageProblem error={view.error} onRetry={() => void view.refetch()} />;
  if (access === null) return <PageLoading />;
  return <AccessContext.Provider value={access}>{children}</AccessContext.Provider>;
}

/** A link with a key that is no portal session has nothing to end: 404. */
async function endOnServer(api: Api): Promise<End> {
  try {
    await api.endPortalSession();
    return 'signed-out';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 404 || error.status === 401 ? 'signed-out' : 'not-told';
  }
}

/** A portal link says whose it is. For a key that was typed in, the API tells: only an operator may list keys. */
function useView(session: Session, transport: ReturnType<typeof createTransport>) {
  return useQuery({
    queryKey: ['view', session.token],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Access['view']> => {
      if (session.tenant !== null) return 'consumer';
      try {
        await transport({ path: '/keys', query: { limit: 1 } });
        return 'operator';
      } catch (error) {
        if (error instanceof ApiError && error.status === 403) return 'consumer';
        throw error;
      }
    },
  });
}

function withTenant(path: string, tenant: string): string {
  const [place = '', query = ''] = path.split('?');
  const fields = new URLSearchParams(query);
  if (!fields.has('tenant')) fields.set('tenant', tenant);
  return `${place}?${fields}`;
}
