/** What SQS takes. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const ALLOWED = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

/**
 * Lets characters beyond U+FFFF (emoji) into fauxqs, as SQS does: fauxqs 2.4.1 tests UTF-16 halves one by one and
 * refuses them. Call it before the first message is sent; calling it again changes nothing.
 */
export async function allowAllSqsCharacters(): Promise<void> {
  const types: unknown = await import(new URL('sqs/sqsTypes.js', import.meta.resolve('fauxqs')).href);
  const check = (types as { INVALID_MESSAGE_BODY_CHAR?: unknown }).INVALID_MESSAGE_BODY_CHAR;
  if (!(check instanceof RegExp)) throw new Error('this version of fauxqs checks characters elsewhere');
  check.test = (body: string): boolean => !ALLOWED.test(body);
}
