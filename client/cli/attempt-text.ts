import type { AttemptBody } from '../../contract/api.ts';

/** What a destination answered, in a word or two. */
export function describeAnswer({ status, error }: Pick<AttemptBody, 'status' | 'error'>): string {
  return [status, error].filter((part) => part !== null).join(' ') || '-';
}

const PHASES = [
  ['dns', 'dnsMs'],
  ['connect', 'connectMs'],
  ['tls', 'tlsMs'],
  ['wait', 'firstByteMs'],
  ['read', 'readMs'],
] as const;

/** How long an attempt took, and what for where that is known: `41 ms (dns 2, connect 6, tls 14, wait 18, read 1)`. */
export function describeTime({ durationMs, timings }: Pick<AttemptBody, 'durationMs' | 'timings'>): string {
  if (timings === undefined) return `${durationMs} ms`;
  const phases = PHASES.flatMap(([name, member]) => {
    const ms = timings[member];
    return ms === null ? [] : [`${name} ${ms}`];
  });
  return `${durationMs} ms (${phases.join(', ')})`;
}
