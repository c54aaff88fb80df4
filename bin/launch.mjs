#!/usr/bin/env node
// Runs on whatever Node >= 20 a newcomer has, with nothing installed: installs what is missing, then hands over
// to the Node release that AWS Lambda runs, which npm brings along. Plain JavaScript, because Node 20 reads no types.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareChromium } from './chromium.mjs';
import { ended, install, MODULES, ROOT, stop, workingNode } from './install.mjs';

const OLDEST_NODE = 20;

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
  notices: (args) => spawnNode([join(ROOT, 'bin/notices.ts'), ...args]),
  sbom: (args) => spawnNode([join(ROOT, 'bin/sbom.ts'), ...args]),
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
await install(command);
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
