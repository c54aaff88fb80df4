import type { KeyRecord } from '../auth/ports.ts';

/**
 * Whether there was room for one more; if not, until when there is none as far as is known (epoch milliseconds; null:
 * until one is removed).
 */
export type Room = { readonly kind: 'room' } | { readonly kind: 'full'; readonly until: number | null };

/** What came of making a key; `maker-gone`: a key it comes from is not on record any more. */
export type KeyMade = Room | { readonly kind: 'maker-gone' };

/** Where API keys are kept: of each tenant no more than the quotas allow, however many are made at once. */
export interface KeyStore {
  /** Puts a new key on record, for look-up by hash and for lists, both or neither; neither if there is no room or a maker is gone. */
  create(record: KeyRecord): Promise<KeyMade>;
  /** All keys, newest first, in pages, starting after `after` (a key id); consistent. Expired ones may be among them. */
  newestFirst(after: string | null): AsyncIterable<readonly KeyRecord[]>;
  /** One key or portal session by id; consistent. */
  get(id: string): Promise<KeyRecord | null>;
  /** One portal session by id; consistent. */
  getSession(id: string): Promise<KeyRecord | null>;
  /** Removes a key or portal session from all places at `now`. Removing what is gone changes nothing. */
  remove(record: KeyRecord, now: number): Promise<void>;
  /** Lets nobody in with a key any more, nor with what comes from it, nor makes more of that; it stays on record by id. */
  revoke(record: KeyRecord): Promise<void>;
  /** What was made with a key, by itself alone: keys and portal sessions, in pages; consistent. */
  madeWith(record: KeyRecord): AsyncIterable<readonly KeyRecord[]>;
  /** Removes many keys or portal sessions, from wherever they are. Removing what is gone changes nothing. */
  removeAll(records: readonly KeyRecord[]): Promise<void>;
  /**
   * Puts a portal session on record: a key of a tenant that is in no list, because an application may make one for
   * each page it shows. Not if there is no room or a maker is gone.
   */
  createSession(record: KeyRecord): Promise<KeyMade>;
  /** Ends all portal sessions of a tenant. Answers how many there were. */
  removeSessions(tenant: string): Promise<number>;
}
