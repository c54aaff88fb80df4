import { type Caller, may } from '../api-key.ts';

/** Stands for what is not shown. */
export const MASK = '…';
/** Shorter paths are no secrets, and would be found in any text. */
const MIN_PATH_LENGTH = 6;

/**
 * A destination as the caller may see it: whole for those who could change it; for all others the host alone, because
 * the path of many a service's hook is its password.
 */
export function shownUrl(caller: Caller, url: string): string {
  if (may(caller, 'subscriptions:write')) return url;
  const { origin, hidden } = partsOf(url);
  return hidden === '' ? origin : `${origin}/${hidden === '/' ? '' : MASK}`;
}

/** What an endpoint answered, as the caller may see it: many name the path they were asked for. */
export function shownAnswer(caller: Caller, url: string, text: string | null): string | null {
  if (text === null || may(caller, 'subscriptions:write')) return text;
  const path = partsOf(url).hidden.split('?')[0] ?? '';
  return path.length < MIN_PATH_LENGTH ? text : text.replaceAll(path, `/${MASK}`);
}

function partsOf(text: string): { readonly origin: string; readonly hidden: string } {
  const url = URL.parse(text);
  if (url === null) return { origin: '', hidden: '' };
  return { origin: url.origin, hidden: url.pathname + url.search };
}
