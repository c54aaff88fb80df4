import type { IncomingMessage } from 'node:http';

/** Names that lead to this machine and that no name server is asked about. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Why a request may come from a web page that is not ours, or null. Browsers let any page send requests to loopback;
 * what they can't fake are these headers. Programs that are no browsers send neither `Origin` nor `Sec-Fetch-Site`.
 *
 * - `Host` must be a name of loopback. With any other, a page's own name was pointed at this machine (DNS rebinding).
 * - `Origin` must be the address the request came to. `null` is what sandboxed frames and local files send.
 * - `Sec-Fetch-Site` tells of requests without `Origin` too: images, links, plain forms. Following a link to a page
 *   here is allowed, because the page it came from sees nothing of the answer and a GET changes nothing.
 *
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Sec-Fetch-Site, https://web.dev/articles/fetch-metadata
 */
export function refusedCaller({
  method,
  headers,
}: Pick<IncomingMessage, 'method' | 'headers'>): string | null {
  const { host = '', origin } = headers;
  if (!LOOPBACK_HOST.test(host)) return 'The Host header should be 127.0.0.1, localhost or [::1].';
  if (origin !== undefined && !isOf(host, origin)) {
    return 'The Origin header should be absent or this address: web pages of other origins are not answered.';
  }
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none' || followsLink(method, headers))
    return null;
  return 'The Sec-Fetch-Site header should be absent, same-origin or none: web pages of other sites are not answered.';
}

function isOf(host: string, origin: string): boolean {
  const own = host.toLowerCase();
  return origin === `http://${own}` || origin === `https://${own}`;
}

function followsLink(method: string | undefined, headers: IncomingMessage['headers']): boolean {
  const reads = method === 'GET' || method === 'HEAD';
  return reads && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
