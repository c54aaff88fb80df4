import { readTab, writeTab } from '../data/tab-storage.ts';
import { type Look, lookFromQuery, PLAIN } from './look.ts';

const STORE = 'fanfare.look';

/** The look asked for by this address, else the one this tab had. */
export function rememberedLook(): Look {
  const stored = readTab(STORE);
  const before = stored === null ? PLAIN : (JSON.parse(stored) as Look);
  const look = lookFromQuery(window.location.search, before);
  storeLook(look);
  return look;
}

export function storeLook(look: Look): void {
  writeTab(STORE, JSON.stringify(look));
}
