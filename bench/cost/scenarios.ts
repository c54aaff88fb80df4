import type { Endpoints } from './endpoints.ts';
import { MODEL } from './model.ts';
import type { Pipeline } from './pipeline.ts';
import { sampleEvent } from './sample-event.ts';
import type { Usage } from './usage.ts';

/** How events come in. */
export type Posting = 'single' | 'array';

/**
 * How busy it is. `full`: batches are as full as the stages make them, and what is remembered for seconds is
 * remembered. `quiet`: each post comes a minute after the last, so nothing shares anything with it.
 */
export type Load = 'full' | 'quiet';

export interface Scenario {
  readonly fanOut: number;
  readonly posting: Posting;
  readonly load: Load;
}

/** Usage, and the events it was for. */
export interface Counted {
  readonly usage: Usage;
  readonly events: number;
}

const POSTS_AT_ONCE = 10;
const ARRAY = 100;
/** Time that lets everything be forgotten that a function remembers. */
const FORGET_MS = 60_000;

/** Makes `fanOut` subscriptions to events of their own type, which is answered. */
export async function subscribe(
  pipeline: Pipeline,
  endpoints: Endpoints,
  fanOut: number,
  type = `order.to_${fanOut}`,
): Promise<string> {
  for (let i = 0; i < fanOut; i++) {
    const subscription = { url: endpoints.url(i), eventTypes: [type] };
    await pipeline.request('POST', '/v1/subscriptions', JSON.stringify(subscription));
  }
  return type;
}

/** Lets the functions get warm: code is compiled, connections stand, copies are kept. */
export async function warmUp(
  pipeline: Pipeline,
  endpoints: Endpoints,
  type: string,
  fanOut: number,
): Promise<void> {
  endpoints.slow = false;
  const rounds = Math.max(2, Math.ceil(3_000 / (fanOut * POSTS_AT_ONCE)));
  for (let i = 0; i < Math.min(rounds, 15); i++) await postEach(pipeline, type, POSTS_AT_ONCE, i);
  endpoints.slow = true;
}

/** Plays a scenario some times over and answers what it took. */
export async function play(
  pipeline: Pipeline,
  endpoints: Endpoints,
  scenario: Scenario,
  type: string,
  rounds: number,
): Promise<Counted> {
  const { posting, load, fanOut } = scenario;
  pipeline.newConnections = load === 'quiet' ? 1 : MODEL.newConnectionShare;
  const usage = pipeline.count();
  let events = 0;
  for (let round = 0; round < rounds; round++) {
    if (load === 'quiet') {
      pipeline.pass(FORGET_MS);
      await postEach(pipeline, type, 1, 1_000 + round);
      events += 1;
    } else if (posting === 'array') {
      await postArray(pipeline, type, 2_000 + round);
      events += ARRAY;
    } else {
      await postEach(pipeline, type, POSTS_AT_ONCE, 3_000 + round);
      events += POSTS_AT_ONCE;
    }
  }
  pipeline.countEgress();
  const { requests } = endpoints.seen;
  if (requests !== events * fanOut) throw new Error(`${requests} requests came of ${events * fanOut}`);
  return { usage, events };
}

/** What a second attempt takes, in what `retries` of them took more than the first attempts alone. */
export async function playRetries(pipeline: Pipeline, endpoints: Endpoints, type: string): Promise<Counted> {
  pipeline.newConnections = MODEL.newConnectionShare;
  const usage = pipeline.count();
  endpoints.failing = POSTS_AT_ONCE;
  await postEach(pipeline, type, POSTS_AT_ONCE, 4_000);
  pipeline.countEgress();
  return { usage, events: POSTS_AT_ONCE };
}

/** Deliveries that wait for a broken endpoint, and how often they ask before they are let go. */
const HELD = 20;
const ASKS = 3;
/** Longer than dispatch trusts what it read, shorter than a breaker that just opened stays open. */
const ASK_AFTER_MS = 10_500;

/** What it takes that a delivery finds a breaker open and is put back. `events` counts these times. */
export async function playHolds(pipeline: Pipeline, endpoints: Endpoints): Promise<Counted> {
  const type = await subscribe(pipeline, endpoints, 1, 'order.held');
  endpoints.slow = false;
  endpoints.failing = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 2; round++) await postSome(pipeline, type, HELD / 2, 5_000 + round);
  pipeline.wait(2_000);
  await pipeline.drainVisible();
  endpoints.reset();
  const usage = pipeline.count();
  let events = 0;
  for (let ask = 0; ask < ASKS - 1; ask++) {
    events += pipeline.wait(ASK_AFTER_MS);
    await pipeline.drainVisible();
  }
  if (endpoints.seen.requests > 0) throw new Error('the breaker was not open');
  pipeline.count();
  endpoints.failing = 0;
  await pipeline.drain();
  return { usage, events };
}

async function postEach(pipeline: Pipeline, type: string, count: number, round: number): Promise<void> {
  await postSome(pipeline, type, count, round);
  await pipeline.drain();
}

async function postSome(pipeline: Pipeline, type: string, count: number, round: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { data } = sampleEvent(round * ARRAY + i);
    await pipeline.request('POST', '/v1/events', JSON.stringify({ type, data }));
  }
  await pipeline.drainVisible();
}

async function postArray(pipeline: Pipeline, type: string, round: number): Promise<void> {
  const events = Array.from({ length: ARRAY }, (_, i) => ({
    type,
    data: sampleEvent(round * ARRAY + i).data,
  }));
  await pipeline.request('POST', '/v1/events', JSON.stringify(events));
  await pipeline.drain();
}
