import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from '../../local/data-folder.ts';
import { Gateway } from '../../local/http/gateway.ts';
import type { FunctionError } from '../../local/lambda/outcome.ts';
import { LogFiles } from '../../local/logs.ts';
import { LocalMetrics } from '../../local/metrics/metrics.ts';
import { type RunningStack, startStack, startStandIns } from '../../local/stack.ts';
import { readAssembly } from '../../local/template/assembly.ts';
import { type SmallAssembly, writeAssembly } from './small-assembly.ts';

/** A small assembly, running. Close it when done. */
export interface SmallStack {
  readonly url: string;
  readonly stack: RunningStack;
  /** Lines the functions wrote, each after its function's name. */
  readonly lines: readonly string[];
  readonly failures: readonly FunctionError[];
  close(): Promise<void>;
}

/** Writes a small assembly and runs it. State is kept in `data` if a folder is named. */
export async function startSmallStack(
  assembly: SmallAssembly,
  dataPath: string | null = null,
): Promise<SmallStack> {
  const folder = writeAssembly(assembly);
  const data = openDataFolder(dataPath);
  const standIns = await startStandIns(data);
  const gateway = new Gateway();
  const url = `http://127.0.0.1:${await gateway.listen(0)}`;
  const lines: string[] = [];
  const failures: FunctionError[] = [];
  const logs = new LogFiles(mkdtempSync(join(tmpdir(), 'fanfare-logs-')), {
    trouble: () => {},
    printed: (line, name) => lines.push(`${name} ${line}`),
  });
  const stack = await startStack(readAssembly(folder), standIns, {
    url,
    adminKey: 'admin-key',
    data,
    env: {},
    logs,
    metrics: new LocalMetrics(),
    onFailure: (_lambda, error) => failures.push(error),
  });
  gateway.serve(stack.backend, []);
  return {
    url,
    stack,
    lines,
    failures,
    close: async () => {
      await Promise.all([gateway.close(0), stack.stop(0)]);
      await Promise.all([standIns.queues.close(), standIns.dynamo.close()]);
      data.release();
      logs.close();
      rmSync(logs.folder, { recursive: true });
      rmSync(folder, { recursive: true });
    },
  };
}
