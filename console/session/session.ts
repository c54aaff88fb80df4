import { CONSOLE_LINK } from '../../contract/console.ts';
import { readTab, writeTab } from '../data/tab-storage.ts';

/** Who uses the console: an API key, and what the link that brought it said about itself. */
export interface Session {
  readonly token: string;
  /** Whether a link brought it; otherwise a key was typed in. */
  readonly byLink: boolean;
  /** The tenant that the link is for; null where the key alone decides. */
  readonly tenant: string | null;
  readonly readOnly: boolean;
}

const STORE = 'fanfare.session';

/**
 * The session named in a URL fragment such as `#token=…&tenant=acme&readOnly=1`, or null. A fragment never reaches
 * a server or its logs.
 */
export function sessionFromFragment(fragment: string): Session | null {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const token = fields.get(CONSOLE_LINK.token);
  if (token === null || token === '') return null;
  return {
    token,
    byLink: true,
    tenant: fields.get(CONSOLE_LINK.tenant),
    readOnly: fields.get(CONSOLE_LINK.readOnly) === '1',
  };
}

/** Takes the session out of the address bar, so that neither history nor a copied address holds the token. */
export function takeSession(): Session | null {
  const found = sessionFromFragment(window.location.hash);
  if (found === null) {
    const stored = readTab(STORE);
    return stored === null ? null : (JSON.parse(stored) as Session);
  }
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  storeSession(found);
  return found;
}

/** Kept for this tab only. */
export function storeSession(session: Session | null): void {
  writeTab(STORE, session === null ? null : JSON.stringify(session));
}
