import { KEY } from '../../contract/limits.ts';
import { type Caller, may, type Scope } from '../api-key.ts';
import { Problem } from '../problem.ts';
import { formatTime } from '../rfc3339.ts';
import { invalid } from './body.ts';

/** Throws a 403 `Problem` for scopes that the maker's own key lacks: a key can't make one that may do more. */
export function refuseMoreThan(maker: Caller, scopes: readonly Scope[]): void {
  const more = scopes.filter((scope) => !may(maker, scope));
  if (more.length > 0) throw new Problem('forbidden', `This key lacks the scope "${more.join('", "')}".`);
}

/** What a key comes from that this maker makes. Throws a 403 `Problem` if that would be too many keys. */
export function lineageFrom(maker: Caller): readonly string[] {
  if (maker.lineage.length <= KEY.maxMakers) return maker.lineage;
  throw new Problem(
    'forbidden',
    `This key comes from ${KEY.maxMakers} others, each made with the one before: the most there may be. Use one of those to make another.`,
  );
}

/** A 401 for a key that was deleted, or came from one that was, while it made another. */
export function makerGone(): Problem {
  return new Problem('unauthorized', 'This key, or one that it comes from, was deleted.', [], {
    'www-authenticate': 'Bearer',
  });
}

/**
 * When a key ends that is asked to end at `asked` (epoch milliseconds; null: never): with its maker's at the latest.
 * Throws a 400 `Problem` that names the field for one that would live longer.
 */
export function endOf(maker: Caller, asked: number | null, pointer: string): number | null {
  if (maker.expiresAt === null) return asked;
  if (asked === null) return maker.expiresAt;
  if (asked <= maker.expiresAt) return asked;
  throw invalid('A key cannot outlive the one that makes it.', [
    { pointer, detail: `must not be after ${formatTime(maker.expiresAt)}, when the key that makes it ends` },
  ]);
}
