// What the work needs before it can start: the locked dependencies, the pinned Node among them. Plain JavaScript, as in
// `launch.mjs`, because neither is there yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.fanfare-lock');
const DYNOXIDE = '1.2.1';
/** What Node must be able to do for the work itself: run TypeScript as it is. */
const WORKING_NODE = 24;

/** Installs the locked dependencies unless the last installation was of the same lockfile, and sees whether `command` has its parts. */
export async function install(command) {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  const stamped = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock;
  const installed = stamped ? lock : lockOfPlainInstall(lock);
  if (installed !== lock) await npmCi();
  writeFileSync(STAMP, lock);
  missingParts(command);
}

/** `npm ci` run by hand leaves no stamp of ours; npm's own copy of the lockfile tells that it ran. */
function lockOfPlainInstall(lock) {
  const copy = join(MODULES, '.package-lock.json');
  if (!existsSync(copy)) return '';
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const have = JSON.parse(readFileSync(copy, 'utf8')).packages;
  const same = Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || have[path]?.version === version || (optional && !have[path]),
  );
  return same ? lock : '';
}

async function npmCi() {
  const began = Date.now();
  const tick = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    const line = `Installing dependencies (once, about half a minute)… ${seconds} s`;
    process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`);
  };
  tick();
  const timer = setInterval(tick, process.stderr.isTTY ? 1000 : 5000);
  let output = '';
  // The npm that started this, if one did: it need not be the first on the path.
  const own = /npm-cli\.js$/.test(process.env.npm_execpath ?? '') && process.env.npm_execpath;
  const npm = own ? process.execPath : process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const cache = writableCache();
  const child = spawn(npm, [...(own ? [own] : []), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    env: { ...process.env, npm_config_cache: cache.path },
    shell: !own && process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await ended(child);
  clearInterval(timer);
  cache.release();
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (code === 0) return void mkdirSync(MODULES, { recursive: true });
  process.stderr.write(output);
  const offline = /EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED|ECONNRESET/.test(output);
  stop(
    offline
      ? 'The npm registry was not reached. Check your network or proxy (npm config get registry), then run this again.'
      : "Installing failed; npm's own words are above. Mend that, then run this again.",
  );
}

/** npm's own cache, or where that can't be written (the home folder is read-only, say) one for this time alone. */
function writableCache() {
  const usual = process.env.npm_config_cache ?? join(homedir(), '.npm');
  try {
    mkdirSync(usual, { recursive: true });
    accessSync(usual, constants.W_OK);
    return { path: usual, release: () => {} };
  } catch {
    const path = mkdtempSync(join(tmpdir(), 'fanfare-npm-'));
    return { path, release: () => rmSync(path, { recursive: true, force: true }) };
  }
}

/** Binaries that the lockfile holds for Linux on x64 only. */
function missingParts(command) {
  const platform = `${process.platform}-${process.arch}`;
  if (workingNode() === null) {
    stop(
      `There is no pinned Node for ${platform}. Install Node ${WORKING_NODE} from https://nodejs.org, then run this again.`,
    );
  }
  if (command !== 'start' && command !== 'test') return;
  if (process.env.FANFARE_DYNAMODB_ENDPOINT || existsSync(join(MODULES, `@dynoxide/${platform}`))) return;
  stop(
    `The local DynamoDB is missing for ${platform}. Run: npm i --no-save @dynoxide/${platform}@${DYNOXIDE}`,
  );
}

/** The Node that does the work: the pinned one, else this one if it is new enough. */
export function workingNode() {
  const pinned = join(MODULES, '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  return Number(process.versions.node.split('.')[0]) >= WORKING_NODE ? process.execPath : null;
}

/** The exit code of a process, once it has ended. */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** Ends this process with a word on why. */
export function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
