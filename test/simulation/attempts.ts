import type { Violation } from './violation.ts';
import type { World } from './world.ts';

/** What dispatch promises of single attempts: they end within the invocation, loop nowhere, and cost nothing unsent. */
export function attempts(world: World): readonly Violation[] {
  const counted = world.log.rows
    .filter(({ result }) => result?.errorDetail?.startsWith('The host was not looked up') === true)
    .map(({ delivery }) => ({
      says: `delivery ${delivery}: an attempt that never started was counted`,
      about: { delivery },
    }));
  return [...world.endpoints.broken.map((says) => ({ says, about: {} })), ...counted];
}
