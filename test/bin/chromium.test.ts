import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chromiumPlan, type Machine } from '../../bin/chromium.mjs';

const DEBIAN = 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n';

function plan(machine: Partial<Omit<Machine, 'exists'>> & { readonly files?: readonly string[] }) {
  const { files = ['/usr/bin/apt-get'], ...rest } = machine;
  return chromiumPlan({
    named: null,
    system: DEBIAN,
    isRoot: false,
    canSudo: () => false,
    exists: (path) => files.includes(path),
    ...rest,
  });
}

test('a Chromium that is there is taken, and nothing is installed', () => {
  const found = plan({ isRoot: true, files: ['/usr/bin/chromium', '/usr/bin/apt-get'] });
  assert.deepEqual(found, { kind: 'found', path: '/usr/bin/chromium' });
});

test('CHROMIUM_PATH comes first, and a wrong one is said so instead of another browser being taken', () => {
  const files = ['/opt/mine', '/usr/bin/chromium'];
  assert.deepEqual(plan({ named: '/opt/mine', files }), { kind: 'found', path: '/opt/mine' });
  const wrong = plan({ named: '/opt/other', files, isRoot: true });
  assert.equal(wrong.kind, 'none');
  assert.match(wrong.kind === 'none' ? wrong.why : '', /\/opt\/other/);
  assert.equal(plan({ named: 'off', files }).kind, 'none');
});

test("Debian's Chromium is installed by root or by sudo that asks for no password", () => {
  assert.deepEqual(plan({ isRoot: true }), { kind: 'install', before: [] });
  assert.deepEqual(plan({ canSudo: () => true }), { kind: 'install', before: ['sudo', '-n'] });
});

test('where it cannot be installed, the reason says how to get it', () => {
  const ubuntu = 'ID=ubuntu\nID_LIKE=debian\n';
  for (const refused of [
    plan({}),
    plan({ system: ubuntu, isRoot: true }),
    plan({ files: [], isRoot: true }),
  ]) {
    assert.match(refused.kind === 'none' ? refused.why : '', /apt-get install chromium.*CHROMIUM_PATH/);
  }
});
