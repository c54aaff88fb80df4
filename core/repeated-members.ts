import { pointerTo } from './ingest/event-fields.ts';
import { afterString, nameOf } from './raw-json.ts';

/** An object or array that the scan is inside of. */
interface Frame {
  /** Names so far; null in an array. */
  readonly names: Set<string> | null;
  /** The member or element that the scan is at. */
  at: string | number;
  awaitsName: boolean;
}

/**
 * Where a JSON text names a member of one object a second time, as JSON pointers: a reader takes the one or the other,
 * and nobody can tell which was meant. What lies inside the top-level members named in `kept` is left out. The text
 * must be valid JSON. One pass and no recursion.
 */
export function repeatedMembers(text: string, kept: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  const open: Frame[] = [];
  for (let at = 0, next = 0; at < text.length; at = next) {
    const sign = text[at];
    next = sign === '"' ? afterString(text, at) : at + 1;
    const frame = open.at(-1);
    if (sign === '"' && frame?.names && frame.awaitsName) {
      const name = nameOf(text.slice(at, next));
      frame.at = name;
      frame.awaitsName = false;
      const isKept = open.length > 1 && kept.has(String(open[0]?.at));
      if (frame.names.has(name) && !isKept) found.push(pointerOf(open));
      frame.names.add(name);
    } else if (sign === '{') open.push({ names: new Set(), at: '', awaitsName: true });
    else if (sign === '[') open.push({ names: null, at: 0, awaitsName: false });
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === ',' && frame) {
      frame.awaitsName = frame.names !== null;
      if (typeof frame.at === 'number') frame.at++;
    }
  }
  return found;
}

function pointerOf(open: readonly Frame[]): string {
  return open.reduce((parent, { at }) => pointerTo(String(at), parent), '');
}
