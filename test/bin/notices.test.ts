import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BundledPackage, packagesOfConsole, packagesOfFunctions } from '../../bin/bundled-packages.ts';
import { noticesText } from '../../bin/notices-text.ts';
import { shippedScope } from '../../bin/shipped-scope.ts';
import { CONSOLE_NOTICES, FUNCTION_NOTICES } from '../../lib/blocks/function-defaults.ts';
import { ROOT } from '../support/source-files.ts';

const PACKAGE: BundledPackage = {
  name: 'a',
  version: '1.0.0',
  license: 'MIT',
  author: null,
  text: 'Text of a',
};

for (const [what, file, packages] of [
  ["Fanfare's functions", FUNCTION_NOTICES, packagesOfFunctions],
  ["Fanfare's console", CONSOLE_NOTICES, packagesOfConsole],
] as const) {
  test(`the licence notices name all that is bundled: ${what}; if not, run npm run notices`, async () => {
    const bundled = await packages();
    assert.ok(bundled.length > 20, 'something is bundled');
    assert.equal(readFileSync(join(ROOT, file), 'utf8'), noticesText(what, bundled));
  });
}

test('a package under a licence that nobody has read is refused by name', () => {
  const copyleft = { ...PACKAGE, name: 'b', license: 'AGPL-3.0' };
  assert.throws(() => noticesText('All', [PACKAGE, copyleft]), /: b \(AGPL-3\.0\)\./);
});

test('each licence stands once, under the names of all packages it is for', () => {
  const text = noticesText('All', [PACKAGE, { ...PACKAGE, name: 'c', version: '2.0.0' }]);
  assert.match(text, /^a 1\.0\.0 \(MIT\)\nc 2\.0\.0 \(MIT\)\n\nText of a\n$/m);
  assert.equal(text.split('Text of a').length, 2);
});

test('a package without a text of its own gets that of the licence it names', () => {
  const text = noticesText('All', [{ ...PACKAGE, author: 'Ada', text: null }]);
  assert.match(text, /By Ada, as the package says\.\n\nMIT License\n\nPermission is hereby granted/);
});

const SBOM = {
  serialNumber: 'urn:uuid:1',
  metadata: { timestamp: 'now', component: { name: 'folder' } },
  components: [
    { name: 'a', version: '1.0.0', scope: 'required' },
    { name: 'a', version: '2.0.0', scope: 'required' },
  ],
};

test('a bill of materials tells what is bundled from what only builds and tests, and is the same each time', () => {
  const made = shippedScope(SBOM, [PACKAGE]);
  assert.deepEqual(made, {
    metadata: { component: { name: 'fanfare' } },
    components: [
      { name: 'a', version: '1.0.0', scope: 'required' },
      { name: 'a', version: '2.0.0', scope: 'excluded' },
    ],
  });
});

test('a bill of materials that does not name something bundled is not written', () => {
  assert.throws(() => shippedScope(SBOM, [{ name: 'd', version: '1.0.0' }]), /: d@1\.0\.0\./);
});
