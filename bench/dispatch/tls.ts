import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Bench, expectEqual, type Figures } from '../figures.ts';
import { Child } from '../process/child.ts';
import type { Taken } from '../process/cpu.ts';
import { inRounds, type LineUp, type Variant } from '../rounds.ts';
import { eventsFor, functionVariant, sampleOf, startDispatch } from './prepare.ts';
import { recordsOf, subscription } from './world.ts';

const CERTIFICATES = new URL('../stand-ins/certificates/', import.meta.url);
const BARE_WORKER = fileURLToPath(new URL('./bare-tls-worker.ts', import.meta.url));
const TARGETS = 20;
/** Few at a time: on a busy machine, a wave of handshakes would take so long that endpoints count as slow. */
const MESSAGES = 2;

type Name = 'resumed' | 'full' | 'bare';

/**
 * What a delivery costs that needs a new TLS connection: with sessions resumed, to servers that resume none, and beside
 * a program that keeps neither context nor sessions.
 */
export async function measureTls(bench: Bench): Promise<Figures> {
  const { standIns, quick } = bench;
  bench.say('dispatch over new TLS connections');
  const tls = { cert: readCertificate('localhost.pem'), key: readCertificate('localhost.key') };
  const options = { origins: TARGETS, tls, once: true, keepOneIn: 100 };
  const ports = {
    resumed: await standIns.openSink('resumed', options),
    full: await standIns.openSink('full', { ...options, resumption: false }),
  };
  const subscriptions = (of: readonly number[], kind: string) =>
    of.map((port, i) =>
      subscription(`sub_01JGJ7Y2V5N8K3ABCDE${kind}${1000 + i}`, `https://localhost:${port}/hook`),
    );
  const lists = { resumed: subscriptions(ports.resumed, 'R'), full: subscriptions(ports.full, 'F') };
  await standIns.use(await recordsOf([...lists.resumed, ...lists.full]));
  const env = { NODE_EXTRA_CA_CERTS: fileURLToPath(new URL('ca.pem', CERTIFICATES)) };
  let resumedShare = 0;
  const lineUp = async (): Promise<LineUp<Name>> => {
    const start = (list: typeof lists.full) =>
      startDispatch(bench, { events: eventsFor(list, MESSAGES), mode: 'failures', env });
    const [resumed, full] = [await start(lists.resumed), await start(lists.full)];
    await resumed.ask<Taken>({ kind: 'run', invocations: 1 });
    const sample = sampleOf((await standIns.take('resumed')).sink.kept[0] ?? '');
    const bare = new Child(BARE_WORKER, { core: 'measured', env });
    await bare.ask({ kind: 'prepare', ports: ports.full, ...sample });
    const size = { invocations: quick ? 5 : 10, unitsEach: MESSAGES * TARGETS };
    const requests = size.invocations * size.unitsEach;
    const bareRun = async () => ({ units: requests, ...(await bare.ask<Taken>({ kind: 'run', requests })) });
    const variants: readonly Variant<Name>[] = [
      functionVariant('resumed', resumed, size),
      functionVariant('full', full, size),
      { name: 'bare', run: bareRun },
    ];
    const checked = ({ name, run }: Variant<Name>): Variant<Name> => ({
      name,
      run: async () => {
        const taken = await run();
        const { sink } = await standIns.take(name === 'resumed' ? 'resumed' : 'full');
        expectEqual(`requests over TLS of ${name}`, sink.requests, taken.units);
        if (name === 'resumed') resumedShare = sink.resumed / sink.connections;
        return taken;
      },
    });
    return {
      variants: variants.map(checked),
      stop: async () => {
        await Promise.all([resumed, full, bare].map((child) => child.stop()));
      },
    };
  };
  const rounds = await inRounds(lineUp, { lineUps: 1, warmUps: quick ? 1 : 2, rounds: quick ? 3 : 7 });
  return {
    'dispatch.tlsConnectMicros': rounds.micros('resumed'),
    'dispatch.tlsConnectFullMicros': rounds.micros('full'),
    'dispatch.tlsConnectBareMicros': rounds.micros('bare'),
    'dispatch.tlsResumedShare': resumedShare,
  };
}

function readCertificate(name: string): string {
  return readFileSync(new URL(name, CERTIFICATES), 'utf8');
}
