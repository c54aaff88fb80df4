import { randomBytes } from 'node:crypto';
import { toEvent } from '../../local/http/payload.ts';
import { sqsEvent } from '../../local/lambda/sqs-event.ts';
import { resourcesOf } from '../../local/template/assembly.ts';
import { isObject } from '../../local/template/json.ts';
import { countLogs, countReceive } from './count-calls.ts';
import type { Endpoints } from './endpoints.ts';
import { FunctionProcess, type Run } from './function-process.ts';
import { billedMs, MODEL } from './model.ts';
import { type Line, Usage } from './usage.ts';
import type { World } from './world.ts';

const GB = 2 ** 30;
const HTTP_CHUNK_BYTES = 512 * 1024;
const RUNS: Readonly<Record<string, Line>> = {
  ingest: 'ingest runs',
  'fan-out': 'fan-out runs',
  dispatch: 'dispatch runs',
};

/** As long as the ids that HTTP APIs give requests: 16 characters of base64. They are in logs, messages and records. */
function requestIdLikeAws(): string {
  return randomBytes(11).toString('base64');
}

/**
 * The pipeline, moved by hand: what API Gateway and the event source mappings do, done and counted here, so that how
 * full a batch is follows from the scenario and not from this machine's speed.
 */
export class Pipeline {
  readonly #world: World;
  readonly #endpoints: Endpoints;
  readonly #processes: ReadonlyMap<string, FunctionProcess>;
  #apiKey: string;
  #usage = new Usage();
  #aheadMs = 0;
  /** Share of attempts that need a new connection. */
  newConnections: number = MODEL.newConnectionShare;

  private constructor(world: World, endpoints: Endpoints, processes: ReadonlyMap<string, FunctionProcess>) {
    this.#world = world;
    this.#endpoints = endpoints;
    this.#processes = processes;
    this.#apiKey = world.adminKey;
  }

  /** Starts one environment of each function; `variables` differ from the template's. */
  static async start(
    world: World,
    endpoints: Endpoints,
    variables: Readonly<Record<string, string>>,
  ): Promise<Pipeline> {
    const started = await Promise.all(
      world.functions.map(
        async (lambda) => [lambda.label, await FunctionProcess.start(lambda, variables)] as const,
      ),
    );
    const pipeline = new Pipeline(world, endpoints, new Map(started));
    // The admin key is for setting up others; what producers use is a key like this.
    const scopes = ['events:write', 'subscriptions:write'];
    const key = await pipeline.request('POST', '/v1/keys', JSON.stringify({ name: 'bench', scopes }));
    pipeline.#apiKey = isObject(key) ? String(key.key) : '';
    return pipeline;
  }

