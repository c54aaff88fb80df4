#!/usr/bin/env node
// Runs on whatever Node >= 20 a newcomer has, with nothing installed: installs what is missing, then hands over
// to the Node release that AWS Lambda runs, which npm brings along. Plain JavaScript, because Node 20 reads no types.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareChromium } from './chromium.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.fanfare-lock');
const DYNOXIDE = '1.2.1';
const OLDEST_NODE = 20;
/** What Node must be able to do for the work itself: run TypeScript as it is. */
const WORKING_NODE = 24;

/** Node's SQLite still calls itself experimental; that is no news to whoever starts the runner. */
const CALM = ['--disable-warning=ExperimentalWarning'];

const COMMANDS = {
  start: (args) => spawnNode([...CALM, join(ROOT, 'bin/local.ts'), ...args]),
  test,
  synth: (args) => cdk(['synth', '--quiet', ...args]),
  bench: (args) => spawnNode([...CALM, join(ROOT, 'bench/main.ts'), ...args]),
  simulate: (args) => spawnNode([join(ROOT, 'test/simulation/main.ts'), ...args]),
  deploy: (args) => cdk(['deploy', ...args]),
  check,
  'pack-client': (args) => spawnNode([join(ROOT, 'bin/pack-client.ts'), ...args]),
  // In the folder of whoever calls, which npm keeps aside: arguments may name files.
  fanfare: (args) =>
    spawnNode([join(ROOT, 'client/cli/main.ts'), ...args], {
      cwd: process.env.npm_lifecycle_event === 'fanfare' ? process.env.INIT_CWD : process.cwd(),
    }),
};

const [command = '', ...args] = process.argv.slice(2);
const work = COMMANDS[command];
if (!work) stop(`Unknown command "${command}". Use one of: ${Object.keys(COMMANDS).join(', ')}.`);
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  stop(
    `Fanfare needs Node ${OLDEST_NODE} or newer to start; this is ${process.version}. Get one from https://nodejs.org.`,
  );
}
await install();
process.exitCode = await work(args);

/** Tests by Node's own runner; ends with a line that counts them. */
async function test(args) {
  const wanted = args.length > 0 ? args : testFiles();
  const browser = wanted.some(needsBrowser) ? await prepareChromium() : null;
  const files = browser?.kind === 'none' ? wanted.filter((name) => !needsBrowser(name)) : wanted;
  const counts = { pass: 0, fail: 0 };
  const report = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  const count = [
    `--test-reporter=${join(ROOT, 'test/support/count-reporter.mjs')}`,
    '--test-reporter-destination=stderr',
  ];
  const flags = ['--test', '--test-concurrency=2', ...CALM, ...report, ...count];
  // With no file named, Node would look for tests by itself.
  if (files.length === 0) stop(leftOut(wanted, browser));
  const code = await spawnNode([...flags, ...files], {
    stdio: ['inherit', 'inherit', 'pipe'],
    env: browser?.kind === 'found' ? { CHROMIUM_PATH: browser.path } : {},
    onStderr: (line) => {
      const match = /^fanfare-count (\d+) (\d+)$/.exec(line);
      if (match) Object.assign(counts, { pass: Number(match[1]), fail: Number(match[2]) });
      else process.stderr.write(`${line}\n`);
    },
  });
  if (browser?.kind === 'none') process.stdout.write(`\n${leftOut(wanted, browser)}\n`);
  process.stdout.write(`\n${counts.pass} passed, ${counts.fail} failed\n`);
  return counts.pass === 0 && code === 0 ? 1 : code;
}

/** The console's pages are tested in a browser. */
function needsBrowser(name) {
  return name.endsWith('.browser.test.ts');
}

function leftOut(wanted, browser) {
  const names = wanted.filter(needsBrowser).join(', ');
  return `Left out, because they run in a browser: ${names}. ${browser.why}`;
}

function testFiles() {
  return readdirSync(join(ROOT, 'test'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join('test', name));
}

/** Types, lint and architecture. */
async function check() {
  const steps = [
    ['Types', () => spawnNode([join(MODULES, 'typescript/bin/tsc'), '-p', '.'])],
    ['Types of the console', () => spawnNode([join(MODULES, 'typescript/bin/tsc'), '-p', 'console'])],
    ['Lint', () => spawnNode([join(MODULES, '@biomejs/biome/bin/biome'), 'ci', '.'])],
    ['Architecture', () => spawnNode(['--test', '--test-reporter=dot', 'test/architecture.test.ts'])],
  ];
  for (const [name, step] of steps) {
    process.stdout.write(`${name}…\n`);
    const code = await step();
    if (code !== 0) return code;
  }
  process.stdout.write('All checks passed.\n');
  return 0;
}

function cdk(args) {
  return spawnNode([join(MODULES, 'aws-cdk/bin/cdk'), ...args, '--no-notices'], {
    env: { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' },
  });
}

/** Installs the locked dependencies unless the last installation was of the same lockfile. */
async function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  const stamped = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock;
  const installed = stamped ? lock : lockOfPlainInstall(lock);
  if (installed !== lock) await npmCi();
  writeFileSync(STAMP, lock);
  missingParts();
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
function missingParts() {
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
function workingNode() {
  const pinned = join(MODULES, '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  return Number(process.versions.node.split('.')[0]) >= WORKING_NODE ? process.execPath : null;
}

/** Runs the working Node, passes signals on, and answers its exit code. */
function spawnNode(nodeArgs, { stdio = 'inherit', env = {}, cwd = ROOT, onStderr } = {}) {
  const path = `${join(MODULES, '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`;
  const child = spawn(workingNode(), nodeArgs, {
    cwd,
    stdio,
    env: { ...process.env, ...env, PATH: path },
  });
  if (onStderr) eachLine(child.stderr, onStderr);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm puts a shell in between that dies of a signal without passing it on, and may itself be killed.
  const gone = process.env.npm_lifecycle_event ? callersGone() : () => false;
  const watch = setInterval(() => gone() && child.kill('SIGTERM'), 100);
  return ended(child).finally(() => clearInterval(watch));
}

/** Whether the process that started this one, or the one that started that, has ended since now. */
function callersGone() {
  const chain = () => [process.ppid, parentOf(process.ppid)].join();
  const before = chain();
  return () => chain() !== before;
}

/** The parent of another process, where the system tells. */
function parentOf(pid) {
  const file = `/proc/${pid}/stat`;
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1]
    : null;
}

function eachLine(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => rest && onLine(rest));
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
