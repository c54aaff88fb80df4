/** A reporter for Node's test runner that writes one line at the end: how many tests passed and failed. */
export default async function* countReporter(source) {
  let pass = 0;
  let fail = 0;
  for await (const { type, data } of source) {
    // A suite and a file are counted by what is in them, unless they failed on their own.
    if (data?.details?.type === 'suite') continue;
    if (type === 'test:pass') pass++;
    if (type === 'test:fail') fail++;
  }
  yield `fanfare-count ${pass} ${fail}\n`;
}
