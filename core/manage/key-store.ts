import type { KeyRecord } from '../auth/ports.ts';

/**
 * Whether there was room for one more; if not, until when there is none as far as is known (epoch milliseconds; null:
 * until one is removed).
 */
export type Room = { readonly kind: 'room' } | { readonly kind: 'full'; readonly until: number | null };

/** Where API keys are kept: of each tenant no more than the quotas allow, however many are made at once. */
export interface KeyStore {
  /** Puts a new key on record, for look-up by hash and for lists, both or neither; neither if there is no room. */
  create(record: KeyRecord): Promise<Room>;
  /** All keys, newest first, in pages, starting after `after` (a key id); consistent. Expired ones may be among them. */
  newestFirst(after: string | null): AsyncIterable<readonly KeyRecord[]>;
  /** One key or portal session by id; consistent. */
  get(id: string): Promise<KeyRecord | null>;
  /** One portal session by id; consistent. */
  getSession(id: string): Promise<KeyRecord | null>;
  /** Removes a key or portal session from all places at `now`. Removing what is gone changes nothing. */
  remove(record: KeyRecord, now: number): Promise<void>;
  /**
   * Puts a portal session on record: a key of a tenant that is in no list, because an application may make one for
   * each page it shows. Not if there is no room.
   */
  createSession(record: KeyRecord): Promise<Room>;
  /** Ends all portal sessions of a tenant. Answers how many there were. */
  removeSessions(tenant: string): Promise<number>;
}
