import type { Steps } from './match-steps.ts';
import type { TextCondition } from './pattern-condition.ts';

/** Whether a text meets a condition. */
export type TextTest = (text: string, steps: Steps) => boolean;

/** Characters that are compared in a step, or passed over by a wildcard; beyond ASCII each is folded by itself. */
const COMPARED = 16;
const SEARCHED = 4;
const STEPS_TO_FOLD = 4;

/** Compiles conditions of which one must hold; those of one kind share what they need of a text. */
export function compileTexts(conditions: readonly TextCondition[]): readonly TextTest[] {
  const affixes = conditions.filter(
    (condition) => condition.kind === 'prefix' || condition.kind === 'suffix',
  );
  const spellings = conditions.flatMap((condition) =>
    condition.kind === 'equals-ignore-case' ? [condition.text] : [],
  );
  const wildcards = conditions.flatMap((condition) => (condition.kind === 'wildcard' ? [condition] : []));
  return [
    ...(spellings.length > 0 ? [compileSpellings(spellings)] : []),
    ...(['prefix', 'suffix'] as const).flatMap((kind) =>
      [false, true].flatMap((ignoreCase) => {
        const texts = affixes.flatMap((affix) =>
          affix.kind === kind && affix.ignoreCase === ignoreCase ? [affix.text] : [],
        );
        return texts.length > 0 ? [compileAffixes(kind, texts, ignoreCase)] : [];
      }),
    ),
    ...wildcards.map(({ parts }) => compileWildcard(parts)),
  ];
}

function compileWildcard(parts: readonly string[]): TextTest {
  return (text, steps) => matchesWildcard(parts, text, steps);
}

function compileSpellings(texts: readonly string[]): TextTest {
  const lengths = new Set(texts.map((text) => text.length));
  const folded = new Set(texts.map((text) => foldCase(text)));
  return (text, steps) => {
    steps.take(1);
    return lengths.has(text.length) && folded.has(foldCase(text, steps));
  };
}

function compileAffixes(kind: 'prefix' | 'suffix', texts: readonly string[], ignoreCase: boolean): TextTest {
  const wanted = ignoreCase ? texts.map((text) => foldCase(text)) : texts;
  const longest = Math.max(...texts.map((text) => text.length));
  return (text, steps) => {
    const length = Math.min(text.length, longest);
    steps.take(wanted.length * (1 + Math.floor(length / COMPARED)));
    const seen = ignoreCase ? foldCase(endOf(kind, text, length), steps) : text;
    return wanted.some((one) => (kind === 'prefix' ? seen.startsWith(one) : seen.endsWith(one)));
  };
}

function endOf(kind: 'prefix' | 'suffix', text: string, length: number): string {
  return kind === 'prefix' ? text.slice(0, length) : text.slice(text.length - length);
}

const BEYOND_ASCII = /[^\t-~]/;

/** Characters whose folding is not told by what they are in capitals. */
const FOLDED: ReadonlyMap<string, string> = new Map([
  ['\u0131', '\u0131'],
  ['\u1fd3', '\u0390'],
  ['\u1fe3', '\u03b0'],
  ['\ufb05', '\ufb06'],
]);

/**
 * A text under Unicode's simple case folding (what the flags `i` and `u` of a regular expression mean): texts that are
 * equal but for case become the same text. It never changes how long a text is, in UTF-16.
 */
export function foldCase(text: string, steps?: Steps): string {
  steps?.take(Math.ceil(text.length / COMPARED));
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
  steps?.take(text.length * STEPS_TO_FOLD);
  let folded = '';
  for (const char of text) folded += FOLDED.get(char) ?? foldCharacter(char);
  return folded;
}

function foldCharacter(char: string): string {
  const upper = char.toUpperCase();
  const lower = (upper.length === char.length ? upper : char).toLowerCase();
  return lower.length === char.length ? lower : char;
}

/** Each part at its first place behind the one before it: with no other wildcard than `*`, going back finds no more. */
function matchesWildcard(parts: readonly string[], text: string, steps: Steps): boolean {
  steps.take(1);
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === first;
  const end = text.length - last.length;
  let at = first.length;
  if (at > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  for (const part of parts.slice(1, -1)) {
    const found = find(part, text, at);
    steps.take(1 + Math.floor(((found < 0 ? text.length : found) - at) / SEARCHED));
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Parts up to this length are found by the engine's own search, whose time grows with their length. */
const SHORT = 8;

/** Where `part` first stands in `text`, from `from` on; -1 if nowhere. The time grows with the text alone. */
function find(part: string, text: string, from: number): number {
  if (part.length <= SHORT) return text.indexOf(part, from);
  if (part.length > text.length - from) return -1;
  const codes = codesOf(part);
  const back = bordersOf(codes);
  let matched = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    while (matched > 0 && codes[matched] !== code) matched = back[matched - 1] ?? 0;
    if (codes[matched] === code) matched++;
    if (matched === part.length) return at - matched + 1;
  }
  return -1;
}

function codesOf(text: string): Uint16Array {
  const codes = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) codes[at] = text.charCodeAt(at);
  return codes;
}

/**
 * For each beginning of a text, how much of it is also its end, itself left out.
 * D. E. Knuth, J. H. Morris, V. R. Pratt: Fast Pattern Matching in Strings, 1977.
 */
function bordersOf(codes: Uint16Array): Uint16Array {
  const borders = new Uint16Array(codes.length);
  let border = 0;
  for (let at = 1; at < codes.length; at++) {
    while (border > 0 && codes[at] !== codes[border]) border = borders[border - 1] ?? 0;
    if (codes[at] === codes[border]) border++;
    borders[at] = border;
  }
  return borders;
}
