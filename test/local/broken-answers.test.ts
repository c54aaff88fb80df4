import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { type RawReceiver, startRawReceiver } from '../support/raw-receiver.ts';
import { attemptAndTest } from './attempt-and-test.ts';
import { type InProcessRunner, startInProcess } from './runner.ts';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

/** How an answer ends before its head is whole, by the path it is asked at: then there is none. */
const UNANSWERED: Readonly<Record<string, (socket: Socket) => void>> = {
  nothing: (socket) => socket.destroy(),
  'half-a-head': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-t'),
};

/** How it ends behind its head, which decides. */
const CUT: Readonly<Record<string, (socket: Socket) => void>> = {
  'head-only': (socket) => socket.end(`${HEAD}content-length: 100\r\n\r\n`),
  'half-a-body': (socket) => socket.end(`${HEAD}content-length: 100\r\n\r\nhalf`),
  'half-a-chunk': (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\n64\r\nhalf`),
  'reset-in-body': (socket) => {
    socket.write(`${HEAD}content-length: 100\r\n\r\nhalf`);
    setImmediate(() => socket.resetAndDestroy());
  },
  'slow-body': (socket) => socket.write(`${HEAD}content-length: 100\r\n\r\nhalf`),
  'bad-chunk': (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\nZZ\r\nhalf`),
};

let runner: InProcessRunner;
let receiver: RawReceiver;
before(async () => {
  runner = await startInProcess();
  receiver = await startRawReceiver((socket, request) => {
    const [, path = ''] = /^POST \/([a-z-]+) /.exec(request) ?? [];
    ({ ...UNANSWERED, ...CUT })[path]?.(socket);
  });
});
after(async () => {
  await runner.stop();
  await receiver.close();
});

for (const path of [...Object.keys(UNANSWERED), ...Object.keys(CUT)]) {
  test(`a test says of an answer that breaks off what an attempt says: ${path}`, async () => {
    const tenant = path;
    const url = receiver.url.replace('/hook', `/${path}`);
    const [kept, tried] = await attemptAndTest(runner, tenant, url, { timeoutSeconds: 2 });
    for (const { error, errorDetail, status, responseTruncated } of [kept, tried]) {
      if (path in CUT) assert.deepEqual([status, error, responseTruncated], [200, null, true]);
      else {
        assert.deepEqual([status, error, responseTruncated], [null, 'reset', false]);
        assert.match(errorDetail, /closed before an answer came/);
      }
    }
    const { number: _number, at: _at, durationMs: _took, timings: _timings, trigger: _by, ...said } = kept;
    for (const [name, value] of Object.entries(said)) assert.equal(tried[name], value, name);
  });
}
