import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { FanfareProblem, FanfareTimeout } from '../../failures.ts';
import { compactJson } from '../../json-text.ts';
import { numberArgument } from '../arguments.ts';
import { type Context, command, EXIT, Interrupted, UsageError } from '../command.ts';
import { forward } from '../forward.ts';
import { type Answered, startReceiver } from '../receiver.ts';
import { FIELD_OPTIONS, subscriptionFields } from '../subscription-fields.ts';

/** Time to delete the subscription in the end, repeats included, in milliseconds. */
const DELETE_MS = 10_000;

/** Somebody watches, so what fails comes again soon. */
const SCHEDULE = [1, 5, 30];

const { 'event-type': EVENT_TYPE, filter, format, 'retry-schedule': RETRIES } = FIELD_OPTIONS;

/** `fanfare listen` */
export const listen = command({
  summary: 'Subscribe a receiver on this machine, verify what it gets and print it.',
  options: {
    'event-type': EVENT_TYPE,
    filter,
    format,
    'retry-schedule': RETRIES,
    port: { type: 'string', value: 'N', help: 'port on 127.0.0.1 (default: a free one)' },
    answer: { type: 'string', value: 'STATUS', help: 'answer with this status (default 204)' },
    'forward-to': {
      type: 'string',
      value: 'URL',
      help: 'hand it on to your program, and answer as that does',
    },
    count: { type: 'string', value: 'N', help: 'end after so many verified requests' },
  },
  notes: `  Ends with Ctrl-C and unsubscribes itself. It listens on loopback, which a deployed Fanfare does not send to: this
  is for the local runner (npm start). A challenge (verifyEndpoints) it answers by itself. Exit code 1 if a request was not signed as it should be.`,
  run: async (context, { options }) => {
    const port = numberArgument('--port', options.port) ?? 0;
    const status = statusArgument(options.answer);
    const target = urlArgument(options['forward-to']);
    const wanted = numberArgument('--count', options.count) ?? Number.POSITIVE_INFINITY;
    const fields = await subscriptionFields(context, options);
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const enough = new AbortController();
    const broken = new AbortController();
    let verified = 0;
    let refused = 0;
    const receiver = await startReceiver({
      port,
      secret,
      answer: async (request) => (target === null ? { status } : forward(target, request)),
      onRequest: (request) => {
        // It proves that we listen, and is none of what one listens for.
        if (request.challenge) return context.out.note('the challenge of this server was answered');
        if (request.verified) verified++;
        else refused++;
        print(context, request);
        if (verified >= wanted) enough.abort();
      },
      onError: (error) => broken.abort(error),
    });
    try {
      const subscription = await subscribe(context, {
        url: receiver.url,
        description: 'fanfare listen',
        retrySchedule: SCHEDULE,
        ...context.scope,
        ...fields,
        secret,
      });
      try {
        const types = subscription.eventTypes.join(' ');
        context.out.note(`listening on ${receiver.url} for ${types} as ${subscription.id}; Ctrl-C ends`);
        const end = AbortSignal.any([context.signal, enough.signal, broken.signal]);
        if (!end.aborted) await once(end, 'abort');
        if (broken.signal.aborted) throw broken.signal.reason;
      } finally {
        await unsubscribe(context, subscription.id);
      }
    } finally {
      await receiver.close();
    }
    return refused > 0 ? EXIT.failure : EXIT.ok;
  },
});

function statusArgument(text: string | undefined): number {
  const status = numberArgument('--answer', text) ?? 204;
  if (status < 200 || status > 599) throw new UsageError('--answer takes a status from 200 to 599');
  return status;
}

function urlArgument(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new UsageError(`--forward-to takes a URL such as http://127.0.0.1:8080/hook, not "${text}"`);
}

type NewSubscription = Parameters<Context['api']['createSubscription']>[0];

async function subscribe({ api, out, signal }: Context, body: NewSubscription) {
  try {
    // Not cut short by Ctrl-C: a subscription that was made must be known, to be deleted.
    return await api.createSubscription(body);
  } catch (error) {
    if (error instanceof FanfareProblem && error.slug === 'invalid-url') {
      out.note('This server sends to public addresses only; "listen" is for the local runner (npm start).');
    }
    if (signal.aborted && signal.reason instanceof Interrupted) throw signal.reason;
    throw error;
  }
}

/** Deletes the subscription, also when the user has gone or the output is cut; says how to where that fails. */
async function unsubscribe({ api, out, scope }: Context, id: string): Promise<void> {
  try {
    await api.deleteSubscription(id, {
      ...scope,
      timeoutMs: DELETE_MS,
      signal: AbortSignal.timeout(DELETE_MS),
    });
    out.note(`${id} deleted`);
  } catch (error) {
    const tenant = scope.tenant === undefined ? '' : ` --tenant ${scope.tenant}`;
    out.note(`${id} was not deleted and stays active. Later: fanfare subscriptions delete ${id}${tenant}`);
    throw error instanceof DOMException && error.name === 'TimeoutError'
      ? new FanfareTimeout(`the server did not answer within ${DELETE_MS / 1000} s`, { cause: error })
      : error;
  }
}

function print({ out, json }: Context, { headers, body, verified, status, failure }: Answered): void {
  const text = body.toString();
  const [id, delivery, attempt] = ['webhook-id', 'fanfare-delivery', 'fanfare-attempt'].map((name) =>
    String(headers[name] ?? ''),
  );
  if (json) {
    const head = JSON.stringify({ id, delivery, attempt: Number(attempt), verified, status, failure });
    out.json(verified ? `${head.slice(0, -1)},"body":${text}}` : head);
  } else if (verified) {
    out.line(`${id} ${delivery} attempt ${attempt} verified, answered ${status} ${compactJson(text)}`);
    if (failure !== undefined) out.note(`${status} is our answer, not your program's: ${failure}`);
  } else {
    out.line(`${id} NOT verified, answered ${status}`);
  }
}
