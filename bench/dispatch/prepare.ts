import { fileURLToPath } from 'node:url';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { ENV } from '../../contract/environment.ts';
import type { Bench } from '../figures.ts';
import { Child } from '../process/child.ts';
import type { Taken } from '../process/cpu.ts';
import type { Variant } from '../rounds.ts';
import type { StandIns } from '../stand-ins/stand-ins.ts';
import { dispatchInvocations, functionEnvironment } from './world.ts';

const FUNCTION_WORKER = fileURLToPath(new URL('../process/function-worker.ts', import.meta.url));
const BARE_WORKER = fileURLToPath(new URL('./bare-worker.ts', import.meta.url));
/** Node's share of the memory of a function of 512 MB, as on Lambda. */
const HEAP = '--max-old-space-size=460';

export interface FunctionOptions {
  readonly bundle: string;
  readonly events: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
}

/** Starts a function in a process of its own, with AWS played by the stand-ins. */
export async function startFunction(standIns: StandIns, options: FunctionOptions): Promise<Child> {
  const child = new Child(FUNCTION_WORKER, {
    core: 'measured',
    env: { ...functionEnvironment(standIns.awsUrl), ...options.env },
    nodeArgs: [HEAP, ...(options.nodeArgs ?? [])],
  });
  await child.ask({ kind: 'load', bundle: options.bundle, events: options.events });
  return child;
}

/** Starts dispatch as it deploys, with this delivery log. */
export function startDispatch(
  { standIns, functions }: Bench,
  options: Omit<FunctionOptions, 'bundle'> & { readonly mode: DeliveryLogMode },
): Promise<Child> {
  const { bundle, variables } = functions.dispatch;
  const env = { ...variables, ...options.env, [ENV.deliveryLog]: options.mode };
  return startFunction(standIns, { ...options, bundle, env });
}

/** A variant that runs a function so many times per round. */
export function functionVariant<Name extends string>(
  name: Name,
  child: Child,
  { invocations, unitsEach }: { readonly invocations: number; readonly unitsEach: number },
): Variant<Name> {
  return {
    name,
    run: async () => ({
      units: invocations * unitsEach,
      ...(await child.ask<Taken>({ kind: 'run', invocations })),
    }),
  };
}

/** A whole request, taken apart so that the bare loop can send it again. */
export interface Sample {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes a request apart. What the client writes itself is left out, so that it does so again. */
export function sampleOf(request: string): Sample {
  const [head = '', ...rest] = request.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  return {
    path: first.split(' ')[1] ?? '/',
    headers: Object.fromEntries(headers.filter(([name]) => name?.toLowerCase() !== 'connection')),
    body: Buffer.from(rest.join('\r\n\r\n'), 'latin1').toString(),
  };
}

/** Starts the bare loop on these ports. */
export async function startBareLoop(
  ports: readonly number[],
  sample: Sample,
  concurrency: number,
): Promise<Child> {
  const child = new Child(BARE_WORKER, { core: 'measured', nodeArgs: [HEAP] });
  await child.ask({ kind: 'prepare', ports, concurrency, ...sample });
  return child;
}

/** Events for dispatch: ten messages, each for all the subscriptions. */
export function eventsFor(
  subscriptions: readonly { readonly id: string }[],
  messages = 10,
): readonly string[] {
  return dispatchInvocations(
    8,
    subscriptions.map(({ id }) => id),
    messages,
  );
}
