import { onEachAnswer } from './answers.ts';

/** A body of so many bytes is within what Lambda takes, whatever it is made of. */
const LARGE_BYTES = 2 * 1024 * 1024;

/**
 * Sends large bodies in base64, which API Gateway undoes. Lambda takes an answer of 6 MB, and counts it as the JSON
 * text in which the body is a string: there each quote and backslash becomes two, and JSON has many. Base64 makes four
 * bytes of three, so that `LIST.maxBytes` fit, whatever they hold.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function largeBodies() {
  return onEachAnswer((answer) => {
    if (answer.body === undefined || answer.isBase64Encoded) return;
    const bytes = Buffer.from(answer.body, 'utf8');
    if (bytes.length <= LARGE_BYTES) return;
    answer.body = bytes.toString('base64');
    answer.isBase64Encoded = true;
  });
}
