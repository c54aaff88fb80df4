import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONSOLE_BUILD, CONSOLE_SOURCES } from '../contract/console.ts';

/** Where the built console is, from the repository's root. */
export const CONSOLE_FOLDER = join('dist', 'console');
const STAMP = '.stamp';

/** Builds the console unless what is in `dist/console` was made of these very sources. */
export async function buildConsole(root: string, signal: AbortSignal): Promise<void> {
  const folder = join(root, CONSOLE_FOLDER);
  const stamp = stampOf(root);
  if (readStamp(folder) === stamp) return;
  // Built aside and put in place at the end, because another runner may be serving the old one.
  const aside = `${folder}.${process.pid}`;
  try {
    await vite(root, aside, signal);
    writeFileSync(join(aside, STAMP), stamp);
    replace(folder, aside, stamp);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function vite(root: string, out: string, signal: AbortSignal): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), ...CONSOLE_BUILD, out],
    {
      cwd: root,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += String(part)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the console could not be built:\n${output}`));
    });
  });
}

/** Puts a build in place, unless another runner was quicker with the same one: that may be in use already. */
function replace(folder: string, by: string, stamp: string): void {
  if (readStamp(folder) === stamp) return;
  const old = `${by}.old`;
  try {
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(by, folder);
  } catch (error) {
    if (readStamp(folder) !== stamp) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

function readStamp(folder: string): string | null {
  const file = join(folder, STAMP);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function stampOf(root: string): string {
  const hash = createHash('sha256');
  for (const source of CONSOLE_SOURCES.flatMap((name) => filesOf(root, name))) {
    hash
      .update(source)
      .update('\0')
      .update(readFileSync(join(root, source)));
  }
  return hash.digest('hex');
}

function filesOf(root: string, name: string): readonly string[] {
  if (/\.\w+$/.test(name)) return [name];
  return readdirSync(join(root, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length))
    .sort();
}
