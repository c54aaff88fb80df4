import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compactJson,
  elementTexts,
  indentJson,
  JsonText,
  memberText,
  writeJson,
} from '../../client/json-text.ts';

const EXACT = '{"id":9007199254740993,"big":1e400,"price":1.0,"s":"a \\"b\\\\","x":1,"x":[2,{}],"none":[]}';

test('JSON text inside a body is written token for token', () => {
  assert.equal(
    writeJson({ type: 'a.b', data: new JsonText(EXACT), rest: [new JsonText('1.0')] }),
    `{"type":"a.b","data":${EXACT},"rest":[1.0]}`,
  );
  assert.throws(() => new JsonText('{"a":'), SyntaxError);
});

test('everything else is written as JSON.stringify does', () => {
  const odd = [undefined, () => 1, new Date(0), new Map([[1, 2]]), Object.create(null), 'x'];
  for (const value of [...odd, { odd }, odd, { a: undefined, toJSON: () => 7 }]) {
    assert.equal(writeJson(value), JSON.stringify(value));
  }
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(writeJson(value), JSON.stringify(value))));
});

test('laying text out changes white space alone', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 3, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      assert.equal(compactJson(text), JSON.stringify(value));
      assert.equal(indentJson(text), JSON.stringify(value, null, 2));
    }),
  );
  assert.equal(compactJson(indentJson(EXACT)), EXACT);
});

test('a member or an element is found token for token, wherever its name stands besides', () => {
  const text = `{ "a" : {"data":0}, "da\\u0074a" : ${EXACT} , "list":["data",":",{"data":1}] }`;
  assert.equal(memberText(text, 'data'), EXACT);
  assert.equal(memberText(text, 'absent'), null);
  assert.deepEqual(elementTexts(memberText(text, 'list') ?? ''), ['"data"', '":"', '{"data":1}']);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      for (const name of Object.keys(value)) {
        if (name === '__proto__') continue;
        assert.equal(memberText(JSON.stringify(value, null, 1), name), JSON.stringify(value[name]));
      }
    }),
  );
});

test('a mebibyte of escapes, and brackets a hundred thousand deep, are read like anything else', () => {
  const long = JSON.stringify({ data: '\\"'.repeat(512 * 1024) });
  assert.equal(compactJson(long), long);
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  assert.equal(compactJson(deep), deep);
});
