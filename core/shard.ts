import { hash } from 'node:crypto';
import { DISPATCH } from '../contract/limits.ts';

const MAX_EVENT_SHARDS = 100;
/**
 * Subscriptions per partition, on average. A message's targets share a partition, and chance spreads them: with 80
 * expected, hardly any partition gets more than the 100 that fit one message; with 100 expected, half of them would.
 */
const TARGETS_PER_SHARD = 80;

/** The partition, of `count`, that an id belongs to: always the same, and evenly spread. */
export function shardOf(id: string, count: number): number {
  return count === 1 ? 0 : hash('sha256', id, 'buffer').readUInt32BE(0) % count;
}

/** How many partitions the delivery rows of an event with `matched` subscriptions are spread over; at least 1. */
export function shardsFor(matched: number): number {
  if (matched <= DISPATCH.maxTargetsPerMessage) return 1;
  return Math.min(MAX_EVENT_SHARDS, Math.ceil(matched / TARGETS_PER_SHARD));
}
