import { z } from 'zod';
import { INGEST, SUBSCRIPTION } from '../../contract/limits.ts';
import { CHOSEN_ID_PATTERN, TENANT_PATTERN } from '../api-key.ts';
import { isReservedHeader } from '../dispatch/sign-request.ts';
import { isTypeInterest, TYPE_INTEREST_PATTERN } from '../event-type.ts';
import { parsePattern } from '../fan-out/event-pattern.ts';

/** A whole number within bounds. */
export function whole(min: number, max: number) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z.number(rule).int(rule).min(min, rule).max(max, rule);
}

/** Text of bounded length that can be stored: half a surrogate pair has no UTF-8. */
export function words(maxLength: number) {
  return z
    .string('must be a string')
    .max(maxLength, `must have at most ${maxLength} characters`)
    .refine((text) => text.isWellFormed(), 'must not hold half a surrogate pair');
}

export const tenantField = z
  .string('must be a string')
  .regex(TENANT_PATTERN, `must match ${TENANT_PATTERN.source}`);

/** A signing secret: `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks 1.0.0, "Signature scheme"). */
export const secretField = z
  .string('must be a string')
  .refine(isSecret, {
    message: `must be "whsec_" and base64 of ${SUBSCRIPTION.minSecretBytes} to ${SUBSCRIPTION.maxSecretBytes} bytes`,
  })
  .meta({ pattern: '^whsec_[A-Za-z0-9+/]+={0,2}$' });

function isSecret(text: string): boolean {
  const encoded = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text)?.[1];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  // Spelled otherwise than we would, one key could be given twice.
  if (bytes.toString('base64') !== encoded) return false;
  const { length } = bytes;
  return length >= SUBSCRIPTION.minSecretBytes && length <= SUBSCRIPTION.maxSecretBytes;
}

const url = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .meta({ format: 'uri', maxLength: SUBSCRIPTION.maxUrlBytes });

/** An exact event type, `prefix.*` or `*`. */
const typeInterest = z
  .string('must be a string')
  .refine(isTypeInterest, 'must be an event type, "prefix.*" or "*"')
  .meta({ pattern: TYPE_INTEREST_PATTERN.source });

/** Which event types somebody asks for. */
export const typeInterests = z
  .array(typeInterest, 'must be an array')
  .min(1, 'must have at least one entry')
  .max(SUBSCRIPTION.maxEventTypes, `must have at most ${SUBSCRIPTION.maxEventTypes} entries`);

/** Passed through as it was read: zod's own record would drop a member called `__proto__` without a word. */
const filter = z
  .custom<Readonly<Record<string, unknown>>>()
  .superRefine((value, context) => {
    for (const { pointer, detail } of parsePattern(value).faults ?? []) {
      const path = pointer
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
      context.addIssue({ code: 'custom', message: detail, path });
    }
  })
  .meta({
    type: 'object',
    description: 'An EventBridge event pattern over type, subject, metadata and data.',
  });

/** String pairs for the caller's own use. */
export const metadataField = z
  .record(
    z
      .string()
      .min(1, 'must have a name that is not empty')
      .max(
        INGEST.maxMetadataKeyLength,
        `must have a name of at most ${INGEST.maxMetadataKeyLength} characters`,
      )
      .refine((name) => name.isWellFormed(), 'must have a name without half a surrogate pair'),
    words(INGEST.maxMetadataValueLength),
    'must be an object of strings',
  )
  .refine((pairs) => Object.keys(pairs).length <= INGEST.maxMetadataPairs, {
    message: `must have at most ${INGEST.maxMetadataPairs} members`,
  })
  .meta({ maxProperties: INGEST.maxMetadataPairs });

