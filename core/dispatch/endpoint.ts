import { endpointKey, type Subscription } from '../subscription.ts';

/** What dispatch derives from a subscription's URL. */
export interface Endpoint {
  /** Sockets are counted by it. */
  readonly origin: string;
  /** The URL without what may be a credential: user info is dropped, query values are masked. */
  readonly maskedUrl: string;
  /** Tells the endpoints that a subscription's id has had apart. */
  readonly key: string;
}

/** Kept as long as the copy of the subscription, which serves many deliveries. */
const endpoints = new WeakMap<Subscription, Endpoint>();

/** The endpoint of a subscription. Empty texts for a stored URL that cannot be read. */
export function endpointOf(subscription: Subscription): Endpoint {
  const known = endpoints.get(subscription);
  if (known) return known;
  const endpoint = { ...readUrl(subscription.url), key: endpointKey(subscription) };
  endpoints.set(subscription, endpoint);
  return endpoint;
}

function readUrl(text: string): Pick<Endpoint, 'origin' | 'maskedUrl'> {
  const url = URL.parse(text);
  if (url === null) return { origin: '', maskedUrl: '' };
  const query = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=…`).join('&');
  const origin = `${url.protocol}//${url.host}`;
  return { origin, maskedUrl: `${origin}${url.pathname}${query === '' ? '' : `?${query}`}` };
}
