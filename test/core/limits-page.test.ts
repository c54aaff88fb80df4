import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as LIMITS from '../../contract/limits.ts';
import { PROBLEMS } from '../../core/problem.ts';
import { ROOT } from '../support/source-files.ts';

const page = readFileSync(join(ROOT, 'docs/limits.md'), 'utf8');

/** Every constant by the name the page gives it, with its value as the page writes it. */
const constants = new Map(
  Object.entries(LIMITS).flatMap(([group, value]): (readonly [string, string])[] =>
    typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value).map(([name, one]) => [`${group}.${name}`, shown(one)] as const)
      : [[group, shown(value)]],
  ),
);

function shown(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (!Array.isArray(value)) return String(value);
  return value
    .map(shown)
    .join(', ')
    .replace(/, ([^ ]+)$/, ' and $1');
}

const rows = new Map(
  [...page.matchAll(/^\| `([A-Z_]+\.\w+)` *\| ([^|]+?) *\|/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
);

test('the page of limits names every constant of the code with its value, and none that is not there', () => {
  const named = [...constants].filter(([name]) => name.includes('.'));
  assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(named));
  for (const [name, value] of constants) {
    if (!name.includes('.')) assert.ok(page.includes(`\`${name}\` (${value}`), `${name} (${value})`);
  }
});

test('each status on the page of limits is that of the problem beside it', () => {
  const told = [...page.matchAll(/\b([45]\d\d) `([a-z-]+)`/g)];
  assert.ok(told.length > 40);
  for (const [all, status, slug = ''] of told) {
    const found = Object.entries(PROBLEMS).find(([name]) => name === slug);
    assert.equal(String(found?.[1].status), status, all);
  }
});
