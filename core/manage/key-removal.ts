import { may } from '../api-key.ts';
import type { KeyRecord } from '../auth/ports.ts';
import type { Clock } from '../clock.ts';
import { Problem } from '../problem.ts';
import type { KeyStore } from './key-store.ts';

/** How long one request goes on removing, in milliseconds; API Gateway gives up after 30 s. */
const LONGEST_MS = 20_000;

/**
 * Deletes a key with all that was made with it, at whatever number of steps. It is revoked first, which ends the others
 * too and lets no more be made; it is removed last, so that whoever meets a failure on the way can delete it again and
 * goes on. Throws a 503 `Problem` when it takes too long.
 */
export async function deleteWithMade(keys: KeyStore, record: KeyRecord, clock: Clock): Promise<void> {
  await keys.revoke(record);
  await removeMade(keys, record, clock, clock.now() + LONGEST_MS);
  await keys.remove(record, clock.now());
}

async function removeMade(keys: KeyStore, maker: KeyRecord, clock: Clock, until: number): Promise<void> {
  // Only who may do everything makes keys and sessions.
  if (!may(maker, 'admin')) return;
  for await (const page of keys.madeWith(maker)) {
    if (clock.now() > until) throw tooMuch();
    for (const made of page) await removeMade(keys, made, clock, until);
    await keys.removeAll(page);
  }
}

function tooMuch(): Problem {
  return new Problem(
    'unavailable',
    'The key and all that was made with it are refused from now on, but not all of it is removed yet. Delete the key again: that goes on where this stopped.',
    [],
    { 'retry-after': '1' },
  );
}
