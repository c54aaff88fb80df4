import type { AttemptBody, SubscriptionBody } from '../../../contract/api.ts';
import { jsonArgument, numberArgument, present } from '../arguments.ts';
import { describeAnswer, describeTime } from '../attempt-text.ts';
import { type CommandGroup, type Context, command, EXIT, type ExitCode, UsageError } from '../command.ts';
import { LIST_OPTIONS, showList } from '../lists.ts';
import { CLEAR_OPTION, clearedFields, FIELD_OPTIONS, subscriptionFields } from '../subscription-fields.ts';

const SECRET_OPTION = {
  type: 'string',
  value: 'SECRET',
  help: 'whsec_ and base64; @FILE or - keeps it off the command line (default: a new one)',
} as const;

/** `fanfare subscriptions …` */
export const subscriptions: CommandGroup = {
  summary: 'Who gets which events, and where.',
  commands: {
    list: command({
      summary: 'List subscriptions, newest first.',
      options: {
        status: { type: 'string', value: 'STATUS', help: 'active, paused, disabled or unverified' },
        'event-type': { type: 'string', value: 'TYPE', help: 'those that would get this type' },
        ...LIST_OPTIONS,
      },
      run: (context, { options }) =>
        showList(
          context,
          'listSubscriptions',
          options,
          [{ ...context.scope, ...present({ status: options.status, eventType: options['event-type'] }) }],
          { headings: ['SUBSCRIPTION', 'STATUS', 'EVENT TYPES', 'URL'], cells: rowOf },
        ),
    }),
    get: command({
      summary: 'Show a subscription.',
      args: ['<id>'],
      run: async (context, { args }) => {
        const options = { ...context.scope, signal: context.signal };
        return show(context, (await context.api.request('getSubscription', { path: args, options })).text);
      },
    }),
    create: command({
      summary: 'Subscribe a URL. The answer holds the secret that signs.',
      args: ['<url>'],
      options: {
        id: { type: 'string', value: 'ID', help: 'an id of your choice' },
        ...FIELD_OPTIONS,
        secret: SECRET_OPTION,
      },
      run: async (context, { args: [url = ''], options }) => {
        const secret = await secretOf(context, options.secret);
        const fields = await subscriptionFields(context, options);
        const body = { url, ...context.scope, ...fields, ...present({ id: options.id, secret }) };
        const { signal } = context;
        return show(
          context,
          (await context.api.request('createSubscription', { body, options: { signal } })).text,
        );
      },
    }),
    update: command({
      summary: 'Change what is named, leave the rest.',
      args: ['<id>'],
      options: {
        destination: {
          type: 'string',
          value: 'URL',
          help: 'the new destination; on another host give --header again, or --clear headers',
        },
        ...FIELD_OPTIONS,
        clear: CLEAR_OPTION,
      },
      run: async (context, { args, options }) => {
        const fields = await subscriptionFields(context, options);
        return change(context, args, {
          ...fields,
          ...clearedFields(options.clear),
          ...present({ url: options.destination }),
        });
      },
    }),
    pause: command({
      summary: 'Stop sending; deliveries are recorded as skipped.',
      args: ['<id>'],
      run: (context, { args }) => change(context, args, { status: 'paused' }),
    }),
    resume: command({
      summary: 'Send again, whether it was paused or disabled.',
      args: ['<id>'],
      run: (context, { args }) => change(context, args, { status: 'active' }),
    }),
    verify: command({
      summary: 'Ask an unverified endpoint again whether it wants events.',
      args: ['<id>'],
      run: async (context, { args }) => {
        const options = { ...context.scope, signal: context.signal };
        return show(context, (await context.api.request('verifySubscription', { path: args, options })).text);
      },
    }),
    delete: command({
      summary: 'Unsubscribe; what is still to be delivered is cancelled.',
      args: ['<id>'],
      run: async ({ api, scope, signal, out, json }, { args: [id = ''] }) => {
        await api.deleteSubscription(id, { ...scope, signal });
        if (!json) out.line(`${id} deleted`);
        return EXIT.ok;
      },
    }),
    secret: command({
      summary: 'Print the secret that signs.',
      args: ['<id>'],
      run: async ({ api, scope, signal, ...context }, { args: [id = ''] }) =>
        showSecret(context, (await api.getSubscriptionSecret(id, { ...scope, signal })).secret),
    }),
    rotate: command({
      summary: 'Make a new secret and print it; the old one signs along for a while.',
      args: ['<id>'],
      options: {
        grace: { type: 'string', value: 'SECONDS', help: 'how long (default 86400, a day)' },
        secret: SECRET_OPTION,
      },
      run: async (context, { args: [id = ''], options }) => {
        const graceSeconds = numberArgument('--grace', options.grace);
        const secret = await secretOf(context, options.secret);
        const { api, scope, signal } = context;
        const body = present({ graceSeconds, secret });
        return showSecret(
          context,
          (await api.rotateSubscriptionSecret(id, body, { ...scope, signal })).secret,
        );
      },
    }),
    test: command({
      summary: 'Make one real attempt now; exit code 1 if it is not answered with 2xx.',
      args: ['<id>'],
      options: {
        type: { type: 'string', value: 'TYPE', help: 'type of the test event' },
        data: { type: 'string', value: 'JSON', help: 'its data: JSON, @FILE or -' },
      },
      run: async (context, { args, options }) => {
        const data =
          options.data === undefined ? undefined : await jsonArgument(context, '--data', options.data);
        const body = present({ type: options.type, data });
        const { api, scope, signal, json, out } = context;
        const { text, body: attempt } = await api.request('testSubscription', {
          path: args,
          body,
          options: { ...scope, signal },
        });
        if (json) out.json(text);
        else {
          out.line(`${attempt.url} ${describeAnswer(attempt)} in ${describeTime(attempt)}`);
          if (attempt.errorDetail !== null) out.line(attempt.errorDetail);
        }
        return isGood(attempt) ? EXIT.ok : EXIT.failure;
      },
    }),
  },
};

function isGood({ status, error }: AttemptBody): boolean {
  return error === null && status !== null && status >= 200 && status < 300;
}

function rowOf({ id, status, statusReason, eventTypes, url }: SubscriptionBody): readonly string[] {
  return [id, statusReason === null ? status : `${status} (${statusReason})`, eventTypes.join(' '), url];
}

async function change(
  context: Context,
  path: readonly string[],
  body: Awaited<ReturnType<typeof subscriptionFields>>,
): Promise<ExitCode> {
  if (Object.keys(body).length === 0) throw new UsageError('nothing to change was named');
  const options = { ...context.scope, signal: context.signal };
  return show(context, (await context.api.request('updateSubscription', { path, body, options })).text);
}

function show({ json, out }: Context, text: string): ExitCode {
  out.document(text, json);
  return EXIT.ok;
}

function showSecret({ json, out }: Pick<Context, 'json' | 'out'>, secret: string): ExitCode {
  if (json) out.json(JSON.stringify({ secret }));
  else out.line(secret);
  return EXIT.ok;
}

async function secretOf(context: Context, argument: string | undefined): Promise<string | undefined> {
  return argument === undefined ? undefined : (await context.readText(argument)).trim();
}
