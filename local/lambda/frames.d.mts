import type { Duplex } from 'node:stream';

/** What the runner sends: work to do until a deadline, in epoch milliseconds. */
export interface WorkHead {
  readonly requestId: string;
  readonly functionArn: string;
  readonly traceId: string;
  readonly deadline: number;
}

/** What an environment sends: that it is loaded or can't be, what a handler answered, or how it failed. */
export interface ReplyHead {
  readonly kind: 'ready' | 'init-error' | 'response' | 'error';
  readonly requestId?: string;
}

export function writeFrame(
  stream: Duplex,
  head: WorkHead | ReplyHead,
  body?: string,
  written?: () => void,
): void;
export function readFrames<Head>(stream: Duplex, take: (head: Head, body: string) => void): void;
