import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromItem, toItem } from '../../adapters/aws/item.ts';

test('C105: names that every object inherits are kept like any other', () => {
  for (const name of [
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'prototype',
    'name',
    'length',
  ]) {
    const values = { metadata: { [name]: 'x', other: 'y' }, [name]: 'z' };
    assert.deepEqual(fromItem(toItem(values)), values, name);
  }
  assert.deepEqual(fromItem(toItem({ constructor: '' })), { constructor: '' });
});
