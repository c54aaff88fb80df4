import type { Subscription } from '../subscription.ts';

/** Stands for a value of ours that an endpoint sent back. */
const MASK = '…';
/** Shorter values would be found in any text, and are no secrets. */
const MIN_LENGTH = 6;
/** By so much of a value it is known; what follows is masked as far as it is the same. Bounds what searching costs. */
const HEAD_LENGTH = 64;
/** So many are looked for; more than a subscription with a few headers has. Bounds what searching costs. */
const MAX_SPELLINGS = 50;
/** A text that was cut off is not searched for a shorter beginning of a value. */
const MIN_BEGINNING = 3;

/** What must not stay in an answer, in every spelling, the longest first. */
interface Known {
  readonly spellings: readonly string[];
  /** Length of the shortest one. */
  readonly shortest: number;
}

/** Kept as long as the copy of the subscription, which serves many deliveries. */
const known = new WeakMap<Subscription, Known>();

/**
 * What an endpoint answered, without what only its owner and we know: values of custom headers and of the URL's query,
 * and the signing secrets. An endpoint that echoes requests would write them into the delivery log. Found as they are and
 * as JSON, URLs, HTML and base64 spell them; what is encoded twice, or in pieces, is not.
 */
export function maskedAnswer(subscription: Subscription, text: string, truncated: boolean): string {
  const { spellings, shortest } = known.get(subscription) ?? learn(subscription);
  if (text.length < shortest && !truncated) return text;
  const masked = spellings.reduce(withoutSpelling, text);
  return truncated ? withoutBeginning(masked, spellings) : masked;
}

function learn(subscription: Subscription): Known {
  const headers = Object.values(subscription.headers);
  const values: readonly string[] = [
    ...subscription.secrets.map(({ secret }) => secret.replace(/^whsec_/, '')),
    ...headers,
    ...headers.flatMap(partsOf),
    ...(URL.parse(subscription.url)?.searchParams.values() ?? []),
  ]
    .filter((value) => value.length >= MIN_LENGTH)
    .slice(0, MAX_SPELLINGS);
  const all = new Set(SPELLINGS.flatMap((spell) => values.map(spell)));
  const spellings = [...all].slice(0, MAX_SPELLINGS).sort((a, b) => b.length - a.length);
  const learnt = { spellings, shortest: spellings.at(-1)?.length ?? Number.POSITIVE_INFINITY };
  known.set(subscription, learnt);
  return learnt;
}

/** The secrets within a header's value: `Bearer …`, both sides of `Basic …`, `name=value; name="value"`. */
function partsOf(value: string): readonly string[] {
  const [, scheme = '', credentials = ''] = /^([A-Za-z][\w-]*) +(.+)$/.exec(value) ?? [];
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString() : '';
  const password = pair.slice(pair.indexOf(':') + 1);
  const named = [...value.matchAll(/=\s*("[^"]*"|[^\s;,"]+)/g)].map(([, text = '']) =>
    text.replaceAll('"', ''),
  );
  return [credentials, pair, password, ...named];
}

/** How a value may be written in an answer, the likeliest first. */
const SPELLINGS: readonly ((value: string) => string)[] = [
  (value) => value,
  inJson,
  (value) => inJson(value).replaceAll('/', '\\/'),
  // As Go, Rails and others keep JSON out of the way of HTML, and as .NET does.
  (value) => inJson(value).replace(/[<>&]/g, (char) => `\\u00${hex(char).toLowerCase()}`),
  (value) => value.replace(/[<>&"'+`]/g, (char) => `\\u00${hex(char)}`),
  encodeURIComponent,
  (value) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  (value) => new URLSearchParams([['', value]]).toString().slice(1),
  (value) => inHtml(value, '&quot;', '&#39;'),
  (value) => inHtml(value, '&#34;', '&#x27;'),
  (value) => Buffer.from(value).toString('base64').replace(/=+$/, ''),
  (value) => Buffer.from(value).toString('base64url'),
];

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function inHtml(value: string, quote: string, apostrophe: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': quote,
    "'": apostrophe,
  };
  return value.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
}

function withoutSpelling(text: string, spelling: string): string {
  const head = spelling.slice(0, HEAD_LENGTH);
  let masked = '';
  let from = 0;
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, from)) {
    let length = head.length;
    while (length < spelling.length && text[at + length] === spelling[length]) length++;
    masked += text.slice(from, at) + MASK;
    from = at + length;
  }
  return masked + text.slice(from);
}

/** A text that was cut off may end in the middle of a value. */
function withoutBeginning(text: string, spellings: readonly string[]): string {
  let longest = 0;
  for (const spelling of spellings) {
    for (let length = Math.min(HEAD_LENGTH, spelling.length) - 1; length > longest; length--) {
      if (text.endsWith(spelling.slice(0, length))) longest = length;
    }
  }
  return longest < MIN_BEGINNING ? text : text.slice(0, -longest) + MASK;
}
