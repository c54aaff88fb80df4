import type { KeyRecord } from '../auth/ports.ts';

/** Where API keys are kept. */
export interface KeyStore {
  /** Puts a new key on record, for look-up by hash and for lists, both or neither. */
  create(record: KeyRecord): Promise<void>;
  /** All keys, newest first, in pages, starting after `after` (a key id); consistent. Expired ones may be among them. */
  newestFirst(after: string | null): AsyncIterable<readonly KeyRecord[]>;
  /** One key or portal session by id; consistent. */
  get(id: string): Promise<KeyRecord | null>;
  /** Removes a key or portal session from all places. Removing what is gone changes nothing. */
  remove(record: KeyRecord): Promise<void>;
  /**
   * Puts a portal session on record: a key of a tenant that is in no list, because an application may make one for
   * each page it shows.
   */
  createSession(record: KeyRecord): Promise<void>;
  /** Ends all portal sessions of a tenant. Answers how many there were. */
  removeSessions(tenant: string): Promise<number>;
}
