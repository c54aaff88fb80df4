import { useAccess } from '../session/access.tsx';
import { UserText } from './user-text.tsx';

const HIDDEN = '•••';

/**
 * A URL without what may be a credential. Query strings are always hidden; a chat service's hook is its path, so
 * those who may not change anything see the host alone.
 */
export function maskedUrl(url: string, hostOnly: boolean): string {
  const parsed = URL.parse(url);
  if (parsed === null) return HIDDEN;
  if (hostOnly) return parsed.pathname === '/' ? `${parsed.origin}/` : `${parsed.origin}/${HIDDEN}`;
  return parsed.origin + parsed.pathname + (parsed.search === '' ? '' : `?${HIDDEN}`);
}

export function Endpoint({ url }: { readonly url: string }) {
  const { canWrite } = useAccess();
  return <UserText>{maskedUrl(url, !canWrite)}</UserText>;
}
