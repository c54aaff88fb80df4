import { createHash } from 'node:crypto';
import { DISPATCH } from '../contract/limits.ts';

const MAX_EVENT_SHARDS = 100;

/** The partition, of `count`, that an id belongs to: always the same, and evenly spread. */
export function shardOf(id: string, count: number): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) % count;
}

/** How many partitions the delivery rows of an event with `matched` subscriptions are spread over; at least 1. */
export function shardsFor(matched: number): number {
  return Math.min(MAX_EVENT_SHARDS, Math.max(1, Math.ceil(matched / DISPATCH.maxTargetsPerMessage)));
}
