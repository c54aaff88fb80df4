// The browser that the console's tests run in: found, or installed where that is possible. Plain JavaScript, as in
// `launch.mjs`, which runs before the pinned Node is there.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** A mirror that does not answer is given up soon; another installation under way is waited for. */
const APT = ['-q', '-o', 'Acquire::http::Timeout=30', '-o', 'DPkg::Lock::Timeout=60'];
const HOW =
  'Install one (Debian: apt-get install chromium) or name one in CHROMIUM_PATH, then run npm test again.';

/** What this machine offers, for `chromiumPlan`. */
export function thisMachine() {
  return {
    named: process.env.CHROMIUM_PATH ?? null,
    exists: existsSync,
    system: existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
    isRoot: process.getuid?.() === 0,
    canSudo: () => spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0,
  };
}

/** Where Chromium is, or how to get it, or why there is none. */
export function chromiumPlan({ named, exists, system, isRoot, canSudo }) {
  if (named === 'off') return { kind: 'none', why: 'CHROMIUM_PATH=off asks for no browser.' };
  if (named) {
    if (exists(named)) return { kind: 'found', path: named };
    return { kind: 'none', why: `CHROMIUM_PATH names ${named}, and nothing is there.` };
  }
  const path = PLACES.find((place) => exists(place));
  if (path) return { kind: 'found', path };
  // Elsewhere the package of this name is another thing: on Ubuntu it only sends for a snap.
  if (!/^ID=debian$/m.test(system) || !exists('/usr/bin/apt-get')) {
    return { kind: 'none', why: `No Chromium was found. ${HOW}` };
  }
  if (isRoot) return { kind: 'install', before: [] };
  if (canSudo()) return { kind: 'install', before: ['sudo', '-n'] };
  return { kind: 'none', why: `No Chromium was found, and installing one needs root. ${HOW}` };
}

/** Finds Chromium or installs Debian's, telling how far it is. Answers its path, or why there is none. */
export async function prepareChromium() {
  const plan = chromiumPlan(thisMachine());
  if (plan.kind !== 'install') return plan;
  const wanted = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'];
  for (const args of [['update'], wanted]) {
    const { code, output } = await aptGet(plan.before, args);
    if (code !== 0) {
      const last = output.trim().split('\n').at(-1);
      return { kind: 'none', why: `apt-get ${args[0]} failed (${last}). ${HOW}` };
    }
  }
  const after = chromiumPlan(thisMachine());
  return after.kind === 'found' ? after : { kind: 'none', why: `apt-get installed no Chromium. ${HOW}` };
}

async function aptGet(before, args) {
  const began = Date.now();
  const tick = () => {
    const line = `Installing Chromium for the console's tests (once, about 110 MB)… ${Math.round((Date.now() - began) / 1000)} s`;
    process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`);
  };
  const timer = setInterval(tick, process.stderr.isTTY ? 1000 : 5000);
  tick();
  const [command, ...rest] = [...before, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...APT, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(timer);
  if (process.stderr.isTTY) process.stderr.write('\n');
  return { code, output };
}
