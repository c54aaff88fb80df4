import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, type Stats, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** The folder, or what is in it, can't be made the user's alone; the message says why and what to do. */
export class FolderRefusedError extends Error {
  override readonly name = 'FolderRefusedError';
}

/** What belongs into a folder. */
export interface FolderContent {
  /** The file by which a folder is known to be one of ours. */
  readonly lock: string;
  readonly files: RegExp;
  /** Files that are made empty if they are not there, before a program makes them with rights of its own choice. */
  readonly made: readonly string[];
  /** Folders in it; all files in them are ours. */
  readonly folders: readonly string[];
}

/**
 * Makes a folder, or takes one that is there, and sees to it that only the user can look into it and into what is
 * ours in it; what else lies there is left as it is. Throws `FolderRefusedError` for a folder that was somebody else's
 * before, whose rights are not ours to change, and for symbolic links, which lead to files we did not make.
 */
export function ownFolder(path: string, content: FolderContent): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there) {
    refuseUnless(there.isDirectory(), path, there, 'a folder');
    const names = readdirSync(path);
    if (names.length > 0 && !names.includes(content.lock)) {
      throw new FolderRefusedError(`${path} holds other files; name a folder that is new or empty`);
    }
  } else {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  }
  setMode(path, FOLDER_MODE);
  for (const name of readdirSync(path)) if (content.files.test(name)) ownFile(join(path, name));
  for (const name of content.folders) {
    const folder = join(path, name);
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (!found) continue;
    refuseUnless(found.isDirectory(), folder, found, 'a folder');
    setMode(folder, FOLDER_MODE);
    for (const file of readdirSync(folder)) ownFile(join(folder, file));
  }
  for (const name of content.made) makeUnlessThere(join(path, name));
}

/** A file that is there is not even opened: to close it would end the locks that this process has on it. */
function makeUnlessThere(path: string): void {
  if (!existsSync(path)) writeFileSync(path, '', { flag: 'wx', mode: FILE_MODE });
}

function ownFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  // SQLite may have tidied up its own.
  if (!found) return;
  refuseUnless(found.isFile(), path, found, 'a file');
  setMode(path, FILE_MODE);
}

function refuseUnless(fits: boolean, path: string, found: Stats, wanted: string): void {
  if (fits) return;
  const what = found.isSymbolicLink()
    ? `a symbolic link; put ${wanted} there or name its target`
    : `not ${wanted}`;
  throw new FolderRefusedError(`${path} is ${what}`);
}

function setMode(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new FolderRefusedError(
      `${path} can't be made readable for you alone (${code}); it may belong to another user`,
      { cause },
    );
  }
}
