import { DISPATCH } from '../../contract/limits.ts';
import { historyOf, redrivesOf } from './histories.ts';
import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

/** Copies of a subscription that is gone are gone by then, and so is what was being sent from them. */
const GONE_MS = DISPATCH.subscriptionCacheMs + 60_000;

/**
 * What waited for a subscription is cancelled when it is deleted: one that is made later under its id gets nothing of
 * that by itself. Who redrives asks for it. Judged are deliveries that had waited for it twice: a message whose worker died
 * before it could say for whom it waits is about a first attempt when it comes again, and that goes to whoever has the id.
 */
export function lives(world: World): readonly Violation[] {
  const deliveries = Map.groupBy(
    world.endpoints.arrivals,
    ({ headers }) => headers['fanfare-delivery'] ?? '',
  );
  return [...deliveries].flatMap(([delivery, arrivals]) => {
    const [first] = arrivals;
    if (first === undefined || redrivesOf(world, first.url) > 0) return [];
    const end = historyOf(world, first.url).find(
      ({ from, subscription }) => subscription === null && from > first.at,
    );
    const waits = arrivals.some(
      ({ at, headers }) => at < (end?.from ?? 0) && headers['fanfare-attempt'] === '3',
    );
    if (!waits) return [];
    const late = arrivals.filter(({ at }) => at > (end?.from ?? Infinity) + GONE_MS);
    return late.length === 0
      ? []
      : [violation(`delivery ${delivery}: it outlived its subscription`, { delivery })];
  });
}
