import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Which of two cores a process is kept on: what is measured has one for itself, all it talks to has the other. */
export type Core = 'measured' | 'others';

export interface ChildOptions {
  readonly core: Core;
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Where the child's standard output goes; what it logs is no part of the answer. */
  readonly stdout?: 'ignore' | 'inherit';
}

/** An answer as it comes back, matched to its question by number. */
interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly failure?: string;
}

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Whether processes can be kept on cores of their own here. */
export function pinning(): boolean {
  return canPin;
}

/** The command and arguments that run Node on a core of its own, where that can be had. */
export function pinned(core: Core, nodeArgs: readonly string[]): readonly [string, readonly string[]] {
  if (!canPin) return [process.execPath, nodeArgs];
  return ['taskset', ['-c', core === 'measured' ? '1' : '0', process.execPath, ...nodeArgs]];
}

/** A process of its own that answers questions; see `answerQuestions`. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #asked = 0;
  #ended: string | null = null;

  constructor(script: string, options: ChildOptions) {
    const { core, env = {}, nodeArgs = [], stdout = 'ignore' } = options;
    const [command, args] = pinned(core, [...nodeArgs, '--disable-warning=ExperimentalWarning', script]);
    this.#process = spawn(command, args, {
      env: { ...ownEnvironment(), ...env },
      stdio: ['ignore', stdout, 'inherit', 'ipc'],
    });
    this.#process.on('message', (reply: Reply) => this.#waiting.get(reply.id)?.(reply));
    this.#process.once('exit', (code, signal) => this.#lost(`${script} ended with ${code ?? signal}`));
    this.#process.once('error', (error) => this.#lost(error.message));
  }

  /** Asks, and waits for the answer. Rejects if the child failed, or ends before it answers. */
  ask<Answer>(question: object): Promise<Answer> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) return reject(new Error(this.#ended));
      this.#waiting.set(id, ({ answer, failure }) => {
        this.#waiting.delete(id);
        if (failure === undefined) resolve(answer as Answer);
        else reject(new Error(failure));
      });
      this.#process.send({ id, question });
    });
  }

  /** Ends the process; settles when it is gone. */
  async stop(): Promise<void> {
    if (this.#ended !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
  }

  #lost(why: string): void {
    this.#ended = why;
    for (const [id, tell] of this.#waiting) tell({ id, failure: why });
  }
}

/** Nothing of the caller's AWS settings reaches a child: no call can leave the machine. */
function ownEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'SystemRoot'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
