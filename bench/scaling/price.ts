import type { Load } from './situation.ts';

const SECONDS_PER_MONTH = 30.4 * 86_400;
const GB = 2 ** 30;
const KEPT_MONTHS = 30 / 30.4;

/** Dollars a month at list price, first tier, egress left out. */
export function dollarsPerMonth(load: Load, priceOf: (id: string) => number): number {
  const perSecond =
    load.requests * priceOf('apigw.request') +
    load.runs * priceOf('lambda.request') +
    load.gbSeconds * priceOf('lambda.gbSecond') +
    load.queueRequests * (priceOf('sqs.request') + priceOf('sqs.fair')) +
    (load.eventWrites + load.deliveryWrites + load.healthWrites) * priceOf('dynamodb.write') +
    load.reads * priceOf('dynamodb.read') +
    (load.storedBytes / GB) * KEPT_MONTHS * priceOf('dynamodb.gbMonth') +
    (load.logBytes / GB) * priceOf('logs.gb');
  return perSecond * SECONDS_PER_MONTH;
}
