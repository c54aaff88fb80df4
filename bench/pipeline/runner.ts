import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ROOT } from '../../lib/blocks/function-defaults.ts';
import { BenchError } from '../figures.ts';

const KEY = 'bench-admin-key';

/** An event as it was accepted. */
export interface AcceptedEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
}

/** A whole local runner in a process of its own, as `npm start` starts it. */
export interface LocalRunner {
  readonly pid: number;
  /** Makes a tenant's subscription; answers its id. */
  subscribe(tenant: string, url: string, more?: object): Promise<string>;
  /** Posts one event. Throws unless it was accepted. */
  post(tenant: string, data: string): Promise<AcceptedEvent>;
  stop(): Promise<void>;
}

/** Starts a runner on a free port and waits until it is ready. */
export async function startLocalRunner(): Promise<LocalRunner> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    'bin/local.ts',
    '--port',
    '0',
    '--api-key',
    KEY,
    '--quiet',
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^ready (http:\/\/\S+)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([ready, ended.then(() => null)]);
  if (url === null) throw new BenchError('the local runner ended before it was ready');
  const call = async (path: string, body: string, status: number): Promise<Record<string, string>> => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method: 'POST', headers, body });
    const text = await answer.text();
    if (answer.status !== status) throw new BenchError(`POST ${path} answered ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    pid: child.pid ?? 0,
    subscribe: async (tenant, target, more = {}) => {
      const body = JSON.stringify({ tenant, url: target, ...more });
      return (await call('/v1/subscriptions', body, 201)).id ?? '';
    },
    post: async (tenant, data) => {
      const body = `{"tenant":"${tenant}","type":"order.created","data":${data}}`;
      const { id = '', acceptedAt = '' } = await call('/v1/events', body, 202);
      return { id, acceptedAt: Date.parse(acceptedAt) };
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