/** A token, RFC 9110 section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible ASCII, spaces and tabs within; RFC 9110 section 5.5 without its obsolete text. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;

const headerName = z
  .string()
  .max(
    SUBSCRIPTION.maxHeaderNameLength,
    `must have a name of at most ${SUBSCRIPTION.maxHeaderNameLength} characters`,
  )
  .regex(HEADER_NAME, 'must have a name of letters, digits and "-"')
  .refine((name) => !isReservedHeader(name.toLowerCase()), 'is a header that Fanfare sets itself');

const HEADER_VALUE_RULE = 'must be visible ASCII characters without line breaks';
const HEADER_VALUE_TOO_LONG = `must have at most ${SUBSCRIPTION.maxHeaderValueLength} characters`;

const headerValue = z
  .string('must be a string')
  .max(SUBSCRIPTION.maxHeaderValueLength, HEADER_VALUE_TOO_LONG)
  .regex(HEADER_VALUE, HEADER_VALUE_RULE);

/** At most twenty, none of them twice in different spellings. */
function headersOf<T extends z.ZodType<string | null>>(value: T) {
  return z
    .record(headerName, value, 'must be an object of strings')
    .refine((all) => Object.keys(all).length <= SUBSCRIPTION.maxHeaders, {
      message: `must have at most ${SUBSCRIPTION.maxHeaders} members`,
    })
    .refine(
      (all) => new Set(Object.keys(all).map((name) => name.toLowerCase())).size === Object.keys(all).length,
      {
        message: 'must not name a header twice',
      },
    )
    .meta({ maxProperties: SUBSCRIPTION.maxHeaders });
}

const headers = headersOf(headerValue);

/** Delays after each failed attempt, in seconds. */
export const retryScheduleField = z
  .array(whole(1, SUBSCRIPTION.maxRetryDelaySeconds), 'must be an array of seconds')
  .max(SUBSCRIPTION.maxRetries, `must have at most ${SUBSCRIPTION.maxRetries} entries`);

const fields = {
  url,
  eventTypes: typeInterests,
  filter: filter.nullable(),
  description: words(SUBSCRIPTION.maxDescriptionLength),
  metadata: metadataField,
  headers,
  format: z.enum(['standard', 'cloudevents'], 'must be "standard" or "cloudevents"'),
  rateLimit: z
    .strictObject(
      { perSecond: whole(1, SUBSCRIPTION.maxRatePerSecond) },
      'must be an object with "perSecond"',
    )
    .nullable(),
  timeoutSeconds: whole(1, SUBSCRIPTION.maxTimeoutSeconds).nullable(),
  retrySchedule: retryScheduleField.nullable(),
  status: z.enum(['active', 'paused'], 'must be "active" or "paused"'),
};

/** Body of `POST /v1/subscriptions`. */
export const newSubscription = z.strictObject({
  ...z.object(fields).partial().shape,
  url,
  id: z
    .string('must be a string')
    .regex(CHOSEN_ID_PATTERN, `must match ${CHOSEN_ID_PATTERN.source}`)
    .optional(),
  tenant: tenantField.optional(),
  secret: secretField.optional(),
});
export type NewSubscription = z.infer<typeof newSubscription>;

/** Stands for a header's value in answers; sent back it leaves the value as it is. */
export const MASKED_VALUE = '•••';

const changedHeaderValue = z
  .string('must be a string')
  .max(SUBSCRIPTION.maxHeaderValueLength, HEADER_VALUE_TOO_LONG)
  .refine((value) => value === MASKED_VALUE || HEADER_VALUE.test(value), HEADER_VALUE_RULE);

/** Body of `PATCH /v1/subscriptions/{id}`: null clears to the default. */
export const subscriptionChange = z.strictObject({
  url: url.optional(),
  /** Not to be cleared: all there is is asked for by `*` alone. */
  eventTypes: typeInterests.optional(),
  filter: fields.filter.optional(),
  description: fields.description.nullable().optional(),
  metadata: metadataField.nullable().optional(),
  headers: headersOf(changedHeaderValue.nullable()).nullable().optional(),
  format: fields.format.nullable().optional(),
  rateLimit: fields.rateLimit.optional(),
  timeoutSeconds: fields.timeoutSeconds.optional(),
  retrySchedule: fields.retrySchedule.optional(),
  status: fields.status.optional(),
});
export type SubscriptionChange = z.infer<typeof subscriptionChange>;

/** The headers after a merge, checked as on create. */
export const mergedHeaders = z.strictObject({ headers });

/** Body of `POST /v1/subscriptions/{id}/secret/rotate`. */
export const rotation = z.strictObject({
  secret: secretField.optional(),
  graceSeconds: whole(0, SUBSCRIPTION.maxGraceSeconds).optional(),
});
