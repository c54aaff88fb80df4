/** What a million events to `fanOut` subscribers each cost elsewhere, egress left out. */
export interface Other {
  readonly name: string;
  readonly usd: (fanOut: number) => number;
}

const MILLION = 1_000_000;

/**
 * Other ways to send webhooks, by their list prices, each delivery made once. The two of AWS take an event from
 * inside AWS only: whoever needs an HTTPS front door adds the price of one. The hosted ones are for one month that
 * brings just this million.
 */
export function others(priceOf: (id: string) => number): readonly Other[] {
  const extra = (count: number, included: number): number => Math.max(0, count - included);
  return [
    {
      name: 'EventBridge API destinations',
      usd: (fanOut) =>
        MILLION * (priceOf('eventbridge.event') + fanOut * priceOf('eventbridge.apiDestination')),
    },
    {
      name: '… behind an HTTP API',
      usd: (fanOut) =>
        MILLION *
        (priceOf('apigw.request') +
          priceOf('eventbridge.event') +
          fanOut * priceOf('eventbridge.apiDestination')),
    },
    {
      name: 'SNS over HTTP',
      usd: (fanOut) => MILLION * (priceOf('sns.publish') + fanOut * priceOf('sns.http')),
    },
    {
      name: 'Svix Pro, each delivery counted',
      usd: (fanOut) => priceOf('svix.month') + extra(MILLION * fanOut, 50_000) * priceOf('svix.message'),
    },
    {
      name: 'Svix Pro, each event counted once',
      usd: () => priceOf('svix.month') + extra(MILLION, 50_000) * priceOf('svix.message'),
    },
    {
      name: 'Hookdeck Team, list price',
      usd: (fanOut) => priceOf('hookdeck.month') + MILLION * fanOut * priceOf('hookdeck.event'),
    },
    {
      name: 'Hookdeck Team, volume price',
      usd: (fanOut) => priceOf('hookdeck.month') + MILLION * fanOut * priceOf('hookdeck.eventVolume'),
    },
  ];
}
