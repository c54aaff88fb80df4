import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { FolderTakenError, openDataFolder } from '../../local/data-folder.ts';

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
