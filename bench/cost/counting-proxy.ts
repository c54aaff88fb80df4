import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { LOOPBACK, listen } from '../../local/loopback.ts';
import type { Json } from '../../local/template/json.ts';

/** One call to a service, as it went by. */
export interface Call {
  /** The operation, without the service's prefix. */
  readonly operation: string;
  readonly input: Json;
  readonly output: Json;
  readonly status: number;
}

export interface CountingProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands before a stand-in and shows every call to `count`. `prepare` may change what is asked. No answer comes
 * sooner than `holdMs`, so that a run lasts as long as with the real service.
 */
export async function countingProxy(options: {
  readonly behind: string;
  readonly holdMs: number;
  readonly prepare?: (input: Record<string, unknown>, operation: string) => void;
  readonly count: (call: Call) => void;
}): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    const held = new Promise((resolve) => setTimeout(resolve, options.holdMs));
    const pass = async (): Promise<void> => {
      const operation = String(incoming.headers['x-amz-target']).replace(/^.*\./, '');
      const input = JSON.parse((await text(incoming)) || '{}');
      options.prepare?.(input, operation);
      const { status, type, body } = await forward(agent, options.behind, incoming, JSON.stringify(input));
      options.count({ operation, input, output: JSON.parse(body || '{}'), status });
      await held;
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    pass().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  const port = await listen(server, 0);
  return {
    url: `http://${LOOPBACK}:${port}`,
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function forward(agent: Agent, behind: string, incoming: IncomingMessage, body: string): Promise<Answer> {
  const kept = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];
  const headers = Object.fromEntries(
    kept.flatMap((name) =>
      incoming.headers[name] === undefined ? [] : [[name, String(incoming.headers[name])]],
    ),
  );
  return new Promise((resolve, reject) => {
    request(`${behind}${incoming.url}`, { method: 'POST', agent, headers }, (answer) => {
      text(answer).then(
        (answered) =>
          resolve({
            status: answer.statusCode ?? 502,
            type: String(answer.headers['content-type']),
            body: answered,
          }),
        reject,
      );
    })
      .on('error', reject)
      .end(body);
  });
}

async function text(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
