import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions, UsageError } from '../../local/options.ts';

const DEFAULTS = { port: 3000, apiKey: null, demo: true, data: null, quiet: false, verbose: false };

test('without options the runner serves port 3000, in memory, with the demo', () => {
  assert.deepEqual(readOptions([], {}), DEFAULTS);
});

test('options are read from the command line', () => {
  assert.deepEqual(
    readOptions(['--port', '0', '--api-key', 'k', '--no-demo', '--data', 'd', '--verbose'], {}),
    {
      port: 0,
      apiKey: 'k',
      demo: false,
      data: 'd',
      quiet: false,
      verbose: true,
    },
  );
  assert.deepEqual(readOptions(['--quiet'], {}), { ...DEFAULTS, quiet: true, demo: false });
  assert.deepEqual(readOptions(['--delivery-log', 'failures', '--verify-endpoints'], {}), {
    ...DEFAULTS,
    deliveryLog: 'failures',
    verifyEndpoints: true,
  });
  assert.equal(readOptions(['--help'], {}), 'help');
});

test('variables stand in for options, and options go first', () => {
  const env = { FANFARE_PORT: '4000', FANFARE_API_KEY: 'k', FANFARE_DATA: 'd' };
  assert.deepEqual(readOptions([], env), { ...DEFAULTS, port: 4000, apiKey: 'k', data: 'd' });
  assert.deepEqual(readOptions(['--port=5000', '--api-key=other'], env), {
    ...DEFAULTS,
    port: 5000,
    apiKey: 'other',
    data: 'd',
  });
  assert.deepEqual(readOptions([], { FANFARE_PORT: '', FANFARE_API_KEY: '', FANFARE_DATA: '' }), DEFAULTS);
});

test('an option that makes no sense is refused by name', () => {
  const refused: readonly (readonly [args: readonly string[], what: RegExp])[] = [
    [['--port', 'x'], /--port/],
    [['--port', '70000'], /--port/],
    [['--api-key', 'a b'], /--api-key/],
    [['--colour'], /--colour/],
    [['--delivery-log', 'some'], /--delivery-log takes .*failures/],
    [['start'], /start/],
    [['--data'], /--data/],
  ];
  for (const [args, what] of refused) {
    assert.throws(
      () => readOptions(args, {}),
      (error) => error instanceof UsageError && what.test(error.message),
    );
  }
});
