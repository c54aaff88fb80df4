import type { z } from 'zod';
import type { OperationName } from '../../contract/operations.ts';
import { eventTypeFields } from '../manage/event-type-operations.ts';
import { newKey } from '../manage/key-operations.ts';
import { matchRequest } from '../manage/match-operation.ts';
import { portalSessionRequest } from '../manage/portal-operations.ts';
import { replayRequest } from '../manage/replay-operation.ts';
import { testRequest } from '../manage/send-operations.ts';
import { newSubscription, rotation, subscriptionChange } from '../manage/subscription-input.ts';
import { redriveRequest } from '../manage/task-operations.ts';
import { tenantFields } from '../manage/tenant-operations.ts';
import type { ProblemType } from '../problem.ts';
import * as answers from './answers.ts';

/** What the document says of an operation beyond its row in `contract/operations.ts`. */
export interface OperationDocs {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The schema its body is read by; absent where it takes none, and for `postEvents`, which reads text. */
  readonly request?: { readonly schema: z.ZodType; readonly optional?: true };
  readonly status: 200 | 201 | 202 | 204;
  readonly answer: z.ZodType | null;
  /** Whether the answer may be kept and asked for anew by its `ETag`. */
  readonly mayBeKept?: true;
  /** Problems of its own, besides those every operation may answer. */
  readonly problems: readonly ProblemType[];
}

const { pageOf } = answers;

