import { scanRawJson } from '../../core/raw-json.ts';

/** A member's value as it stands in the text of a JSON object, or null if it has none of that name. */
export function memberText(text: string, name: string): string | null {
  return scanRawJson(text).parts.findLast((part) => part.key === name)?.raw ?? null;
}

/** The elements of a JSON array, or of the array that is a member of a JSON object, each as it stands. */
export function elementTexts(text: string): readonly string[] {
  return scanRawJson(text).parts.map((part) => part.raw);
}

/** Longest array that stays on one line. */
const ONE_LINE = 60;

/**
 * The same JSON over several lines, short arrays of plain values on one. Only white space changes: numbers, escapes and repeated names stay as they
 * were sent, which `JSON.stringify(JSON.parse(text))` does not promise (it makes 1.10 into 1.1).
 */
export function prettyJson(text: string, indent = ''): string {
  const { kind, parts } = scanRawJson(text);
  if (kind === 'scalar') return text.trim();
  const [open, close] = kind === 'object' ? '{}' : '[]';
  if (parts.length === 0) return `${open}${close}`;
  if (kind === 'array') {
    const line = `[${parts.map(({ raw }) => raw.trim()).join(', ')}]`;
    if (line.length <= ONE_LINE && !/[{[]/.test(line.slice(1))) return line;
  }
  const inner = `${indent}  `;
  const lines = parts.map(({ key, raw }) => {
    const name = kind === 'object' ? `${JSON.stringify(key)}: ` : '';
    return inner + name + prettyJson(raw, inner);
  });
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

/** JSON text of an object: `fields` by value, `raw` by JSON text that goes in as it stands. Null leaves it out. */
export function jsonText(fields: object, raw: Readonly<Record<string, string | null>> = {}): string {
  const members = Object.entries(raw).flatMap(([name, text]) =>
    text === null ? [] : [`${JSON.stringify(name)}:${text}`],
  );
  const rest = JSON.stringify(fields).slice(1, -1);
  return `{${[rest, ...members].filter((part) => part !== '').join(',')}}`;
}

/** What is wrong with a JSON text, or null. */
export function jsonFault(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof SyntaxError ? error.message : String(error);
  }
}
