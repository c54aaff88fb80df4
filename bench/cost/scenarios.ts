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
    // A short first delay, so that a retry can be waited for.
    const subscription = { url: endpoints.url(i), eventTypes: [type], retrySchedule: [1, 300] };
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

async function postEach(pipeline: Pipeline, type: string, count: number, round: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { data } = sampleEvent(round * ARRAY + i);
    await pipeline.request('POST', '/v1/events', JSON.stringify({ type, data }));
  }
  await pipeline.drain();
}

async function postArray(pipeline: Pipeline, type: string, round: number): Promise<void> {
  const events = Array.from({ length: ARRAY }, (_, i) => ({
    type,
    data: sampleEvent(round * ARRAY + i).data,
  }));
  await pipeline.request('POST', '/v1/events', JSON.stringify(events));
  await pipeline.drain();
}
