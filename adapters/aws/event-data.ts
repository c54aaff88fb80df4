import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, brotliDecompress, constants } from 'node:zlib';
import type { Item } from './item.ts';

/**
 * Data longer than this is stored compressed: DynamoDB bills each KiB written, and the rest of a record takes a fifth
 * of the first one.
 */
const PLAIN_BYTES = 384;

/** Half way: 1 KB of JSON becomes 6 % smaller than with gzip, in the same time; above it brotli turns slow. */
const QUALITY = 5;

/** Below this, handing data to another thread takes longer than compressing it. */
const SMALL_BYTES = 16 * 1024;

/** `window` is the power of two that repetitions are looked for in; memory for all of it is set aside. */
const optionsFor = (window: number) => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: QUALITY,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_LGWIN]: window,
  },
});
const SMALL = optionsFor(14);

const compressed = promisify(brotliCompress);
const decompressed = promisify(brotliDecompress);

/** An event's data in an item: as it is, or compressed with brotli. */
export interface StoredData {
  readonly data?: string;
  readonly dataBr?: Uint8Array;
}

/** Compresses data if that makes it smaller. */
export async function storedData(data: string): Promise<StoredData> {
  const plainBytes = Buffer.byteLength(data);
  if (plainBytes <= PLAIN_BYTES) return { data };
  const dataBr =
    plainBytes > SMALL_BYTES ? await compressed(data, optionsFor(22)) : brotliCompressSync(data, SMALL);
  return dataBr.length < plainBytes ? { dataBr } : { data };
}

/** Bytes that data takes in an item. */
export function dataSize({ data, dataBr }: StoredData): number {
  return dataBr?.length ?? Buffer.byteLength(data ?? '');
}

/** The data in an item, as it was. */
export async function dataOfItem(item: Item): Promise<string> {
  if (item.dataBr?.B) return (await decompressed(item.dataBr.B)).toString('utf8');
  return item.data?.S ?? '';
}
