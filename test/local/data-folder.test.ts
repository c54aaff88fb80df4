import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { FolderTakenError, openDataFolder } from '../../local/data-folder.ts';
import { LogFiles } from '../../local/logs.ts';
import { FolderRefusedError } from '../../local/private-files.ts';

async function withFolder(work: (folder: string) => void | Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), 'fanfare-data-'));
  try {
    await work(join(parent, 'data'));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

test('keys are made once and kept, for the user alone', () =>
  withFolder((folder) => {
    const first = openDataFolder(folder);
    first.release();
    const second = openDataFolder(folder);
    second.release();
    assert.deepEqual(second.masterKey, first.masterKey);
    assert.equal(second.masterKey.length, 32);
    assert.equal(second.adminKey, first.adminKey);
    for (const file of ['master-key', 'admin-key']) {
      assert.equal(statSync(join(folder, file)).mode & 0o077, 0);
    }
  }));

test('a folder in use is refused, also to another process, until it is released', () =>
  withFolder(async (folder) => {
    const held = openDataFolder(folder);
    assert.throws(() => openDataFolder(folder), FolderTakenError);
    const module = new URL('../../local/data-folder.ts', import.meta.url).href;
    const script = `import { openDataFolder } from '${module}'; openDataFolder(process.argv[1]); console.log('opened');`;
    const other = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, folder]);
    await assert.rejects(other(), /another runner uses the folder/);
    held.release();
    assert.equal((await other()).stdout, 'opened\n');
  }));

test('without a folder nothing is kept', () => {
  const memory = openDataFolder(null);
  assert.deepEqual([memory.queues, memory.tables], [null, null]);
  assert.notEqual(memory.adminKey, openDataFolder(null).adminKey);
});

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Modes of a folder and of all in it, by name. */
function modes(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(['.', ...names].map((name) => [name, modeOf(join(folder, name))]));
}

/** A folder as an earlier version left it, open to all. */
function openToAll(folder: string): void {
  openDataFolder(folder).release();
  mkdirSync(join(folder, 'logs'));
  for (const name of ['queues.db-wal', 'queues.db-shm', 'tables.db-wal', 'logs/ingest.log']) {
    writeFileSync(join(folder, name), 'x');
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    chmodSync(join(folder, name), name === 'logs' ? 0o755 : 0o644);
  }
  chmodSync(folder, 0o755);
}

test('a new folder and all in it are for the user alone, whatever the umask', () =>
  withFolder(async (folder) => {
    const before = process.umask(0);
    try {
      const data = openDataFolder(folder);
      const logs = new LogFiles(join(folder, 'logs'), { trouble: () => {} });
      logs.line('ingest', 'a line');
      await logs.close();
      data.release();
    } finally {
      process.umask(before);
    }
    const { '.': own, logs, ...files } = modes(folder);
    assert.deepEqual([own, logs], ['700', '700']);
    assert.deepEqual([...new Set(Object.values(files))], ['600'], JSON.stringify(files));
    assert.ok(['queues.db', 'tables.db', 'admin-key', 'logs/ingest.log'].every((name) => name in files));
  }));

test('a folder that others could read is closed to them, with all of ours in it', () =>
  withFolder((folder) => {
    openToAll(folder);
    writeFileSync(join(folder, 'notes.txt'), 'of the user', { mode: 0o644 });
    openDataFolder(folder).release();
    const { '.': own, logs, 'notes.txt': notes, ...files } = modes(folder);
    assert.deepEqual([own, logs], ['700', '700']);
    assert.equal(notes, '644', 'what is not ours stays as it is');
    assert.deepEqual([...new Set(Object.values(files))], ['600'], JSON.stringify(files));
  }));

test('a folder of other files is refused and left as it is', () =>
  withFolder((folder) => {
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(join(folder, 'thesis.txt'), 'years of work', { mode: 0o644 });
    assert.throws(
      () => openDataFolder(folder),
      new FolderRefusedError(`${folder} holds other files; name a folder that is new or empty`),
    );
    assert.deepEqual(modes(folder), { '.': '755', 'thesis.txt': '644' });
  }));

for (const name of ['admin-key', 'tables.db', 'logs', 'logs/ingest.log']) {
  test(`a symbolic link in the place of ${name} is refused, and what it leads to is not touched`, () =>
    withFolder((folder) => {
      openToAll(folder);
      const target = join(folder, '..', 'target');
      if (name === 'logs') mkdirSync(target, { mode: 0o755 });
      else writeFileSync(target, 'of somebody else', { mode: 0o644 });
      const before = modeOf(target);
      rmSync(join(folder, name), { recursive: true });
      symlinkSync(target, join(folder, name));
      assert.throws(
        () => openDataFolder(folder),
        /is a symbolic link; put a (file|folder) there or name its target/,
      );
      assert.equal(modeOf(target), before);
      if (name !== 'logs') assert.equal(readFileSync(target, 'utf8'), 'of somebody else');
    }));
}

test('a symbolic link to the folder itself is refused', () =>
  withFolder((folder) => {
    const target = join(folder, '..', 'target');
    mkdirSync(target, { mode: 0o755 });
    symlinkSync(target, folder);
    assert.throws(() => openDataFolder(folder), FolderRefusedError);
    assert.deepEqual([modeOf(target), readdirSync(target)], ['755', []]);
  }));

test('a file in the place of the folder, and a folder in the place of a file, are refused', () =>
  withFolder((folder) => {
    writeFileSync(folder, 'a file');
    assert.throws(() => openDataFolder(folder), new FolderRefusedError(`${folder} is not a folder`));
    rmSync(folder);
    openDataFolder(folder).release();
    rmSync(join(folder, 'admin-key'));
    mkdirSync(join(folder, 'admin-key'));
    assert.throws(() => openDataFolder(folder), /admin-key is not a file/);
    assert.ok(existsSync(join(folder, 'master-key')));
  }));