export const OPERATION_DOCS: Readonly<Record<OperationName, OperationDocs>> = {
  postEvents: {
    tag: 'Events',
    summary: 'Post one event, or an array of 1 to 100',
    description:
      'Events of the tenant `fanfare.system` are refused: they come from the system alone; other tenant ids that begin with `fanfare.`, in whatever case, are refused wherever something is made. 202 means durably queued: it will reach every matching subscription or end in a visible failed delivery. CloudEvents are taken in structured, batch and binary mode.',
    status: 202,
    answer: answers.eventAccepted,
    problems: ['invalid-event', 'idempotency-conflict', 'too-large', 'unsupported-media-type'],
  },
  listEvents: {
    tag: 'Events',
    summary: "List a tenant's events, newest first",
    status: 200,
    answer: pageOf(answers.eventSummary),
    problems: ['invalid-cursor'],
  },
  getEvent: {
    tag: 'Events',
    summary: 'Get an event with its data and how its deliveries stand',
    status: 200,
    answer: answers.eventBody,
    problems: ['not-found'],
  },
  matchEvent: {
    tag: 'Events',
    summary: 'Tell which subscriptions would get this event now, and why others would not',
    request: { schema: matchRequest, optional: true },
    status: 200,
    answer: pageOf(answers.match),
    problems: ['not-found', 'invalid-cursor', 'too-large'],
  },
  createSubscription: {
    tag: 'Subscriptions',
    summary: 'Create a subscription; its signing secret is in the answer',
    request: { schema: newSubscription },
    status: 201,
    answer: answers.createdSubscription,
    problems: ['invalid-url', 'conflict', 'quota-exceeded', 'too-large'],
  },
  listSubscriptions: {
    tag: 'Subscriptions',
    summary: "List a tenant's subscriptions, newest first",
    status: 200,
    answer: pageOf(answers.subscription),
    problems: ['invalid-cursor'],
  },
  getSubscription: {
    tag: 'Subscriptions',
    summary: 'Get a subscription',
    status: 200,
    answer: answers.subscription,
    problems: ['not-found'],
  },
  updateSubscription: {
    tag: 'Subscriptions',
    summary: 'Change a subscription: what is given replaces, null clears',
    description:
      'Header values are shown as `•••`, and stay if that is sent back. With a URL of another scheme, host or port each has to be given again, or be null: they are secrets of the host they were given for.',
    request: { schema: subscriptionChange },
    status: 200,
    answer: answers.subscription,
    problems: ['not-found', 'invalid-url', 'quota-exceeded', 'too-large'],
  },
  deleteSubscription: {
    tag: 'Subscriptions',
    summary: 'Delete a subscription; deliveries that wait for it are cancelled',
    status: 204,
    answer: null,
    problems: ['not-found'],
  },
  getSubscriptionSecret: {
    tag: 'Subscriptions',
    summary: 'Reveal the newest signing secret',
    status: 200,
    answer: answers.secret,
    problems: ['not-found', 'conflict'],
  },
  rotateSubscriptionSecret: {
    tag: 'Subscriptions',
    summary: 'Begin to sign with a new secret; the old ones sign as well until the grace ends',
    request: { schema: rotation, optional: true },
    status: 200,
    answer: answers.secret,
    problems: ['not-found', 'too-large'],
  },
  testSubscription: {
    tag: 'Subscriptions',
    summary: 'Make one real signed attempt, which is never retried, and answer with it',
    request: { schema: testRequest, optional: true },
    status: 200,
    answer: answers.attempt,
    problems: ['not-found', 'conflict', 'too-large'],
  },
  verifySubscription: {
    tag: 'Subscriptions',
    summary: 'Ask an endpoint again whether it wants events',
    description:
      'For subscriptions that are `unverified`, in deployments that ask (prop `verifyEndpoints`). It is sent one signed event of type `fanfare.verify` and has ten seconds to answer with the `challenge` in it, as plain text or as `{"challenge": …}`. Nothing is sent to one that has proven it.',
    status: 200,
    answer: answers.subscription,
    problems: ['not-found'],
  },
  replaySubscription: {
    tag: 'Subscriptions',
    summary: 'Send events of the past again, as a task',
    description:
      '`failed`: deliveries that failed. `missing`: what the subscription matches now and never got, or what was skipped or cancelled. `all`: both, and what was delivered.',
    request: { schema: replayRequest },
    status: 202,
    answer: answers.task,
    problems: ['not-found', 'conflict', 'too-large'],
  },
  listDeliveries: {
    tag: 'Deliveries',
    summary: 'List deliveries, newest first',
    status: 200,
    answer: pageOf(answers.deliverySummary),
    problems: ['invalid-cursor'],
  },
  getDelivery: {
    tag: 'Deliveries',
    summary: 'Get a delivery with its attempts',
    description:
      'The newest attempts, in order: as many as fit into 4 MiB, 250 at most. `attemptsCursor` leads to those before them.',
    status: 200,
    answer: answers.delivery,
    problems: ['not-found'],
  },
  retryDelivery: {
    tag: 'Deliveries',
    summary: 'Send a delivery now, each time it is asked',
    description:
      "As soon as the subscription's rate limit allows; its state does not hold it back unless it is disabled. A hundred times in ten minutes (429), a thousand times in all (409).",
    status: 202,
    answer: answers.deliverySummary,
    problems: ['not-found', 'conflict'],
  },
  listDeadLetters: {
    tag: 'Dead letters',
    summary: 'List deliveries whose schedule is used up',
    status: 200,
    answer: pageOf(answers.deadLetter),
    problems: ['invalid-cursor'],
  },
  summarizeDeadLetters: {
    tag: 'Dead letters',
    summary: 'Count dead letters by subscription and last answer',
    status: 200,
    answer: answers.deadLetterCounts,
    problems: [],
  },
  startRedrive: {
    tag: 'Dead letters',
    summary: 'Send dead letters again, as a task; with `dryRun` only count them',
    request: { schema: redriveRequest, optional: true },
    status: 202,
    answer: answers.task,
    problems: ['too-large'],
  },
  getTask: {
    tag: 'Tasks',
    summary: 'Watch a task',
    status: 200,
    answer: answers.task,
    problems: ['not-found'],
  },
  cancelTask: {
    tag: 'Tasks',
    summary: 'Cancel a task; what it has sent stays sent',
    status: 200,
    answer: answers.task,
    problems: ['not-found', 'conflict'],
  },
  putEventType: {
    tag: 'Event types',
    summary: 'Put an event type into the catalogue, or replace it',
    description:
      'JSON Schema 2020-12. With `block`, an event that breaks the schema is refused; with `warn` it is accepted and counted. Numbers are compared to the last digit. A schema must be complete in itself and end; its patterns may hold no back-reference. Data that takes more than 50,000 steps and 16 for each of its bytes to judge has not kept to its schema.',
    request: { schema: eventTypeFields },
    status: 200,
    answer: answers.eventType,
    problems: ['quota-exceeded', 'too-large'],
  },
  listEventTypes: {
    tag: 'Event types',
    summary: 'List the catalogue, newest first',
    status: 200,
    answer: pageOf(answers.eventType),
    problems: ['invalid-cursor'],
  },
  getEventType: {
    tag: 'Event types',
    summary: 'Get an event type',
    status: 200,
    answer: answers.eventType,
    problems: ['not-found'],
  },
  deleteEventType: {
    tag: 'Event types',
    summary: 'Take an event type out of the catalogue; events of it are accepted as before',
    status: 204,
    answer: null,
    problems: ['not-found'],
  },
  putTenant: {
    tag: 'Tenants',
    summary: 'Put a tenant on record, or replace what is said of it',
    request: { schema: tenantFields, optional: true },
    status: 200,
    answer: answers.tenant,
    problems: ['not-found', 'conflict', 'too-large'],
  },
  listTenants: {
    tag: 'Tenants',
    summary: 'List tenants, newest first',
    status: 200,
    answer: pageOf(answers.tenant),
    problems: ['invalid-cursor'],
  },
  getTenant: {
    tag: 'Tenants',
    summary: 'Get a tenant',
    status: 200,
    answer: answers.tenant,
    problems: ['not-found'],
  },
  deleteTenant: {
    tag: 'Tenants',
    summary: 'Delete a tenant with its subscriptions and keys; its deliveries are cancelled',
    status: 204,
    answer: null,
    problems: ['not-found'],
  },
  createPortalSession: {
    tag: 'Keys',
    summary: "Make a link into the console for one tenant's people",
    description:
      'It ends with the key that makes it, at the latest: when that expires, and within 10 s after that is deleted.',
    request: { schema: portalSessionRequest },
    status: 201,
    answer: answers.portalSession,
    problems: ['quota-exceeded', 'too-large'],
  },
  endPortalSession: {
    tag: 'Keys',
    summary: 'End the portal session that asks, as signing out does',
    description: 'It is refused within 10 s. Other keys are revoked by their id.',
    status: 204,
    answer: null,
    problems: ['not-found'],
  },
  createKey: {
    tag: 'Keys',
    summary: 'Make an API key; it is shown this once',
    description:
      'It may do no more than the key that makes it, is bound to the same tenant, if to any, and ends with it, at the latest: when that expires, and within 10 s after that is deleted. A key comes from ten others at most.',
    request: { schema: newKey },
    status: 201,
    answer: answers.createdKey,
    problems: ['quota-exceeded', 'too-large'],
  },
  listKeys: {
    tag: 'Keys',
    summary: 'List API keys, newest first',
    status: 200,
    answer: pageOf(answers.key),
    problems: ['invalid-cursor'],
  },
  deleteKey: {
    tag: 'Keys',
    summary: 'Revoke an API key; it is refused within 10 s',
    description:
      'So are all keys and portal sessions that were made with it, or with those. They leave the list with it. If there are too many to remove at once, the answer is 503: all of them are refused by then, and asking again goes on.',
    status: 204,
    answer: null,
    problems: ['not-found'],
  },
  getHealth: {
    tag: 'Service',
    summary: 'Tell whether the API is up, and in which version',
    status: 200,
    answer: answers.health,
    problems: [],
  },
  getOpenApi: {
    tag: 'Service',
    summary: 'Get this document',
    status: 200,
    answer: answers.openApi,
    mayBeKept: true,
    problems: [],
  },
};
