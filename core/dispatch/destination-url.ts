import { isIP } from 'node:net';
import { SUBSCRIPTION } from '../../contract/limits.ts';
import { REFUSED_NAMES } from './address-ranges.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

/** What a deployment lets subscribers' URLs lead to. */
export interface DestinationPolicy {
  /** Lets loopback hosts in, over plain http too: the local runner only. */
  readonly allowLoopback: boolean;
  /** `host:port` of services that are refused whatever else is allowed. */
  readonly internalEndpoints: readonly string[];
  /** Where a request would come back to the API. @default - nowhere is known */
  readonly own?: OwnPlaces | undefined;
}

/** What leads back to the API itself. */
export interface OwnPlaces {
  /** Each `host`, for every port of it, or `host:port`, for one. */
  readonly hosts: readonly string[];
  /** The one path there that may be a destination: the local runner's demo receiver. Null: none. */
  readonly receiverPath: string | null;
}

/** The verdict on a URL; `url` is its normal form, `fault` a plain-English reason that can be shown. */
export type UrlVerdict =
  | { readonly kind: 'allowed'; readonly url: URL }
  | { readonly kind: 'refused'; readonly fault: string };

/** One answer for every place that is not public, so that it tells a prober nothing. */
export const NOT_PUBLIC = 'must lead to a public host';

/** The API would call itself, again and again. */
export const OWN_HOST = 'must not lead back to this API';

/**
 * Judges a subscription's URL as the WHATWG parser reads it, which turns every spelling of an address into
 * one. A name may still resolve to a forbidden address: that is judged when it is dialled.
 */
export function judgeUrl(text: string, given: DestinationPolicy): UrlVerdict {
  const written = faultInText(text);
  if (written !== null) return refused(written);
  const url = URL.parse(text);
  if (url === null) return refused('must be an absolute URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refused('must use https');
  if (url.username !== '' || url.password !== '') return refused('must not hold a user name or password');
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  const host = hostOf(url);
  if (host === '' || host.endsWith('.')) return refused('must name a host');
  const policy = policyFor(url, given);
  if (isOwn(host, portOf(url), policy)) return refused(OWN_HOST);
  if (!mayBeDialled(host, portOf(url), policy)) return refused(NOT_PUBLIC);
  if (url.protocol === 'http:' && !isLoopbackHost(host)) return refused('must use https');
  if (!isAllowedPort(portOf(url), url.protocol))
    return refused('must use port 443 or one from 1024 to 65535');
  return { kind: 'allowed', url };
}

/** The policy for whatever a URL's name resolves to. */
export function policyFor(url: URL, policy: DestinationPolicy): DestinationPolicy {
  return url.pathname === policy.own?.receiverPath ? { ...policy, own: undefined } : policy;
}

/**
 * Whether a connection to `host` (a name, or an address without brackets) and `port` may be made. For a name
 * this is a first look: ask again for each address it resolves to.
 */
export function mayBeDialled(host: string, port: number, policy: DestinationPolicy): boolean {
  if (policy.internalEndpoints.some((endpoint) => isEndpoint(host, port, endpoint))) return false;
  if (isOwn(host, port, policy)) return false;
  if (isLoopbackHost(host)) return policy.allowLoopback;
  if (isIP(host) !== 0) return isPublicAddress(host);
  return !REFUSED_NAMES.some(([name]) => host === name || host.endsWith(`.${name}`));
}

/** The host to connect to: without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

/** The port to connect to. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'http:' ? 80 : 443;
}

function faultInText(text: string): string | null {
  if (Buffer.byteLength(text) > SUBSCRIPTION.maxUrlBytes) {
    return `must not be longer than ${SUBSCRIPTION.maxUrlBytes} bytes`;
  }
  // The parser drops these silently; a URL that holds them is a mistake or a trick.
  if (/[\s\p{Cc}\\]/u.test(text)) return 'must not hold spaces, control characters or backslashes';
  return text.includes('#') ? 'must not hold a fragment' : null;
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopbackAddress(host);
}

function isAllowedPort(port: number, protocol: string): boolean {
  return port === 443 || port >= 1024 || (port === 80 && protocol === 'http:');
}

/** Names are compared as the parser writes them: `API.example.` and a name in another script are read as URLs are. */
function isOwn(host: string, port: number, { own: places }: DestinationPolicy): boolean {
  return (places?.hosts ?? []).some((own) => {
    if (isEndpoint(host, port, own)) return true;
    const url = URL.parse(`http://${own}`);
    return url !== null && url.port === '' && hostOf(url).replace(/\.$/, '') === host;
  });
}

/** Loopback goes by many names, so any of them with the endpoint's port means the endpoint. */
function isEndpoint(host: string, port: number, endpoint: string): boolean {
  const url = URL.parse(`http://${endpoint}`);
  if (url === null || portOf(url) !== port) return false;
  return hostOf(url) === host || (isLoopbackHost(hostOf(url)) && isLoopbackHost(host));
}

function refused(fault: string): UrlVerdict {
  return { kind: 'refused', fault };
}
