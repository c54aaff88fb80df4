import type { DeadLetterCount, DeadLetterCounts } from '../../contract/api.ts';
import { RETENTION } from '../../contract/limits.ts';
import { tenantFor } from '../api-key.ts';
import type { DeadLetterEntry, DeadLetterIndex } from '../redrive/ports.ts';
import { formatTime } from '../rfc3339.ts';
import { cursorScope } from './cursor.ts';
import type { Operations } from './operation.ts';
import { fitting, type ListDeps, pageRequest, readPage } from './page.ts';
import { idOf, stretchOf, typeOf } from './query.ts';
import { readingTime } from './reading-time.ts';

export interface DeadLetterOperationsDeps extends ListDeps {
  readonly deadLetters: DeadLetterIndex;
}

/** Groups held in memory at most; more than an answer has room for. */
const MAX_GROUPS = 50_000;

/** The reads of dead letters. */
export function deadLetterOperations(
  deps: DeadLetterOperationsDeps,
): Operations<'listDeadLetters' | 'summarizeDeadLetters'> {
  return {
    listDeadLetters: async ({ caller, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      const scope = cursorScope('listDeadLetters', tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const source = deps.deadLetters.entries(tenant, after?.[0] ?? null);
      const wanted = fits(query, deps.clock.now());
      const positionOf = ({ delivery }: DeadLetterEntry) => [delivery];
      return {
        status: 200,
        body: await readPage(deps, scope, { source, limit, wanted, positionOf, view }),
      };
    },

    summarizeDeadLetters: async ({ caller, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      const wanted = fits(query, deps.clock.now());
      const counts = new Map<string, DeadLetterCount>();
      const time = readingTime(deps.clock);
      let incomplete = false;
      for await (const page of deps.deadLetters.entries(tenant, null)) {
        incomplete = time.isEnough() || counts.size > MAX_GROUPS;
        if (incomplete) break;
        for (const entry of page.filter(wanted)) count(counts, entry);
      }
      const all = [...counts.values()].sort((a, b) => b.count - a.count);
      const data = fitting(all);
      const isPart = incomplete || data.length < all.length;
      return {
        status: 200,
        body: { data, ...(isPart ? { incomplete: true } : {}) } satisfies DeadLetterCounts,
      };
    },
  };
}

function count(counts: Map<string, DeadLetterCount>, entry: DeadLetterEntry): void {
  const { tenant, subscription, lastStatus, lastError } = entry;
  const key = JSON.stringify([tenant, subscription, lastStatus, lastError]);
  const before = counts.get(key)?.count ?? 0;
  counts.set(key, { tenant, subscription, lastStatus, lastError, count: before + 1 });
}

/** Judges by the query. A record outlives its letter, and without the letter there is nothing to redrive. */
function fits(query: Readonly<Record<string, string>>, now: number): (entry: DeadLetterEntry) => boolean {
  const subscription = idOf('subscription', query.subscription);
  const eventType = typeOf('eventType', query.eventType);
  const { since, until } = stretchOf(query);
  return (entry) =>
    entry.deadAt > now - RETENTION.deadLetterSeconds * 1000 &&
    (subscription === null || entry.subscription === subscription) &&
    (eventType === null || entry.eventType === eventType) &&
    (since === null || entry.createdAt >= since) &&
    (until === null || entry.createdAt < until);
}

function view(entry: DeadLetterEntry) {
  return {
    delivery: entry.delivery,
    event: entry.event,
    eventType: entry.eventType,
    subscription: entry.subscription,
    tenant: entry.tenant,
    reason: entry.reason,
    attemptCount: entry.requests,
    lastStatus: entry.lastStatus,
    lastError: entry.lastError,
    createdAt: formatTime(entry.createdAt),
    deadAt: formatTime(entry.deadAt),
  };
}
