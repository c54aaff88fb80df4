import type { AttemptBody, DeliveryBody, EventAccepted, TaskBody } from '../contract/api.ts';
import { elementTexts, memberText } from './json-text.ts';
import { OperationCaller, type WholeAnswer } from './operation-caller.ts';
import type {
  AnswerOf,
  CallOptions,
  Calls,
  Event,
  EventResults,
  ItemOf,
  ListName,
  OptionsOf,
  PathArgs,
} from './operation-types.ts';

/** What goes with an event besides the event. */
export interface SendOptions extends CallOptions {
  /**
   * Stands for the event: the same key and body again make no second event. One is made up where neither it nor the
   * event's `id` is given, so that a call whose answer was lost can be repeated; null goes without, and unrepeated.
   */
  readonly idempotencyKey?: string | null;
}

type EachArgs<Name extends ListName> = [...PathArgs<Name>, options?: OptionsOf<Name>];

const POLL_MS = 500;
const FINISHED: readonly TaskBody['status'][] = ['done', 'cancelled', 'failed'];

/**
 * A client of the API. Each operation is a method of the same name: path parameters, then the body, then query
 * parameters and options in one object. Refusals are thrown as `FanfareProblem`. Calls that change nothing twice
 * (reads, PUT, DELETE, events with an id or key) are repeated after a broken connection, a time-out, 429 or 5xx.
 */
export class Fanfare extends OperationCaller implements Calls {
  readonly postEvents = this.full('postEvents');
  readonly listEvents = this.bare('listEvents');
  readonly getEvent = this.bare('getEvent');
  /** Which of today's subscriptions would get it; nothing is sent. */
  readonly matchEvent = this.bare('matchEvent');

  readonly createSubscription = this.full('createSubscription');
  readonly listSubscriptions = this.bare('listSubscriptions');
  readonly getSubscription = this.bare('getSubscription');
  /** Changes what the body names and leaves the rest; null clears. */
  readonly updateSubscription = this.full('updateSubscription');
  readonly deleteSubscription = this.bare('deleteSubscription');
  readonly getSubscriptionSecret = this.bare('getSubscriptionSecret');
  readonly rotateSubscriptionSecret = this.full('rotateSubscriptionSecret');
  /** Starts a task; see `watchTask`. */
  /** Asks an endpoint again whether it wants events, where endpoints have to prove that. */
  readonly verifySubscription = this.bare('verifySubscription');
  readonly replaySubscription = this.full('replaySubscription');
  /** Makes one real attempt and answers with it. */
  readonly testSubscription = this.full('testSubscription');

  readonly listDeliveries = this.bare('listDeliveries');
  readonly getDelivery = this.bare('getDelivery');
  /** Sends now, once more each time. */
  readonly retryDelivery = this.bare('retryDelivery');

  readonly listDeadLetters = this.bare('listDeadLetters');
  readonly summarizeDeadLetters = this.bare('summarizeDeadLetters');
  /** Starts a task; see `watchTask`. */
  readonly startRedrive = this.full('startRedrive');
  readonly getTask = this.bare('getTask');
  readonly cancelTask = this.bare('cancelTask');

  /** Says all there is about a type: what the body leaves out goes back to its default. */
  readonly putEventType = this.full('putEventType');
  readonly listEventTypes = this.bare('listEventTypes');
  readonly getEventType = this.bare('getEventType');
  readonly deleteEventType = this.bare('deleteEventType');

  /** Says all there is about a tenant: what the body leaves out goes back to its default. */
  readonly putTenant = this.full('putTenant');
  readonly listTenants = this.bare('listTenants');
  readonly getTenant = this.bare('getTenant');
  /** Removes its subscriptions and keys with it. */
  readonly deleteTenant = this.bare('deleteTenant');

  readonly createPortalSession = this.full('createPortalSession');
  /** Ends the session that this client's key is; other keys get a 404. */
  readonly endPortalSession = this.bare('endPortalSession');

