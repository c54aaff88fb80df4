import { Webhook } from 'standardwebhooks';

export { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** A verified request's body, as Fanfare writes it for subscriptions of format `standard`. */
export interface ReceivedEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly data: unknown;
}

/** Standard Webhooks 1.0.0, "Signature scheme": 24 to 64 bytes. */
const MIN_KEY_BYTES = 24;

/** Headers as `fetch` or as `node:http` gives them. */
export type ReceivedHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Verifies a webhook with the Standard Webhooks library and answers its body. `body` must be the bytes as they came,
 * not JSON that was read and written again. Throws `WebhookVerificationError` for anything that the owner of
 * `secret` did not sign, or signed more than five minutes ago, and a `RangeError` for a secret that is shorter than the
 * 24 bytes that Standard Webhooks asks for.
 */
export function verifyWebhook(
  secret: string,
  body: string | Buffer,
  headers: ReceivedHeaders,
): ReceivedEvent {
  refuseShort(secret);
  return new Webhook(secret).verify(body, plainHeaders(headers)) as ReceivedEvent;
}

/** A short key can be guessed, and an empty one would take anything for signed by its owner. */
function refuseShort(secret: string): void {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length;
  if (bytes >= MIN_KEY_BYTES) return;
  throw new RangeError(
    `The secret has ${bytes} bytes; "whsec_" and base64 of at least ${MIN_KEY_BYTES} are needed. Use the subscription's signing secret.`,
  );
}

function plainHeaders(headers: ReceivedHeaders): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
