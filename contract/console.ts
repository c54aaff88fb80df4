/**
 * What the console's page may do, as a Content-Security-Policy without `frame-ancestors`, which each deployment sets
 * for itself. No inline scripts or styles: hostile text that ever became markup would still be inert.
 * https://www.w3.org/TR/CSP3/
 */
export const CONSOLE_POLICY: Readonly<Record<string, string>> = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** Other headers of every file of the console. */
export const CONSOLE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
};

/** Paths of files begin with one of these; every other path is a place within the page, so `index.html` answers it. */
export const CONSOLE_FILES: readonly string[] = ['/assets/', '/icon.svg', '/third-party-notices.txt'];

/** The page that renders the API's document, and the file it is. */
export const DOCS_PAGE = { path: '/docs', file: '/docs/index.html' } as const;

/**
 * Paths, percent-decoded, that the page must not answer: the API's in a spelling that does not lead to it, such as
 * `//v1/health`, `/V1` or `/./v1/health`, which a client would take for an answer of the API. Whatever stands around a
 * version that is no letter or digit, encoded once more or not; two slashes; and segments of dots, anywhere.
 */
export const NOT_PLACES = {
  source: '^(%[0-9a-f]{2}|[^0-9a-z])*v[0-9]+([^0-9a-z]|$)|[/\\\\]{2}|(^|[/\\\\])[.]{1,2}([/\\\\]|$)',
  flags: 'i',
} as const;

/** What they are answered, with 404: a problem, as the API's own. */
export const NOTHING_THERE = {
  type: 'application/problem+json',
  body: '{"type":"/problems/not-found","title":"Not found","status":404,"detail":"There is nothing at this path."}',
} as const;

/**
 * How long the page's own files may be kept: not at all by browsers, which ask whether they have changed; a minute by
 * CloudFront.
 */
export const PAGE_CACHE_CONTROL = 'public, max-age=0, s-maxage=60, must-revalidate';

/** Files whose names hold a hash of their content live below this path. */
export const CONSOLE_ASSETS = '/assets/';

/** Seconds that browsers may keep such a file. */
export const CONSOLE_ASSETS_MAX_AGE = 31_536_000;

/** What the console is built from, from the repository's root: it is built anew when one of these changed. */
export const CONSOLE_SOURCES: readonly string[] = [
  'console',
  'contract',
  'core/dispatch/body-text.ts',
  'core/exact-number.ts',
  'core/fan-out',
  'core/raw-json.ts',
  'core/rfc3339.ts',
  'package-lock.json',
];

/** Vite's arguments that build it; the folder for the build comes behind them. */
export const CONSOLE_BUILD: readonly string[] = [
  'build',
  '--config',
  'console/vite.config.ts',
  '--logLevel',
  'warn',
  '--outDir',
];

/**
 * Fields in the fragment of a link to the console, `<origin>/#token=…&tenant=acme&readOnly=1`. A fragment never
 * reaches a server. What a visitor may do, the key alone decides: the other fields save the page from asking.
 */
export const CONSOLE_LINK = { token: 'token', tenant: 'tenant', readOnly: 'readOnly' } as const;
