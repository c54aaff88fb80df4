import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';

/** What a template and the bundles in it are made from. */
const SOURCES = [
  'bin/app.ts',
  'lib',
  'contract',
  'lambdas',
  'core',
  'adapters',
  'cdk.json',
  'package-lock.json',
];
const LEFT_OUT = /(^|\/)(node_modules|dist|cdk\.out|\.local)(\/|$)/;
/** Assemblies that are kept: a runner that is up still starts environments from its own. */
const KEPT = 5;

/** Left out of the template: the runner serves the page by itself, and nothing here stands in for CloudFront. */
const WITHOUT = { console: false };
/**
 * All receivers of a laptop are at one or two origins, and none of them is somebody else's; environments are few, so
 * tests that hang would soon use them up. Two tenants can't take all the places.
 */
const ROOM = { quotas: { subscriptionsPerOrigin: 10_000, testsPerTenant: 1, tests: 4 } };

/** Synthesizing failed; the message is CDK's own. */
export class SynthError extends Error {
  override readonly name = 'SynthError';
}

/**
 * The folder of the cloud assembly for the sources as they are, made anew only when one of them changed. The
 * application is run directly, which takes half the time of `cdk synth` and gives the same template; `settings` are
 * what `-c` would give it.
 */
export async function synthesize(
  root: string,
  onWork: () => void,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const all = join(root, '.local', 'assembly');
  const folder = join(all, hashOf(root, settings));
  if (existsSync(join(folder, 'manifest.json'))) return folder;
  onWork();
  mkdirSync(all, { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    await runApp(root, draft, settings);
    putInPlace(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  forgetOldest(all);
  return folder;
}

/** Another runner may be quicker at any moment; the two are the same. */
function putInPlace(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'manifest.json'))) throw error;
  }
}

function hashOf(root: string, settings: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256')
    .update(process.version)
    .update(JSON.stringify([WITHOUT, ROOM, settings]));
  for (const path of SOURCES.flatMap((source) => filesBelow(root, source))) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(root: string, path: string): readonly string[] {
  if (!existsSync(join(root, path)) || LEFT_OUT.test(path)) return [];
  if (statSync(join(root, path)).isFile()) return [path];
  const names = readdirSync(join(root, path)).sort();
  return names.flatMap((name) => filesBelow(root, `${path}/${name}`));
}

function runApp(root: string, outdir: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  const child = spawn(process.execPath, [join(root, 'bin', 'app.ts')], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...WITHOUT, ...ROOM, ...settings }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new SynthError(`the template could not be made\n${said.trim()}`));
    });
  });
}

function forgetOldest(all: string): void {
  const folders = readdirSync(all)
    .map((name) => join(all, name))
    // Another runner may have put its draft in place since, or removed it.
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of folders.slice(KEPT)) rmSync(path, { recursive: true, force: true });
}
