import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../support/source-files.ts';

const output = mkdtempSync(join(tmpdir(), 'fanfare-'));
after(() => rmSync(output, { recursive: true }));

const synth = spawnSync(process.execPath, [join(ROOT, 'bin/app.ts')], {
  cwd: tmpdir(),
  encoding: 'utf8',
  // No account, no Region, no credentials: the app must need none of them.
  env: { PATH: process.env.PATH, HOME: process.env.HOME, CDK_OUTDIR: output },
});
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

test('the app synthesizes by itself, from anywhere, and its template passes all checks', () => {
  assert.equal(synth.status, 0, synth.stderr);
  for (const { pluginName, conclusion } of read(join(output, 'validation-report.json')).pluginReports) {
    assert.equal(conclusion, 'success', pluginName);
  }
});

/** Asset folders that hold a file of this name. */
function assetsWith(file: string): readonly string[] {
  const folders = readdirSync(output).filter((name) => name.startsWith('asset.'));
  return folders.filter((name) => existsSync(join(output, name, file)));
}

test('each bundle comes with the licence notices of what is in it', () => {
  const bundles = [...assetsWith('index.mjs'), ...assetsWith('index.html')];
  assert.equal(bundles.length, 7);
  assert.deepEqual(assetsWith('third-party-notices.txt').toSorted(), bundles.toSorted());
});

test('the console is built along, without Docker and without a source map', () => {
  const [folder, ...others] = assetsWith('index.html');
  assert.deepEqual(others, []);
  const files = readdirSync(join(output, String(folder)), { recursive: true }).map(String);
  assert.ok(files.includes('icon.svg') && files.some((name) => /^assets\/index-.*\.js$/.test(name)));
  assert.deepEqual(
    files.filter((name) => name.endsWith('.map')),
    [],
  );
});

test('each function is one ES module that loads with nothing around it, and a map without sources', async () => {
  const bundles = assetsWith('index.mjs');
  assert.equal(bundles.length, 6);
  for (const bundle of bundles) {
    const files = ['index.mjs', 'index.mjs.map', 'third-party-notices.txt'];
    assert.deepEqual(readdirSync(join(output, bundle)).sort(), files);
    const { handler } = await import(pathToFileURL(join(output, bundle, 'index.mjs')).href);
    assert.equal(typeof handler, 'function');
    assert.equal(read(join(output, bundle, 'index.mjs.map')).sourcesContent, undefined);
  }
});

test('every recommended switch is on, except those that phone home', () => {
  const { context, versionReporting } = read(join(ROOT, 'cdk.json'));
  const recommended = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json');
  assert.deepEqual(context, { ...recommended, '@aws-cdk/core:enableAdditionalMetadataCollection': false });
  assert.equal(context['@aws-cdk/core:validateAgainstDefaultRules'], true);
  assert.equal(versionReporting, false);
});
