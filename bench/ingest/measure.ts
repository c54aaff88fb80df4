import { toItem } from '../../adapters/aws/item.ts';
import { KEYS } from '../../contract/tables.ts';
import { hashToken } from '../../core/auth/token.ts';
import { bundle } from '../bundles.ts';
import { functionVariant, startFunction } from '../dispatch/prepare.ts';
import { SAMPLE_DATA } from '../dispatch/world.ts';
import { type Bench, expectEqual, type Figures } from '../figures.ts';
import { inRounds, type LineUp, type Variant } from '../rounds.ts';

/** A key in the form that ingest looks up in the table, as producers have it. */
const TOKEN = `ffk_${'b'.repeat(43)}`;

/** How much of a bare handler's pace ingest keeps: one that only parses and sends, with the same SDK. */
export async function measureIngest(bench: Bench): Promise<Figures> {
  const { standIns, quick } = bench;
  bench.say('ingest, beside a bare handler');
  const bare = await bundle('ingest-bare', 'bench/ingest/bare-handler.ts');
  await standIns.openSink('ingest', { origins: 1, keepOneIn: 1 });
  const hash = hashToken(TOKEN);
  const record = {
    id: 'key_1',
    name: 'bench',
    hash,
    scopes: ['events:write'],
    tenant: null,
    createdAt: 0,
    expiresAt: null,
  };
  const item = { [KEYS.partition]: { S: `KEY#${hash}` }, [KEYS.sort]: { S: 'KEY' }, ...toItem(record) };
  await standIns.use({ items: [item], dataKey: '' });
  const events = [request({ type: 'order.created', data: JSON.parse(SAMPLE_DATA) })];
  const size = { invocations: quick ? 120 : 500, unitsEach: 1 };
  const lineUp = async (): Promise<LineUp<'bare' | 'ingest'>> => {
    const functions = {
      bare: await startFunction(standIns, { bundle: bare, events }),
      ingest: await startFunction(standIns, {
        bundle: bench.functions.ingest.bundle,
        events,
        env: bench.functions.ingest.variables,
      }),
    };
    const variants = [
      functionVariant('bare' as const, functions.bare, size),
      functionVariant('ingest' as const, functions.ingest, size),
    ];
    return {
      variants: variants.map(
        ({ name, run }): Variant<'bare' | 'ingest'> => ({
          name,
          run: async () => {
            const taken = await run();
            const { calls } = (await standIns.take('ingest')).aws;
            const sent = (calls.SendMessage ?? 0) + (calls.SendMessageBatch ?? 0);
            expectEqual(`messages sent by ${name}`, sent, taken.units);
            return taken;
          },
        }),
      ),
      stop: async () => {
        await Promise.all([functions.bare.stop(), functions.ingest.stop()]);
      },
    };
  };
  const plan = quick ? { lineUps: 1, warmUps: 3, rounds: 5 } : { lineUps: 3, warmUps: 4, rounds: 7 };
  const rounds = await inRounds(lineUp, plan);
  return {
    'ingest.ratio': rounds.ratio('bare', 'ingest').value,
    'ingest.spread': rounds.ratio('bare', 'ingest').spread,
    'ingest.micros': rounds.micros('ingest'),
    'ingest.bareMicros': rounds.micros('bare'),
  };
}

/** `POST /v1/events` as an HTTP API hands it to a function, JSON text. */
function request(body: object): string {
  return JSON.stringify({
    version: '2.0',
    routeKey: 'POST /v1/events',
    rawPath: '/v1/events',
    rawQueryString: '',
    headers: {
      accept: '*/*',
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      host: 'api.example.com',
      'user-agent': 'producer/1.0',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: {
        method: 'POST',
        path: '/v1/events',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'producer',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'POST /v1/events',
      stage: '$default',
      time: '02/Jan/2026:03:04:05 +0000',
      timeEpoch: 1_767_323_045_678,
    },
    isBase64Encoded: false,
    body: JSON.stringify(body),
  });
}
