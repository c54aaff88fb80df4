import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { type Bench, expectEqual, type Figures } from '../figures.ts';
import type { Taken } from '../process/cpu.ts';
import { inRounds, type LineUp, type Rounds, type Variant } from '../rounds.ts';
import { eventsFor, functionVariant, sampleOf, startBareLoop, startDispatch } from './prepare.ts';
import { verifySignatures } from './verify.ts';
import { recordsOf, subscription } from './world.ts';

/** Targets of each message: as many as one can hold. */
const TARGETS = 100;
/** Deliveries of one invocation: ten messages. */
const EACH = 10 * TARGETS;
/** Origins, with the sockets that dispatch opens to them at most; the bare loop gets as many. */
const SETTINGS = { one: { origins: 1, width: 64 }, many: { origins: 100, width: 256 } };

type Setting = keyof typeof SETTINGS;

type Name = 'bare' | 'dispatch' | 'packed' | 'full';

/** How much of a bare loop's pace dispatch keeps, with nothing to log and with each log, to one origin and to a hundred. */
export async function measureDispatch(bench: Bench): Promise<Figures> {
  const one = await compare(bench, 'one');
  const many = bench.quick ? null : await compare(bench, 'many');
  return {
    'dispatch.ratio': one.ratio('bare', 'dispatch').value,
    'dispatch.packed': one.ratio('bare', 'packed').value,
    'dispatch.full': one.ratio('bare', 'full').value,
    'dispatch.spread': one.ratio('bare', 'dispatch').spread,
    'dispatch.micros': one.micros('dispatch'),
    'dispatch.packedMicros': one.micros('packed'),
    'dispatch.fullMicros': one.micros('full'),
    'dispatch.bareMicros': one.micros('bare'),
    ...(many && {
      'dispatch.origins100.ratio': many.ratio('bare', 'dispatch').value,
      'dispatch.origins100.packed': many.ratio('bare', 'packed').value,
      'dispatch.origins100.micros': many.micros('dispatch'),
    }),
  };
}

async function compare(bench: Bench, setting: Setting): Promise<Rounds<Name>> {
  const { standIns, quick } = bench;
  const { origins, width } = SETTINGS[setting];
  bench.say(`dispatch to ${origins} origin${origins === 1 ? '' : 's'}, beside a bare loop`);
  const ports = await standIns.openSink(setting, { origins, keepOneIn: 2_000 });
  const subscriptions = Array.from({ length: TARGETS }, (_, i) =>
    subscription(`sub_01JGJ7Y2V5N8K3ABCDEFGH${1000 + i}`, `http://127.0.0.1:${ports[i % origins]}/hook`),
  );
  await standIns.use(await recordsOf(subscriptions));
  const events = eventsFor(subscriptions);
  const lineUp = async (): Promise<LineUp<Name>> => {
    const start = (mode: DeliveryLogMode) => startDispatch(bench, { events, mode });
    // All goes well, so this log has nothing to keep.
    const dispatch = await start('failures');
    const packed = await start('packed');
    const full = setting === 'one' ? await start('full') : null;
    // One invocation shows what the bare loop has to send.
    await dispatch.ask<Taken>({ kind: 'run', invocations: 1 });
    const { kept } = (await standIns.take(setting)).sink;
    verifySignatures(kept);
    const bare = await startBareLoop(ports, sampleOf(kept[0] ?? ''), width);
    const size = { invocations: quick ? 2 : 8, unitsEach: EACH };
    const fullSize = { ...size, invocations: size.invocations / 2 };
    const requests = size.invocations * EACH;
    const bareRun = async () => ({ units: requests, ...(await bare.ask<Taken>({ kind: 'run', requests })) });
    const variants: readonly Variant<Name>[] = [
      functionVariant('dispatch', dispatch, size),
      functionVariant('packed', packed, size),
      ...(full ? [functionVariant('full', full, fullSize)] : []),
      { name: 'bare', run: bareRun },
    ];
    return {
      variants: variants.map((variant) => checked(bench, setting, variant)),
      stop: async () => {
        await Promise.all([dispatch, packed, full, bare].map((child) => child?.stop()));
      },
    };
  };
  const plan = quick ? { lineUps: 1, warmUps: 10, rounds: 5 } : { lineUps: 3, warmUps: 5, rounds: 5 };
  return standIns.whileAwake(() => inRounds(lineUp, plan));
}

/** Work that was dropped must not look fast: every request has to arrive, and every row of the full log. */
function checked({ standIns }: Bench, setting: Setting, variant: Variant<Name>): Variant<Name> {
  return {
    name: variant.name,
    run: async () => {
      const taken = await variant.run();
      const { sink, aws } = await standIns.take(setting);
      expectEqual(`requests of ${variant.name}`, sink.requests, taken.units);
      if (variant.name === 'full') expectEqual('rows of the full log', aws.itemsPut, taken.units);
      if (variant.name !== 'bare') verifySignatures(sink.kept);
      return taken;
    },
  };
}
