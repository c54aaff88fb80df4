import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SynthError, synthesize } from '../../local/synth.ts';

/** An application that writes a manifest with the context it got. */
const APP = `import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync(process.env.CDK_OUTDIR, { recursive: true });
writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', process.env.CDK_CONTEXT_JSON);`;

async function withSources(work: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'fanfare-sources-'));
  try {
    for (const folder of ['bin', 'lib']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'cdk.json'), JSON.stringify({ context: { flag: true } }));
    writeFileSync(join(root, 'bin', 'app.ts'), APP);
    await work(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('the template is made with the context of cdk.json, and again only when a source changed', () =>
  withSources(async (root) => {
    let made = 0;
    const synth = () => synthesize(root, () => made++);
    const first = await synth();
    assert.deepEqual(JSON.parse(readFileSync(join(first, 'manifest.json'), 'utf8')), {
      flag: true,
      console: false,
      // One machine is one origin, and holds few functions.
      quotas: { subscriptionsPerOrigin: 10_000, testsPerTenant: 1, tests: 4 },
    });
    assert.equal(await synth(), first);
    assert.equal(made, 1);
    writeFileSync(join(root, 'lib', 'stack.ts'), 'export {};');
    assert.notEqual(await synth(), first);
    assert.equal(made, 2);
  }));

test('settings reach the template, which is made apart from the one without them', () =>
  withSources(async (root) => {
    const plain = await synthesize(root, () => {});
    const packed = await synthesize(root, () => {}, { deliveryLog: 'packed' });
    assert.notEqual(packed, plain);
    assert.equal(JSON.parse(readFileSync(join(packed, 'manifest.json'), 'utf8')).deliveryLog, 'packed');
    assert.equal(await synthesize(root, () => assert.fail('made again'), { deliveryLog: 'packed' }), packed);
  }));

test('several at once end with the same template', () =>
  withSources(async (root) => {
    const folders = await Promise.all([1, 2, 3].map(() => synthesize(root, () => {})));
    assert.equal(new Set(folders).size, 1);
    assert.equal(readdirSync(join(root, '.local', 'assembly')).length, 1);
  }));

test('an application that fails says why and leaves nothing behind', () =>
  withSources(async (root) => {
    writeFileSync(join(root, 'bin', 'app.ts'), "throw new Error('no such construct');");
    await assert.rejects(
      synthesize(root, () => {}),
      (error) => error instanceof SynthError && /no such construct/.test(error.message),
    );
    assert.deepEqual(readdirSync(join(root, '.local', 'assembly')), []);
  }));
