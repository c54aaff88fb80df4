import { fileURLToPath } from 'node:url';
import { Child } from '../process/child.ts';
import type { AwsCounts, AwsRecords } from './aws.ts';
import type { SinkCounts, SinkOptions } from './sink.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** What came in since it was last asked. */
export interface Came {
  readonly aws: AwsCounts;
  readonly sink: SinkCounts;
}

/** Receivers and AWS, in a process of their own beside what is measured. */
export class StandIns {
  readonly #child: Child;
  /** Address of every AWS service. */
  readonly awsUrl: string;

  private constructor(child: Child, port: number) {
    this.#child = child;
    this.awsUrl = `http://127.0.0.1:${port}`;
  }

  /** Starts the process. */
  static async start(): Promise<StandIns> {
    const child = new Child(MAIN, { core: 'others' });
    const { port } = await child.ask<{ port: number }>({ kind: 'start' });
    return new StandIns(child, port);
  }

  /** Opens a receiver; answers its ports. */
  async openSink(name: string, options: SinkOptions): Promise<readonly number[]> {
    return (await this.#child.ask<{ ports: readonly number[] }>({ kind: 'open-sink', name, options })).ports;
  }

  /** Puts items on record in AWS's place. */
  async use(records: AwsRecords): Promise<void> {
    await this.#child.ask({ kind: 'use', records });
  }

  /** What came to a receiver and to AWS since this was last asked. */
  take(sink: string): Promise<Came> {
    return this.#child.ask<Came>({ kind: 'take', sink });
  }

  /**
   * Does `work` while receivers never sleep. To wake one up takes ten microseconds and more of the processor time of
   * whoever sends to it, the more often the slower he is: a bare loop keeps receivers busy, dispatch lets them nod off.
   */
  async whileAwake<T>(work: () => Promise<T>): Promise<T> {
    await this.#child.ask({ kind: 'stay-awake', awake: true });
    try {
      return await work();
    } finally {
      await this.#child.ask({ kind: 'stay-awake', awake: false });
    }
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
