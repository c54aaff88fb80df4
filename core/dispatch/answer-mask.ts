import type { Subscription } from '../subscription.ts';
import { type Alphabet, inAlphabet, partsOf, type Spelling, spellingsOf, worthMasking } from './spellings.ts';
import { asBytes, ofBytes, startOf, type View, viewsOf } from './unescaped.ts';

/** Stands for a value of ours that an endpoint sent back. */
const MASK = '…';
/** Shorter values would be found in any text, and are no secrets. */
const MIN_LENGTH = 6;
/** By so much of a value it is known; what follows is masked as far as it is the same. Bounds what searching costs. */
const HEAD_LENGTH = 64;
/** So many are looked for; more than a subscription with a few headers has. Bounds what searching costs. */
const MAX_VALUES = 50;
/** A text that was cut off is not searched for a shorter beginning of a value. */
const MIN_BEGINNING = 3;

/** What must not stay in an answer. */
interface Known {
  readonly spellings: readonly Spelling[];
  /** Length of the shortest one. */
  readonly shortest: number;
}

/** From where to where of the answer's bytes. */
type Range = readonly [from: number, to: number];

/** Kept as long as the copy of the subscription, which serves many deliveries. */
const known = new WeakMap<Subscription, Known>();

/**
 * What an endpoint answered, without what only its owner and we know: values of custom headers and of the URL's query,
 * and the signing secrets. An endpoint that echoes requests would write them into the delivery log. Found as they are, in
 * hex and in base64, each of them escaped for JSON, URLs and HTML, up to four times over.
 */
export function maskedAnswer(subscription: Subscription, text: string, truncated: boolean): string {
  const { spellings, shortest } = known.get(subscription) ?? learn(subscription);
  // A character takes three bytes at most. Most answers are a word or two.
  if (3 * text.length < shortest && !truncated) return text;
  const bytes = asBytes(text);
  const end = truncated ? bytes.length : null;
  const ranges = viewsOf(bytes, truncated).flatMap((view) => findIn(view, spellings, end));
  return ranges.length === 0 ? text : ofBytes(without(bytes, ranges));
}

function learn(subscription: Subscription): Known {
  const headers = Object.values(subscription.headers);
  const values = [
    ...subscription.secrets.map(({ secret }) => secret.replace(/^whsec_/, '')),
    ...headers,
    ...headers.flatMap(partsOf),
    ...(URL.parse(subscription.url)?.searchParams.values() ?? []),
  ];
  const spellings = worthMasking(values, MIN_LENGTH).slice(0, MAX_VALUES).flatMap(spellingsOf);
  const learnt = { spellings, shortest: Math.min(...spellings.map(({ text }) => text.length)) };
  known.set(subscription, learnt);
  return learnt;
}

/** Where the answer holds what a view of it shows. `end` is where it was cut off; null if it was not. */
function findIn(view: View, spellings: readonly Spelling[], end: number | null): readonly Range[] {
  const texts = new Map<Alphabet, string>();
  const found: Range[] = [];
  const add = (from: number, to: number): void => {
    found.push([startOf(view, from), startOf(view, to)]);
  };
  for (const spelling of spellings) {
    const text = texts.get(spelling.alphabet) ?? inAlphabet(view.text, spelling.alphabet);
    texts.set(spelling.alphabet, text);
    findWhole(text, spelling, add);
    const from = end === null ? null : beginningIn(text, spelling);
    if (end !== null && from !== null) found.push([startOf(view, from), end]);
  }
  return found;
}

function findWhole(text: string, spelling: Spelling, add: (from: number, to: number) => void): void {
  const head = spelling.text.slice(0, HEAD_LENGTH);
  for (let at = text.indexOf(head); at >= 0; ) {
    let to = at + head.length;
    while (to - at < spelling.text.length && text[to] === spelling.text[to - at]) to++;
    add(isWord(text[at - 1]) ? at - spelling.before : at, isWord(text[to]) ? to + spelling.behind : to);
    at = text.indexOf(head, to);
  }
}

/** Where a text that was cut off in the middle of a value shows its beginning; null if it does not. */
function beginningIn(text: string, spelling: Spelling): number | null {
  for (let length = Math.min(HEAD_LENGTH, spelling.text.length) - 1; length >= MIN_BEGINNING; length--) {
    if (!text.endsWith(spelling.text.slice(0, length))) continue;
    const from = text.length - length;
    return isWord(text[from - 1]) ? from - spelling.before : from;
  }
  return null;
}

/** Whether base64 has this character. */
function isWord(char: string | undefined): boolean {
  return char !== undefined && /[\w-]/.test(char);
}

/** The answer's bytes with a mask for each range, one for those that overlap. */
function without(bytes: string, ranges: readonly Range[]): string {
  let masked = '';
  let kept = 0;
  let until = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from >= until) masked += bytes.slice(kept, from) + asBytes(MASK);
    until = Math.max(until, to);
    kept = until;
  }
  return masked + bytes.slice(kept);
}
