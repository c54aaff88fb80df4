import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ownFolder } from './private-files.ts';

const LOCK = 'lock.db';
const QUEUES = 'queues.db';
const TABLES = 'tables.db';
/** Names of the files in it, with those that SQLite puts next to its own. */
const FILES = /^(lock|queues|tables)\.db(-wal|-shm|-journal)?$|^(master|admin)-key$/;

/** What outlives a run, or would. */
export interface DataFolder {
  /** Files of the two stand-ins; null: in memory. */
  readonly queues: string | null;
  readonly tables: string | null;
  /** 32 bytes that the local KMS encrypts with. */
  readonly masterKey: Uint8Array;
  /** The admin key to use when none is given. */
  readonly adminKey: string;
  /** Lets others use the folder. */
  release(): void;
}

/** The folder is in use. */
export class FolderTakenError extends Error {
  override readonly name = 'FolderTakenError';
}

/**
 * Opens a data folder, making it if need be, and keeps others out; null stands for none. Throws `FolderTakenError`
 * when another runner uses it, `FolderRefusedError` when it can't be the user's alone. The lock is the operating
 * system's, so it ends with the process however that ends.
 */
export function openDataFolder(path: string | null): DataFolder {
  if (path === null) {
    const memory = { queues: null, tables: null, masterKey: randomBytes(32), adminKey: newKey() };
    return { ...memory, release: () => {} };
  }
  ownFolder(path, { lock: LOCK, files: FILES, made: [LOCK, QUEUES, TABLES], folders: ['logs'] });
  const lock = takeLock(path);
  return {
    queues: join(path, QUEUES),
    tables: join(path, TABLES),
    masterKey: Buffer.from(
      kept(join(path, 'master-key'), () => randomBytes(32).toString('hex')),
      'hex',
    ),
    adminKey: kept(join(path, 'admin-key'), newKey),
    release: () => lock.close(),
  };
}

function newKey(): string {
  return `local_${randomBytes(18).toString('base64url')}`;
}

function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, LOCK));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    throw new FolderTakenError(`another runner uses the folder ${path}`, { cause });
  }
}

/** A value from a file that only the user may read, made on first use. */
function kept(file: string, make: () => string): string {
  if (!existsSync(file)) writeFileSync(file, `${make()}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
