import { SQS } from '../../contract/limits.ts';

/** Why SQS says no, in its own words. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

interface AttributeValue {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

/** One message as `SendMessage` and the entries of `SendMessageBatch` give it. */
export interface OutgoingMessage {
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, AttributeValue>>;
  readonly MessageGroupId?: string;
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const REFUSED_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const GROUP_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;
/** The form of the handles that the stand-in gives out. */
const RECEIPT_HANDLE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether SQS would refuse this message. */
export function refusedMessage(message: OutgoingMessage, maxBytes: number): Refusal | null {
  const { MessageBody: body, DelaySeconds: delay, MessageGroupId: group } = message;
  if (!body) {
    return { code: 'MissingParameter', message: 'The request must contain the parameter MessageBody.' };
  }
  if (REFUSED_CHARACTER.test(body)) {
    return {
      code: 'InvalidMessageContents',
      message: 'Invalid binary character was found in the message body.',
    };
  }
  if (delay !== undefined && !(Number.isInteger(delay) && delay >= 0 && delay <= SQS.maxDelaySeconds)) {
    const reason = `DelaySeconds must be >= 0 and <= ${SQS.maxDelaySeconds}.`;
    return invalid(`Value ${delay} for parameter DelaySeconds is invalid. Reason: ${reason}`);
  }
  if (messageBytes(message) > maxBytes) {
    const reason = `Message must be shorter than ${maxBytes} bytes.`;
    return invalid(`One or more parameters are invalid. Reason: ${reason}`);
  }
  if (Object.keys(message.MessageAttributes ?? {}).length > 10) {
    return invalid('Number of message attributes exceeds the allowed maximum 10.');
  }
  if (group !== undefined && !GROUP_ID.test(group)) {
    return invalid(`Value ${group} for parameter MessageGroupId is invalid.`);
  }
  return null;
}

/** Whether SQS would refuse a whole batch call with these entries. */
export function refusedBatch(entries: readonly { readonly Id?: string }[]): Refusal | null {
  if (entries.length === 0) {
    return { code: 'EmptyBatchRequest', message: "The batch request doesn't contain any entries." };
  }
  if (entries.length > SQS.maxBatchEntries) {
    const message = `Maximum number of entries per request are ${SQS.maxBatchEntries}. You have sent ${entries.length}.`;
    return { code: 'TooManyEntriesInBatchRequest', message };
  }
  if (entries.some(({ Id }) => !ENTRY_ID.test(Id ?? ''))) {
    const message = 'A batch entry id can only contain alphanumeric characters, hyphens and underscores.';
    return { code: 'InvalidBatchEntryId', message };
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    return { code: 'BatchEntryIdsNotDistinct', message: 'Two or more batch entries have the same Id.' };
  }
  return null;
}

/** Whether the messages of one batch call are too much together. */
export function refusedBatchSize(entries: readonly OutgoingMessage[]): Refusal | null {
  const bytes = entries.reduce((sum, entry) => sum + messageBytes(entry), 0);
  if (bytes <= SQS.maxBatchBytes) return null;
  const message = `Batch requests cannot be longer than ${SQS.maxBatchBytes} bytes. You have sent ${bytes} bytes.`;
  return { code: 'BatchRequestTooLong', message };
}

/** Whether this can't be a handle that SQS gave out. */
export function refusedHandle(handle: unknown): Refusal | null {
  if (typeof handle === 'string' && RECEIPT_HANDLE.test(handle)) return null;
  return {
    code: 'ReceiptHandleIsInvalid',
    message: `The input receipt handle "${String(handle)}" is invalid.`,
  };
}

/** Bytes that count towards the limits: the body, and name, type and value of each attribute. */
export function messageBytes(message: OutgoingMessage): number {
  let bytes = Buffer.byteLength(message.MessageBody ?? '');
  for (const [name, value] of Object.entries(message.MessageAttributes ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value.DataType);
    bytes +=
      Buffer.byteLength(value.StringValue ?? '') + Buffer.byteLength(value.BinaryValue ?? '', 'base64');
  }
  return bytes;
}

function invalid(message: string): Refusal {
  return { code: 'InvalidParameterValue', message };
}
