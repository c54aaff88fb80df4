import type { DeadLetterMessage, DeliveryMessage, EventMessage, TaskMessage } from '../contract/messages.ts';
import type { DeliveryRow } from './delivery.ts';

/** Header of a message on `deliveries` that is no delivery: a row of the log that could not be written when it was made. */
export interface LateRowMessage {
  readonly v: 1;
  readonly row: DeliveryRow;
}

type Header = EventMessage | DeliveryMessage | DeadLetterMessage | TaskMessage | LateRowMessage;

/** A queue message taken apart: its header, and the event's data token for token ('' for a task). */
export interface Message<H> {
  readonly header: H;
  readonly data: string;
}

/** Raised for a body that this version cannot read. The record fails and ends in the poison queue. */
export class MessageFormatError extends Error {
  override readonly name = 'MessageFormatError';
}

/**
 * Characters that SQS refuses but that may stand inside a JSON string; written as escapes, which every JSON
 * reader takes for the same character. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REFUSED_BY_SQS = /[\uFFFE\uFFFF]/g;

/** Writes the body: header line, newline, data. */
export function encodeMessage(header: Header, data: string): string {
  return escapeForSqs(`${JSON.stringify(header)}\n${data}`);
}

/** Replaces the characters SQS refuses by their JSON escapes. */
export function escapeForSqs(text: string): string {
  return text.replace(REFUSED_BY_SQS, (char) => (char === '\uFFFE' ? '\\ufffe' : '\\uffff'));
}

/** Reads a body of `events`. Throws `MessageFormatError`. */
export function decodeEventMessage(body: string): Message<EventMessage> {
  return decode<EventMessage>(
    body,
    (h) => isText(h.requestId) && isEnvelope(h.event) && isProgress(h.progress),
  );
}

/** Reads a body of `deliveries` or `slow-deliveries`. Throws `MessageFormatError`. */
export function decodeDeliveryMessage(body: string): Message<DeliveryMessage> {
  return decode<DeliveryMessage>(body, isDelivery);
}

/** Reads a body of `dead-letters`. Throws `MessageFormatError`. */
export function decodeDeadLetterMessage(body: string): Message<DeadLetterMessage> {
  return decode<DeadLetterMessage>(
    body,
    (h) => isDelivery(h) && isRecord(h.dead) && isCount(h.dead.at) && isText(h.dead.reason),
  );
}

/** Whether a body of `deliveries` holds a late row. As it was written here, a look at its beginning tells. */
export function isLateRow(body: string): boolean {
  return body.startsWith('{"v":1,"row":');
}

/** Reads a late row. Throws `MessageFormatError`. */
export function decodeLateRow(body: string): DeliveryRow {
  return decode<LateRowMessage>(body, (h) => isRecord(h.row) && isRow(h.row)).header.row;
}

/** Reads a body of `tasks`. Throws `MessageFormatError`. */
export function decodeTaskMessage(body: string): Message<TaskMessage> {
  return decode<TaskMessage>(body, (h) => isText(h.task));
}

function decode<H>(body: string, fits: (header: Record<string, unknown>) => boolean): Message<H> {
  const end = body.indexOf('\n');
  const line = end < 0 ? body : body.slice(0, end);
  let header: unknown;
  try {
    header = JSON.parse(line);
  } catch (cause) {
    throw new MessageFormatError('the header line is not JSON', { cause });
  }
  if (!isRecord(header)) throw new MessageFormatError('the header line is not an object');
  if (header.v !== 1) throw new MessageFormatError(`unknown version ${String(header.v)}`);
  if (!fits(header)) throw new MessageFormatError('the header lacks a field or has one of the wrong kind');
  return { header: header as H, data: end < 0 ? '' : body.slice(end + 1) };
}

function isDelivery(h: Record<string, unknown>): boolean {
  return (
    isEnvelope(h.event) &&
    isCount(h.shards) &&
    isCount(h.attempt) &&
    isCount(h.step) &&
    isText(h.run) &&
    isText(h.trigger) &&
    isTexts(h.targets) &&
    h.targets.length > 0 &&
    (h.subscriptionCreatedAt === undefined || isCount(h.subscriptionCreatedAt))
  );
}

function isProgress(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    isRecord(value) &&
    isCount(value.turns) &&
    (value.after === null || isText(value.after)) &&
    isTexts(value.targets) &&
    isTexts(value.costly) &&
    isCount(value.steps)
  );
}

function isRow(row: Record<string, unknown>): boolean {
  return (
    [row.tenant, row.event, row.subscription, row.delivery, row.run].every(isText) &&
    [row.shards, row.createdAt, row.attempt, row.at].every(isCount)
  );
}

function isEnvelope(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value.tenant) &&
    isText(value.id) &&
    isText(value.type) &&
    (value.subject === null || typeof value.subject === 'string') &&
    isCount(value.time) &&
    isCount(value.acceptedAt) &&
    isRecord(value.metadata)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
