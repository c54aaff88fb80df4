import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Screen } from '../../local/screen.ts';

/** What is written to standard output while `work` runs, on a terminal of 40 columns or in a pipe. */
function shownBy(isTTY: boolean, work: () => void): string {
  const { stdout } = process;
  const before = { isTTY: stdout.isTTY, columns: stdout.columns, write: stdout.write };
  let shown = '';
  Object.assign(stdout, {
    isTTY,
    columns: 40,
    write: (text: string) => {
      shown += text;
      return true;
    },
  });
  try {
    work();
  } finally {
    Object.assign(stdout, before);
  }
  // Without colours.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of
  return shown.replace(/\x1b\[\d+m/g, '');
}

const CLEAR = '\r\x1b[2K';

test('the last line of a terminal is replaced, cut to its width, and kept below what is said', () => {
  const shown = shownBy(true, () => {
    const screen = new Screen(false);
    screen.status('1.0 events/s');
    screen.status(`2.0 events/s ${'x'.repeat(60)}`);
    screen.say('hello');
  });
  const cut = `2.0 events/s ${'x'.repeat(60)}`.slice(0, 39);
  assert.equal(shown, `${CLEAR}1.0 events/s${CLEAR}${cut}${CLEAR}hello\n${CLEAR}${cut}`);
});

test('there is no such line in a pipe, nor when quiet', () => {
  assert.equal(
    shownBy(false, () => new Screen(false).status('1.0 events/s')),
    '',
  );
  assert.equal(
    shownBy(true, () => new Screen(true).status('1.0 events/s')),
    '',
  );
});
