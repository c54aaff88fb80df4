import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { DISPATCH } from '../../contract/limits.ts';

/** Ends the reading of an answer's body: what was read is the answer. */
export type Cut = () => void;

/**
 * Reads up to 16 KiB of the body, whatever becomes of the rest, and tells once. Answers how to end it earlier.
 */
export function readBody(response: IncomingMessage, tell: (text: string, truncated: boolean) => void): Cut {
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let length = 0;
  let told = false;
  const end = (truncated: boolean): void => {
    if (told) return;
    told = true;
    const bytes = first === null || more === null ? first : Buffer.concat([first, ...more]);
    tell(bytes === null ? '' : decode(bytes, truncated), truncated);
    if (truncated) response.destroy();
  };
  const keep = (part: Buffer): void => {
    length += part.length;
    if (first === null) first = part;
    else if (more === null) more = [part];
    else more.push(part);
  };
  response.on('data', (chunk: Buffer) => {
    if (told) return;
    const rest = DISPATCH.maxResponseBodyBytes - length;
    if (chunk.length <= rest) return keep(chunk);
    keep(chunk.subarray(0, rest));
    end(true);
  });
  response.on('end', () => end(!response.complete));
  // The connection broke.
  response.on('error', () => end(true));
  response.on('close', () => end(!response.complete));
  return () => end(true);
}

/** Bytes as text for the log: what is not UTF-8 becomes U+FFFD, a character that the cut went through is left out. */
function decode(bytes: Buffer, truncated: boolean): string {
  // Most answers are plain ASCII, which needs no decoder made for it.
  return isAscii(bytes) ? bytes.toString('latin1') : new TextDecoder().decode(bytes, { stream: truncated });
}
