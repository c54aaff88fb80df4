import { hash } from 'node:crypto';
import type { Clock, Random } from './clock.ts';

/** Crockford's base 32: sorts like the number it spells, no letters that look alike. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LENGTH = 10;
const TAIL_BYTES = 10;

export type IdPrefix = 'sub' | 'dlv' | 'key' | 'tsk' | 'req' | 'run';

/** A new id: prefix, time in milliseconds (sorts by creation), 80 random bits. */
export function newId(prefix: IdPrefix, clock: Clock, random: Random): string {
  return `${prefix}_${encodeTime(clock.now())}${encodeRandom(random)}`;
}

/**
 * A new id for an event accepted at this time. The `t` tells it from ids made of something else, and from ULIDs, which
 * producers like to send: the time in it says where the event's record is.
 */
export function newEventId(acceptedAt: number, random: Random): string {
  return `evt_t${encodeTime(acceptedAt)}${encodeRandom(random)}`;
}

/** When an event was accepted, if its id is of the form that `newEventId` makes; null for all other ids. */
export function timeOfEventId(id: string): number | null {
  return id.startsWith('evt_t') ? timeOfId(id.replace('evt_t', 'evt_')) : null;
}

/**
 * The id of the delivery of `event` to `subscription`: the same each time it is asked for, and sorted by
 * the time the event was accepted.
 */
export function deliveryId(
  event: { tenant: string; id: string; acceptedAt: number },
  subscription: string,
): string {
  return `dlv_${encodeTime(event.acceptedAt)}${digest(event.tenant, event.id, subscription)}`;
}

/** Sorts before the delivery ids of events accepted at `ms` or later, and after those of earlier ones. */
export function deliveryIdBound(ms: number): string {
  return `dlv_${encodeTime(ms)}`;
}

/** The time part of a `dlv_` or other generated id, in epoch milliseconds; null if it has none. */
export function timeOfId(id: string): number | null {
  const match = /^[a-z]{3}_([0-9A-HJKMNP-TV-Z]{10})[0-9A-HJKMNP-TV-Z]{16}$/.exec(id);
  if (!match?.[1]) return null;
  let time = 0;
  for (const char of match[1]) time = time * 32 + ALPHABET.indexOf(char);
  return time;
}

/** The event id that stands for an `Idempotency-Key` of a tenant: the same for the same key. */
export function eventIdOfKey(tenant: string, key: string): string {
  return `evt_k${digest(tenant, key)}${digest('idempotency-key', tenant, key)}`;
}

/** The event id that stands for a CloudEvent's source and id, which together are unique. */
export function eventIdOfSource(source: string, id: string): string {
  return `evt_c${digest(source, id)}${digest('cloudevent', source, id)}`;
}

/** 80 bits of SHA-256 over the parts, length-prefixed so that no two lists of parts run together. */
function digest(...parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  // As text, a character for each byte: a buffer costs more to make than the hash.
  const bytes = hash('sha256', text, 'binary');
  return encodeBytes(TAIL_BYTES, (at) => bytes.charCodeAt(at));
}

/** The deliveries of an event all begin with the same time. */
let lastTime = { ms: -1, text: '' };

function encodeTime(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, text: spellTime(ms) };
  return lastTime.text;
}

function spellTime(ms: number): string {
  let rest = ms;
  let text = '';
  for (let i = 0; i < TIME_LENGTH; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** What each ten bits spell. */
const PAIRS = Array.from({ length: 1_024 }, (_, i) => ALPHABET.charAt(i >> 5) + ALPHABET.charAt(i & 31));

function encodeRandom(random: Random): string {
  const bytes = random.bytes(TAIL_BYTES);
  return encodeBytes(bytes.length, (at) => bytes[at] ?? 0);
}

/** Spells bytes, ten bits at a time: five bytes are four pairs. */
function encodeBytes(count: number, byteAt: (index: number) => number): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    buffer = (buffer << 8) | byteAt(i);
    bits += 8;
    if (bits < 10) continue;
    bits -= 10;
    text += PAIRS[buffer >> bits];
    buffer &= (1 << bits) - 1;
  }
  return text;
}
