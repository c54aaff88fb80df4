import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** One call of the SDK, on its way out. */
export interface Call<Input, Output> {
  /** Such as `BatchWriteItemCommand`. */
  readonly command: string;
  readonly input: Input;
  /** Makes the call, with another input if one is given, and answers its output. */
  pass(input?: Input): Promise<Output>;
}

type Next = (args: { input: unknown }) => Promise<{ output: unknown }>;

/** What an SDK client's middleware stack comes to, whatever the commands. */
interface Stack {
  add(middleware: (next: Next, context: { commandName?: string }) => unknown, options: object): void;
  remove(name: string): boolean;
}

let count = 0;

/**
 * Stands between a client and its service, for faults that no stand-in makes. Answers outputs; call the
 * result to step aside.
 */
export function interpose<Input, Output>(
  client: DynamoDBClient | SQSClient,
  answer: (call: Call<Input, Output>) => Promise<Partial<Output>>,
): () => void {
  const name = `interposed-${count++}`;
  const stack = client.middlewareStack as unknown as Stack;
  stack.add(
    (next, context) => async (args: { input: Input }) => {
      const pass = async (input: Input = args.input): Promise<Output> =>
        (await next({ ...args, input })).output as Output;
      const output = await answer({ command: context.commandName ?? '', input: args.input, pass });
      return { output, response: {} };
    },
    { step: 'initialize', name },
  );
  return () => void stack.remove(name);
}
