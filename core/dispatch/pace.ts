/**
 * Pace of one subscription: the generic cell rate algorithm (ITU-T I.371) with a burst of one second.
 *
 * The state is one number, the time at which the next delivery would be on pace. Reserving moves it forward,
 * so a reservation is one conditional update whoever makes it, and slots reserved are slots used.
 */

/** Milliseconds a burst may run ahead of the pace. */
const BURST_MS = 1000;

/** Milliseconds between two deliveries on pace. */
export function intervalMs(perSecond: number): number {
  return 1000 / perSecond;
}

/** The state after reserving `count` slots: `due` is the state before, or null if there was none. */
export function reserve(due: number | null, count: number, perSecond: number, now: number): number {
  return Math.max(due ?? now, now) + count * intervalMs(perSecond);
}

/**
 * When each of the slots may be used, given the state that reserving them started from. The first second's
 * worth may go at once; no slot is in the past.
 */
export function slotTimes(due: number, count: number, perSecond: number, now: number): readonly number[] {
  const interval = intervalMs(perSecond);
  // The burst counts its first delivery, so `perSecond` deliveries go at once, not one more.
  const ahead = BURST_MS - interval;
  return Array.from({ length: count }, (_, i) =>
    Math.max(now, Math.ceil(due + i * interval - Math.max(0, ahead))),
  );
}
