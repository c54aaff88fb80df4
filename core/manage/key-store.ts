import type { KeyRecord } from '../auth/ports.ts';

/** Where API keys are kept. */
export interface KeyStore {
  /** Puts a new key on record, for look-up by hash and for lists, both or neither. */
  create(record: KeyRecord): Promise<void>;
  /** All keys, newest first, in pages, starting after `after` (a key id); consistent. Expired ones may be among them. */
  newestFirst(after: string | null): AsyncIterable<readonly KeyRecord[]>;
  /** One key by id; consistent. */
  get(id: string): Promise<KeyRecord | null>;
  /** Removes a key from both places. Removing what is gone changes nothing. */
  remove(record: KeyRecord): Promise<void>;
}
