import type { Timings } from '../../core/delivery.ts';

/** How far a new connection got: moments of `performance.now()`, null for what did not happen. */
export interface Opening {
  /** Whether a name had to be looked up. */
  readonly named: boolean;
  readonly secure: boolean;
  readonly lookedUpAt: number | null;
  readonly connectedAt: number | null;
  readonly securedAt: number | null;
}

/**
 * Whole milliseconds of each phase between `began` and `endedAt`; `opening` is null on a kept connection, `headAt` if
 * there was no answer. The phase in which an attempt failed lasts until its end, so the phases add up to the whole.
 */
export function timingsOf(
  began: number,
  opening: Opening | null,
  headAt: number | null,
  endedAt: number,
): Timings {
  if (opening !== null) return timingsOfNew(began, opening, headAt, endedAt);
  const whole = Math.round(endedAt - began);
  const firstByteMs = headAt === null ? whole : Math.round(headAt - began);
  const readMs = headAt === null ? null : whole - firstByteMs;
  return { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs, readMs };
}

function timingsOfNew(began: number, opening: Opening, headAt: number | null, endedAt: number): Timings {
  const { named, secure, lookedUpAt, connectedAt, securedAt } = opening;
  let told = 0;
  let over = false;
  const phase = (takesPlace: boolean, end: number | null): number | null => {
    if (!takesPlace || over) return null;
    over = end === null;
    const upTo = Math.max(0, Math.round((end ?? endedAt) - began));
    const ms = upTo - told;
    told = upTo;
    return ms;
  };
  return {
    // A look-up that was over before anybody listened took no time.
    dnsMs: phase(named && (lookedUpAt !== null || connectedAt === null), lookedUpAt),
    connectMs: phase(true, connectedAt),
    tlsMs: phase(secure, securedAt),
    firstByteMs: phase(true, headAt),
    readMs: phase(true, endedAt),
  };
}
