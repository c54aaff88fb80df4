/** One member of an object, or one element of an array, as it stands in the text. */
export interface RawPart {
  /** The member's name, escapes resolved; empty for an element. */
  readonly key: string;
  /** The value, token for token, without the white space around it. */
  readonly raw: string;
}

/** The top level of a JSON text. */
export interface RawJson {
  readonly kind: 'object' | 'array' | 'scalar';
  /** In the order of the text; repeated names are all there. Empty for a scalar. */
  readonly parts: readonly RawPart[];
  /** Objects and arrays inside each other, the outermost included; 0 for a scalar. */
  readonly depth: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Takes the top level of a JSON text apart without changing a token of it. The text must be valid JSON, which
 * `JSON.parse` judges; on anything else the answer means nothing. One pass and no recursion, so that no depth
 * of nesting can overflow the stack.
 */
export function scanRawJson(text: string): RawJson {
  const parts: RawPart[] = [];
  let kind: RawJson['kind'] = 'scalar';
  let depth = 0;
  let deepest = 0;
  let key: string | null = null;
  let start = -1;
  let end = 0;
  for (let at = 0, next = 0; at < text.length; at = next) {
    const code = text.charCodeAt(at);
    next = code === QUOTE ? afterString(text, at) : at + 1;
    if (isSpace(code)) continue;
    if (depth === 1 && start >= 0 && (code === COMMA || isCloser(code))) {
      parts.push({ key: key ?? '', raw: text.slice(start, end) });
      key = null;
      start = -1;
    }
    if (isCloser(code)) depth--;
    else if (depth === 1 && code !== COMMA && code !== COLON) {
      if (kind === 'object' && key === null) key = nameOf(text.slice(at, next));
      else if (start < 0) start = at;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (depth === 0) kind = code === OPEN_BRACE ? 'object' : 'array';
      depth++;
      deepest = Math.max(deepest, depth);
    }
    end = next;
  }
  return { kind, parts, depth: deepest };
}

/** The position behind the string that begins at `start`. */
export function afterString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

/** The name that a string token stands for. It is written with escapes or without: both are the same name. */
export function nameOf(raw: string): string {
  return raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
}

function isCloser(code: number): boolean {
  return code === CLOSE_BRACE || code === CLOSE_BRACKET;
}

/** White space of RFC 8259, section 2. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
