import { UserText } from './user-text.tsx';

const HIDDEN = '•••';

/**
 * A URL without its query, which may be a credential and need not be on a screen. Those who may not change it are given
 * no more than the host by the API.
 */
export function maskedUrl(url: string): string {
  const [place, query] = url.split('?');
  return query === undefined ? url : `${place}?${HIDDEN}`;
}

export function Endpoint({ url }: { readonly url: string }) {
  return <UserText>{maskedUrl(url)}</UserText>;
}
