import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { KEYS } from '../../contract/tables.ts';
import { listen } from '../../local/loopback.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** Everything the stand-in has on record. Binary values travel as base64, as on the wire. */
export interface AwsRecords {
  /** Items of the subscriptions table; keys that are not here do not exist. */
  readonly items: readonly Item[];
  /** The data key that KMS gives, base64. */
  readonly dataKey: string;
  /** How often a query meets a tenant's subscriptions, under other ids each time. @default 1 */
  readonly repeated?: number;
}

/** Calls since last asked, by operation, and the items they wrote. */
export interface AwsCounts {
  readonly calls: Readonly<Record<string, number>>;
  /** Bytes of request bodies, by operation. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly itemsPut: number;
  /** Messages of events that fan-out put back. */
  readonly putBack: readonly string[];
}

const PUT = Buffer.from('"PutRequest"');
/** DynamoDB ends a page of a query at 1 MB. */
const PAGE_BYTES = 1_000_000;

/**
 * Answers SQS, DynamoDB and KMS at once and as cheaply as it can: writes are counted and forgotten, reads come
 * from a fixed set of items. For measuring what a function itself costs; what the services do is not imitated.
 */
export class AwsStandIn {
  readonly #calls = new Map<string, number>();
  readonly #bytes = new Map<string, number>();
  #itemsPut = 0;
  #putBack: string[] = [];
  #records: AwsRecords = { items: [], dataKey: '' };
  #byKey = new Map<string, Item>();
  /** Subscriptions of each tenant, in the order of their ids, with the size of each. */
  #lists = new Map<string, readonly { readonly item: Item; readonly bytes: number }[]>();

  /** Starts listening on loopback; answers the port. */
  async start(): Promise<number> {
    const server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
        add(this.#calls, operation, 1);
        add(this.#bytes, operation, body.length);
        const answer = Buffer.from(JSON.stringify(this.#answer(operation, body)));
        const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': answer.length };
        response.writeHead(200, headers).end(answer);
      });
    });
    server.keepAliveTimeout = 60_000;
    return listen(server, 0);
  }

  /** Puts other items on record. */
  use(records: AwsRecords): void {
    this.#records = records;
    this.#byKey = new Map(records.items.map((item) => [keyOf(item), item]));
    const subscriptions = records.items.filter((item) => item[KEYS.sort]?.S?.startsWith('SUB#'));
    const sized = subscriptions.map((item) => ({ item, bytes: JSON.stringify(item).length }));
    this.#lists = Map.groupBy(sized, ({ item }) => item[KEYS.partition]?.S ?? '');
  }

  /** What was called since the last time this was asked. */
  take(): AwsCounts {
    const counts = {
      calls: Object.fromEntries(this.#calls),
      bytes: Object.fromEntries(this.#bytes),
      itemsPut: this.#itemsPut,
      putBack: this.#putBack,
    };
    this.#putBack = [];
    this.#calls.clear();
    this.#bytes.clear();
    this.#itemsPut = 0;
    return counts;
  }

  #answer(operation: string, body: Buffer): object {
    switch (operation) {
      case 'BatchWriteItem':
        this.#itemsPut += occurrences(body, PUT);
        return { UnprocessedItems: {} };
      case 'PutItem':
        this.#itemsPut++;
        return {};
      case 'BatchGetItem':
        return this.#batchGet(JSON.parse(body.toString()));
      case 'GetItem': {
        const Item = this.#byKey.get(keyOf(JSON.parse(body.toString()).Key));
        return Item ? { Item } : {};
      }
      case 'Query':
        return this.#query(JSON.parse(body.toString()));
      case 'Decrypt':
        return { KeyId: 'key', Plaintext: this.#records.dataKey };
      case 'SendMessageBatch':
        return this.#sent(JSON.parse(body.toString()));
      case 'SendMessage':
        return { MessageId: 'm', MD5OfMessageBody: md5(JSON.parse(body.toString()).MessageBody) };
      default:
        return {};
    }
  }

  #batchGet(input: { RequestItems: Record<string, { Keys: readonly Item[] }> }): object {
    const found = Object.entries(input.RequestItems).map(([table, { Keys }]) => [
      table,
      Keys.map((key) => this.#byKey.get(keyOf(key))).filter((item) => item !== undefined),
    ]);
    return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
  }

  #sent({ Entries }: { Entries: readonly { Id: string; MessageBody: string }[] }): object {
    for (const { MessageBody } of Entries) if (PROGRESS.test(MessageBody)) this.#putBack.push(MessageBody);
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: md5(MessageBody),
    }));
    return { Successful, Failed: [] };
  }

  /** Only the list of a tenant's subscriptions is ever asked for. */
  #query({ ExclusiveStartKey: start, ExpressionAttributeValues: values }: QueryInput): object {
    const list = this.#lists.get(values?.[':tenant']?.S ?? '') ?? [];
    const count = list.length * (this.#records.repeated ?? 1);
    const Items: Item[] = [];
    let at = start === undefined ? 0 : 1 + Number(start.at?.N ?? PLACE.exec(start[KEYS.sort]?.S ?? '')?.[1]);
    for (let bytes = 0; at < count; at++) {
      const next = list[at % list.length];
      bytes += next?.bytes ?? 0;
      if (next === undefined || bytes > PAGE_BYTES) break;
      Items.push(this.#records.repeated === undefined ? next.item : copyOf(next.item, at));
    }
    const last = { at: { N: String(at - 1) } };
    return { Items, Count: Items.length, ...(at < count ? { LastEvaluatedKey: last } : {}) };
  }
}

/** What the header of such a message has. */
const PROGRESS = /^[^\n]*"progress":\{/;

/** Where in a list that is repeated a copy stands: its id ends so. */
const PLACE = /-(\d{7})$/;

function copyOf(item: Item, at: number): Item {
  const end = `-${String(at).padStart(7, '0')}`;
  return { ...item, id: { S: `${item.id?.S}${end}` } };
}

interface QueryInput {
  readonly ExclusiveStartKey?: Item;
  readonly ExpressionAttributeValues?: Item;
}

/** The SDK compares it. */
function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function keyOf(item: Item): string {
  return `${item[KEYS.partition]?.S}\n${item[KEYS.sort]?.S}`;
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function occurrences(bytes: Buffer, part: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(part); at >= 0; at = bytes.indexOf(part, at + part.length)) count++;
  return count;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
