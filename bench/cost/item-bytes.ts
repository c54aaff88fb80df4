import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { INDEXES, KEYS } from '../../contract/tables.ts';

/** What DynamoDB adds to each item, and to each item of an index, when it bills storage. */
const STORED_OVERHEAD_BYTES = 100;

type Item = Readonly<Record<string, AttributeValue>>;

/**
 * Size of an item: names and values, numbers in about half a byte a digit.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

/** What an item takes on disk, with its copies in indexes. */
export function storedBytes(item: Item): number {
  const copies = Object.values(INDEXES)
    .filter((index) => item[index.partition] !== undefined && item[index.sort] !== undefined)
    .map((index) => itemBytes(projected(item, index)) + STORED_OVERHEAD_BYTES);
  return itemBytes(item) + STORED_OVERHEAD_BYTES + copies.reduce((sum, bytes) => sum + bytes, 0);
}

function projected(item: Item, index: (typeof INDEXES)[keyof typeof INDEXES]): Item {
  if (!('attributes' in index)) return item;
  const kept = new Set<string>([KEYS.partition, KEYS.sort, index.partition, index.sort, ...index.attributes]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => kept.has(name)));
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/^-?0*|[.]/g, '').length / 2) + 1;
  // In a request binary values are text.
  if (value.B !== undefined) return Buffer.from(String(value.B), 'base64').length;
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + valueBytes(one) + 1, 3);
  if (value.M !== undefined) return itemBytes(value.M) + Object.keys(value.M).length + 3;
  return 1;
}
