import { toItem } from '../../adapters/aws/item.ts';
import { subscriptionKey, versionKey } from '../../adapters/aws/subscription-item.ts';
import { encodeMessage } from '../../core/message.ts';
import { functionVariant, startFunction } from '../dispatch/prepare.ts';
import { recordOf, sampleEvent } from '../dispatch/world.ts';
import { type Bench, expectEqual, type Figures } from '../figures.ts';
import { inRounds, type LineUp, type Variant } from '../rounds.ts';

const SIZES = [1, 10, 100, 1_000, 10_000] as const;
/** Subscriptions that an event is for where few of many want it. */
const FEW = 10;
/** Events of one invocation. */
const EVENTS = 10;

interface Tenant {
  readonly id: string;
  readonly subscriptions: number;
  /** How many of them want the event. */
  readonly matching: number;
}

/** What an event costs in fan-out when all of so many subscriptions want it, and when ten of them do. */
export async function measureFanOut(bench: Bench): Promise<Figures> {
  const { standIns, quick } = bench;
  bench.say('fan-out to 1 … 10,000 subscriptions');
  const all = SIZES.map((n): Tenant => ({ id: `all-${n}`, subscriptions: n, matching: n }));
  const few = SIZES.filter((n) => (quick ? n === FEW || n === 10_000 : n >= FEW)).map(
    (n): Tenant => ({ id: `few-${n}`, subscriptions: n, matching: FEW }),
  );
  const tenants = [...all, ...few];
  await standIns.openSink('fan-out', { origins: 1, keepOneIn: 1 });
  await standIns.use({ items: tenants.flatMap(itemsOf), dataKey: '' });
  const { bundle, variables: env } = bench.functions['fan-out'];
  const lineUp = async (): Promise<LineUp<string>> => {
    const children = new Map(
      await Promise.all(
        tenants.map(async (tenant) => {
          const options = { bundle, events: invocationsFor(tenant), env };
          return [tenant.id, await startFunction(standIns, options)] as const;
        }),
      ),
    );
    const variants = tenants.map((tenant): Variant => {
      const child = children.get(tenant.id);
      if (!child) throw new Error(`no process for ${tenant.id}`);
      // As much work for each: many small events, or few large ones.
      const invocations = Math.max(1, Math.floor((quick ? 12 : 150) / Math.sqrt(tenant.matching)));
      const { name, run } = functionVariant(tenant.id, child, { invocations, unitsEach: EVENTS });
      return {
        name,
        run: async () => {
          const taken = await run();
          const { calls } = (await standIns.take('fan-out')).aws;
          expectEqual(
            `events of ${name} on record`,
            (calls.UpdateItem ?? 0) + (calls.PutItem ?? 0),
            taken.units,
          );
          return taken;
        },
      };
    });
    return {
      variants,
      stop: async () => {
        await Promise.all([...children.values()].map((child) => child.stop()));
      },
    };
  };
  const rounds = await inRounds(lineUp, { lineUps: 1, warmUps: quick ? 1 : 3, rounds: quick ? 5 : 9 });
  const micros = (id: string): number => rounds.micros(id);
  return {
    ...Object.fromEntries(
      SIZES.flatMap((n) => [
        [`fanout.${n}.eventsPerCpuSecond`, 1e6 / micros(`all-${n}`)],
        [`fanout.${n}.deliveriesPerCpuSecond`, (1e6 * n) / micros(`all-${n}`)],
      ]),
    ),
    ...Object.fromEntries(
      few.map(({ id, subscriptions }) => [`fanout.tenOf${subscriptions}.eventMicros`, micros(id)]),
    ),
    'fanout.growth': micros('few-10000') / micros('few-10'),
  };
}

function itemsOf({ id: tenant, subscriptions, matching }: Tenant) {
  const items = Array.from({ length: subscriptions }, (_, i) => {
    const id = `sub_01JGJ7Y2V5N8K3ABCDE${100_000 + i}`;
    const eventTypes = [i < matching ? 'order.created' : `order.other${i}`];
    return { ...subscriptionKey(tenant, id), ...toItem({ id, eventTypes, filter: null, status: 'active' }) };
  });
  return [...items, { ...versionKey(tenant), n: { N: '1' } }];
}

function invocationsFor({ id: tenant }: Tenant): readonly string[] {
  return Array.from({ length: 4 }, (_, batch) => {
    const bodies = Array.from({ length: EVENTS }, (_, i) => {
      const { envelope, data } = sampleEvent();
      return encodeMessage(
        { v: 1, requestId: `request-${batch}-${i}`, event: { ...envelope, tenant } },
        data,
      );
    });
    return JSON.stringify({ Records: bodies.map(recordOf) });
  });
}
