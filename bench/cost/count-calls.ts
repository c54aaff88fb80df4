import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isObject, type Json } from '../../local/template/json.ts';
import type { Call } from './counting-proxy.ts';
import { itemBytes, storedBytes } from './item-bytes.ts';
import { MODEL } from './model.ts';
import type { Line, Usage } from './usage.ts';

type Item = Readonly<Record<string, AttributeValue>>;

const GB = 2 ** 30;
/** Each such part of a request is billed as one. */
const SQS_CHUNK_BYTES = 64 * 1024;
const READS = new Set(['GetItem', 'BatchGetItem', 'Query']);

/** Names of the three tables here, by what is in them. */
export interface TableNames {
  readonly events: string;
  readonly deliveries: string;
}

/** Asks the stand-in for the units each call consumes, indexes included. */
export function askForCapacity(input: Record<string, unknown>): void {
  input.ReturnConsumedCapacity = 'INDEXES';
}

/** Counts the units and the bytes kept of a call to DynamoDB. */
export function countDynamo(
  usage: Usage,
  names: TableNames,
  { operation, input, output, status }: Call,
): void {
  const price = READS.has(operation) ? 'dynamodb.read' : 'dynamodb.write';
  const lineOf = (table: string): Line => {
    if (READS.has(operation)) return 'subscription reads';
    if (table === names.events) return 'event record';
    return table === names.deliveries ? 'delivery log' : 'health and pace';
  };
  for (const { table, units } of consumed(output)) usage.add(lineOf(table), price, units);
  if (status !== 200) {
    // A condition that is not met is billed like the write it stood before.
    const [table] = tablesIn(input);
    const bytes = itemBytes(isObject(input.Item) ? (input.Item as Item) : {});
    usage.add(lineOf(table ?? ''), price, Math.max(1, Math.ceil(bytes / 1024)));
    return;
  }
  for (const { table, item } of putsIn(input)) {
    if (table !== names.events && table !== names.deliveries) continue;
    usage.add(lineOf(table), 'dynamodb.gbMonth', (storedBytes(item) / GB) * MODEL.keptMonths);
  }
}

/**
 * Counts a call of a function to SQS: of a batch of messages sent, parts of 64 KB, all of its messages together. What a
 * run receives and deletes by itself has no bodies on its way there.
 */
export function countQueueCall(usage: Usage, { input }: Call): void {
  const entries = (input.Entries ?? []) as readonly { readonly MessageBody?: string }[];
  const bytes = entries.reduce((sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody), 0);
  countRequest(usage, queueLine(String(input.QueueUrl)), bytes);
}

/** Counts what it takes to receive and delete messages: two requests for up to ten. */
export function countReceive(usage: Usage, queueName: string, bodies: readonly string[]): void {
  const bytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  countRequest(usage, queueLine(queueName), bytes);
  countRequest(usage, queueLine(queueName), 0);
}

/** Counts a run's log lines. */
export function countLogs(
  usage: Usage,
  line: Line,
  { lines, bytes }: { lines: number; bytes: number },
): void {
  const gb = (bytes + lines * MODEL.logLineBytes) / GB;
  usage.add(line, 'logs.gb', gb);
  usage.add(line, 'logs.gbMonth', gb * MODEL.logCompression);
}

/** Every queue is a fair one here; that receiving and deleting cost the extra as well is the dearer reading. */
function countRequest(usage: Usage, line: Line, bytes: number): void {
  const requests = Math.max(1, Math.ceil(bytes / SQS_CHUNK_BYTES));
  usage.add(line, 'sqs.request', requests);
  usage.add(line, 'sqs.fair', requests);
}

function queueLine(name: string): Line {
  return /Events/.test(name.split('/').at(-1) ?? '') ? 'events queue' : 'deliveries queue';
}

function consumed(output: Json): readonly { table: string; units: number }[] {
  const capacity = output.ConsumedCapacity;
  const all = Array.isArray(capacity) ? capacity : capacity === undefined ? [] : [capacity];
  return all.map((one: Json) => ({ table: String(one.TableName), units: Number(one.CapacityUnits) }));
}

function tablesIn(input: Json): readonly string[] {
  return typeof input.TableName === 'string' ? [input.TableName] : Object.keys(input.RequestItems ?? {});
}

function putsIn(input: Json): readonly { table: string; item: Item }[] {
  if (isObject(input.Item)) return [{ table: String(input.TableName), item: input.Item as Item }];
  if (!isObject(input.RequestItems)) return [];
  return Object.entries(input.RequestItems).flatMap(([table, requests]) =>
    (Array.isArray(requests) ? requests : []).flatMap((request: { PutRequest?: { Item: Item } }) =>
      request.PutRequest ? [{ table, item: request.PutRequest.Item }] : [],
    ),
  );
}
