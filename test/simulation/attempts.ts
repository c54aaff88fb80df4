import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

/** What dispatch promises of single attempts: they end within the invocation, loop nowhere, and cost nothing unsent. */
export function attempts(world: World): readonly Violation[] {
  const counted = world.log.rows
    .filter(({ result }) => result?.errorDetail?.startsWith('The host was not looked up') === true)
    .map(({ delivery }) => ({
      says: `delivery ${delivery}: an attempt that never started was counted`,
      about: { delivery },
    }));
  return [...world.endpoints.broken.map((says) => ({ says, about: {} })), ...counted, ...unheard(world)];
}

/**
 * Whoever sends hears how it went by the deadline of the request, however the peer hangs, unless he died before; and
 * where calls are quick, answers before his own time is over. The margin is none: adapters keep the deadline to the millisecond in virtual time.
 */
function unheard(world: World): readonly Violation[] {
  return world.endpoints.arrivals.flatMap(({ url, headers, deadlineAt, heardAt, by }) => {
    const delivery = headers['fanfare-delivery'] ?? '';
    const isLate = heardAt === null ? !by.dead || by.endedAt > deadlineAt : heardAt > deadlineAt;
    const says = isLate
      ? 'was not over at its deadline'
      : by.ranOut && world.mostRepeats === 0
        ? 'was sent by a worker that ran out of time'
        : null;
    return says === null ? [] : [violation(`${url}: a request ${says}`, { url, delivery })];
  });
}