  /** The answer holds the key itself, this once. */
  readonly createKey = this.full('createKey');
  readonly listKeys = this.bare('listKeys');
  /** Ends what was made with it, too. */
  readonly deleteKey = this.bare('deleteKey');

  readonly getHealth = this.bare('getHealth');
  readonly getOpenApi = this.bare('getOpenApi');

  /** Posts one event. When this settles, the event is durably queued. */
  async send(event: Event, options: SendOptions = {}): Promise<EventAccepted> {
    const { idempotencyKey = event.id === undefined ? crypto.randomUUID() : null, ...rest } = options;
    const { body } = await this.request('postEvents', { body: event, options: rest, idempotencyKey });
    return body as EventAccepted;
  }

  /** Posts 1 to 100 events. Each has its own result; only events that all have an `id` are posted again on failure. */
  async sendAll(events: readonly Event[], options: CallOptions = {}): Promise<EventResults> {
    return (await this.postEvents(events, options)) as EventResults;
  }

  /** Everything of a list, page by page as it is asked for: `for await (const one of api.each('listEvents'))`. */
  async *each<Name extends ListName>(name: Name, ...args: EachArgs<Name>): AsyncGenerator<ItemOf<Name>> {
    for await (const text of this.eachText(name, ...args)) yield JSON.parse(text);
  }

  /** As `each`, but as JSON text, token for token. */
  async *eachText<Name extends ListName>(name: Name, ...args: EachArgs<Name>): AsyncGenerator<string> {
    const path = args.filter((arg) => typeof arg === 'string');
    const options = args[path.length] as OptionsOf<Name> | undefined;
    let cursor: string | null = null;
    do {
      const page: OptionsOf<Name> | undefined = cursor === null ? options : from(cursor, options);
      const { text, body }: WholeAnswer<AnswerOf<Name>> = await this.request(name, { path, options: page });
      yield* elementTexts(memberText(text, 'data') ?? '[]');
      const { cursor: next }: { readonly cursor: string | null } = body;
      if (next !== null && next === cursor) throw new Error(`${name} answered the same cursor twice`);
      cursor = next;
    } while (cursor !== null);
  }

  /** A delivery's attempts, newest first, answer by answer as they are asked for. */
  async *eachAttempt(id: string, options: OptionsOf<'getDelivery'> = {}): AsyncGenerator<AttemptBody> {
    for await (const { body } of this.eachDelivery(id, options)) yield* body.attempts.toReversed();
  }

  /** The answers that together hold a delivery's attempts: the newest ones first, each in order. */
  async *eachDelivery(
    id: string,
    options: OptionsOf<'getDelivery'> = {},
  ): AsyncGenerator<WholeAnswer<DeliveryBody>> {
    let cursor: string | null = null;
    do {
      const older: OptionsOf<'getDelivery'> =
        cursor === null ? options : { ...options, attemptsCursor: cursor };
      const answer: WholeAnswer<DeliveryBody> = await this.request('getDelivery', {
        path: [id],
        options: older,
      });
      yield answer;
      const { attemptsCursor: next }: DeliveryBody = answer.body;
      if (next !== null && next === cursor) throw new Error('getDelivery answered the same cursor twice');
      cursor = next;
    } while (cursor !== null);
  }

  /** A task's states as they change, the last one finished. */
  async *watchTask(
    id: string,
    options: CallOptions & { readonly pollMs?: number } = {},
  ): AsyncGenerator<TaskBody> {
    const { pollMs = POLL_MS, ...rest } = options;
    for (let before = ''; ; ) {
      const { text, body } = await this.request('getTask', { path: [id], options: rest });
      if (text !== before) yield body;
      if (FINISHED.includes(body.status)) return;
      before = text;
      await this.world.wait(pollMs, rest.signal);
    }
  }
}

function from<Options extends object>(cursor: string, options: Options | undefined): Options {
  return { ...options, cursor } as unknown as Options;
}

export { FanfareProblem, FanfareTimeout, FanfareUnreachable } from './failures.ts';
export { JsonText, memberText } from './json-text.ts';
export { verifyWebhook, WebhookVerificationError } from './verify-webhook.ts';
