import { Webhook } from 'standardwebhooks';

export { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** A verified request's body, as Fanfare writes it for subscriptions of format `standard`. */
export interface ReceivedEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly data: unknown;
}

/** Headers as `fetch` or as `node:http` gives them. */
export type ReceivedHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Verifies a webhook with the Standard Webhooks library and answers its body. `body` must be the bytes as they came,
 * not JSON that was read and written again. Throws `WebhookVerificationError` for anything that the owner of
 * `secret` did not sign, or signed more than five minutes ago.
 */
export function verifyWebhook(
  secret: string,
  body: string | Buffer,
  headers: ReceivedHeaders,
): ReceivedEvent {
  return new Webhook(secret).verify(body, plainHeaders(headers)) as ReceivedEvent;
}

function plainHeaders(headers: ReceivedHeaders): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
