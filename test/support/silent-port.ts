import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Listens with a queue of one, and takes nothing out of it. */
const LISTENER = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    // Until it is terminated.
    setImmediate(() => Atomics.wait(new Int32Array(workerData), 0, 0));
  });
`;

/** More than the queue takes. */
const CALLERS = 16;

/** A port on loopback that does not answer when somebody tries to connect, as behind a firewall that drops packets. */
export async function startSilentPort(): Promise<{ readonly port: number; close(): void }> {
  const worker = new Worker(LISTENER, { eval: true, workerData: new SharedArrayBuffer(4) });
  const [port] = (await once(worker, 'message')) as [number];
  const callers: Socket[] = [];
  for (let i = 0; i < CALLERS; i++) {
    const caller = connect(port, '127.0.0.1');
    caller.on('error', () => caller.destroy());
    callers.push(caller);
  }
  const [first] = callers;
  if (first) await once(first, 'connect');
  return {
    port,
    close: () => {
      for (const caller of callers) caller.destroy();
      void worker.terminate();
    },
  };
}
