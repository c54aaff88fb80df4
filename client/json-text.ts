/**
 * JSON as text, where a number must keep the digits it is written with: `new JsonText('{"id":9007199254740993}')`
 * as an event's `data` is sent as it stands. Throws `SyntaxError` for text that is not JSON.
 */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    JSON.parse(text);
    this.text = text.trim();
  }
}

/** The part of `JSON` that TypeScript's library does not describe yet. https://tc39.es/proposal-json-parse-with-source/ */
const SOURCE = JSON as unknown as { isRawJSON?(value: unknown): boolean };

/** As `JSON.stringify`, but `JsonText` anywhere in plain objects and arrays stands in the result as it is. */
export function writeJson(value: unknown): string | undefined {
  if (value instanceof JsonText) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => writeJson(item) ?? 'null').join()}]`;
  if (!isPlain(value)) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const text = writeJson(member);
    return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`];
  });
  return `{${members.join()}}`;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false;
  if (SOURCE.isRawJSON?.(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** White space, a string, a mark, or a number or word: what a valid JSON text is made of (RFC 8259, section 2). */
const TOKEN = /[ \t\r\n]+|"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:,]|[^ \t\r\n"[\]{}:,]+/g;

function* tokens(text: string): Generator<string> {
  for (const [token] of text.matchAll(TOKEN)) if (token.trim() !== '') yield token;
}

/** The same tokens without white space between them: one line. */
export function compactJson(text: string): string {
  return [...tokens(text)].join('');
}

/** The same tokens, a member or element to a line, two spaces deeper in each bracket. */
export function indentJson(text: string): string {
  let depth = 0;
  let before = '';
  let out = '';
  const line = () => `\n${'  '.repeat(depth)}`;
  for (const token of tokens(text)) {
    const opened = before === '{' || before === '[';
    if (token === '}' || token === ']') {
      depth--;
      out += opened ? token : line() + token;
    } else {
      if (opened || before === ',') out += line();
      out += token === ':' ? ': ' : token;
      if (token === '{' || token === '[') depth++;
    }
    before = token;
  }
  return out;
}

/** The text of an object's member, token for token; of repeated ones the last, as `JSON.parse` has it. Null if there is none. */
export function memberText(text: string, name: string): string | null {
  let found: string | null = null;
  for (const [key, value] of partsOf(text)) if (key === name) found = value;
  return found;
}

/** The texts of an array's elements, token for token. */
export function elementTexts(text: string): readonly string[] {
  return partsOf(text).map(([, value]) => value);
}

/** The members of the outermost object, or the elements of the outermost array, in order. */
function partsOf(text: string): readonly (readonly [key: string, text: string])[] {
  const parts: [string, string][] = [];
  let depth = 0;
  let key = '';
  let part = '';
  for (const token of tokens(text)) {
    if (token === '}' || token === ']') depth--;
    if (depth === 1 && token === ':') {
      key = String(JSON.parse(part));
      part = '';
    } else if (depth === 0 || (depth === 1 && token === ',')) {
      if (part !== '') parts.push([key, part]);
      part = '';
    } else part += token;
    if (token === '{' || token === '[') depth++;
  }
  return parts;
}