  stop(): void {
    for (const process of this.#processes.values()) process.stop();
  }

  /** Counts from here on. */
  count(): Usage {
    this.#usage = new Usage();
    this.#world.countIn(this.#usage);
    this.#endpoints.reset();
    return this.#usage;
  }

  /** Lets time pass for the functions. */
  pass(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Sends a request through the front door. Answers its body; throws unless it is taken. */
  async request(method: string, path: string, body: string): Promise<unknown> {
    const match = this.#world.router(method, path);
    const lambda = this.#world.functions.find(({ arn }) => arn === match?.route.functionArn);
    if (!match || !lambda) throw new Error(`no route for ${method} ${path}`);
    const headers = { authorization: `Bearer ${this.#apiKey}`, 'content-type': 'application/json' };
    const rawHeaders = Object.entries({ ...headers, host: 'api.example.com' }).flat();
    const request = {
      method,
      target: path,
      rawHeaders,
      body: Buffer.from(body),
      sourceIp: '203.0.113.7',
      protocol: 'HTTP/1.1',
    };
    const { result } = await this.#run(lambda.label, toEvent(request, match, requestIdLikeAws(), new Date()));
    if (!isObject(result) || Number(result.statusCode) >= 300)
      throw new Error(`refused: ${JSON.stringify(result)}`);
    const parts = Math.max(1, Math.ceil(body.length / HTTP_CHUNK_BYTES));
    this.#usage.add('front door', 'apigw.request', parts);
    countLogs(this.#usage, 'front door', { lines: 1, bytes: this.#accessLogBytes() });
    return JSON.parse(String(result.body));
  }

  /** Has functions work until all queues between the stages are empty; time passes for messages that wait for theirs. */
  async drain(): Promise<void> {
    do await this.drainVisible();
    while (this.#release() > 0);
  }

  /** Has functions work until no message is left that may be received now. */
  async drainVisible(): Promise<void> {
    for (;;) {
      const waiting = this.#world.mappings.filter(
        ({ queueArn }) => this.#queue(queueArn).messages.length > 0,
      );
      if (waiting.length === 0) return;
      await Promise.all(waiting.map((mapping) => this.#work(mapping)));
    }
  }

  /** Lets time pass, after which every message that waits may be received. Answers how many there are. */
  wait(ms: number): number {
    return this.#release(ms);
  }

  /** Adds what attempts sent out since counting began. */
  countEgress(): void {
    const { requests, bytes } = this.#endpoints.seen;
    const around = MODEL.framingBytes + this.newConnections * MODEL.newConnectionBytes;
    this.#usage.add('egress', 'egress.gb', (bytes + requests * around) / GB);
  }

  async #work({ queueArn, functionArn, batchSize }: World['mappings'][number]): Promise<void> {
    const { server, functions } = this.#world;
    const queue = this.#queue(queueArn);
    const batch = server.receive(queue, Math.min(10, batchSize));
    const lambda = functions.find(({ arn }) => arn === functionArn);
    if (batch.length === 0 || !lambda) return;
    countReceive(
      this.#usage,
      queueArn,
      batch.map(({ message }) => message.body),
    );
    const before = this.#endpoints.seen.requests;
    const run = await this.#run(lambda.label, sqsEvent(batch, queueArn));
    const failures = isObject(run.result) ? run.result.batchItemFailures : null;
    if (!Array.isArray(failures) || failures.length > 0)
      throw new Error(`${lambda.label} failed on messages`);
    this.#addConnections(this.#endpoints.seen.requests - before, lambda.memoryMb);
    for (const { receiptHandle } of batch) queue.deleteMessage(receiptHandle);
  }

  async #run(label: string, event: unknown): Promise<Run> {
    const lambda = this.#world.functions.find((one) => one.label === label);
    const process = this.#processes.get(label);
    if (!lambda || !process) throw new Error(`there is no function ${label}`);
    const run = await process.run(event, this.#aheadMs);
    const line = RUNS[label];
    if (line === undefined) return run;
    this.#usage.add(line, 'lambda.request', 1);
    this.#usage.add(
      line,
      'lambda.gbSecond',
      ((billedMs(run, lambda.memoryMb) / 1000) * lambda.memoryMb) / 1024,
    );
    countLogs(this.#usage, 'function logs', run);
    return run;
  }

  /** The endpoints here speak plain HTTP; what TLS connections would take is added. */
  #addConnections(attempts: number, memoryMb: number): void {
    const cpuMs = attempts * this.newConnections * MODEL.tlsConnectMs;
    const ms = billedMs({ wallMs: cpuMs, cpuMs }, memoryMb);
    this.#usage.add('dispatch runs', 'lambda.gbSecond', ((ms / 1000) * memoryMb) / 1024);
  }

  #queue(queueArn: string) {
    const queue = this.#world.queues.get(queueArn);
    if (!queue) throw new Error(`there is no queue ${queueArn}`);
    return queue;
  }

  /** Makes all messages that wait visible, after the time that the last of them has to wait unless told otherwise. */
  #release(ms?: number): number {
    const delayed = [...this.#world.queues.values()].flatMap((queue) => queue.delayedMessages);
    this.pass(ms ?? Math.max(0, ...delayed.map(({ delayUntil = 0 }) => delayUntil - Date.now())));
    for (const message of delayed) message.delayUntil = 0;
    for (const queue of this.#world.queues.values()) queue.processTimers();
    return delayed.length;
  }

  /** The template's format, each placeholder as long as what mostly stands there. */
  #accessLogBytes(): number {
    const [[, stage] = []] = resourcesOf(this.#world.template, 'AWS::ApiGatewayV2::Stage');
    const settings = isObject(stage?.AccessLogSettings) ? stage.AccessLogSettings : {};
    const filled = (placeholder: string): string => MODEL.accessLog[placeholder] ?? 'x'.repeat(14);
    return String(settings.Format ?? '').replace(/\$context\.[\w.]+/g, filled).length;
  }
}
