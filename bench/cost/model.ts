/**
 * What the meter assumes, because only AWS and the subscribers decide it. Everything else is counted while the
 * functions run. Where a figure has a range, the dearer end is taken.
 */
export const MODEL = {
  /** Time a call takes, in milliseconds; stand-ins answer no sooner. */
  dynamoCallMs: 5,
  sqsCallMs: 10,
  /** Subscribers answer after this, in milliseconds … */
  endpointMs: 200,
  /** … and each hundredth after this. */
  slowEndpointMs: 1_000,
  /** Memory in MB that brings a whole vCPU. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  mbPerVcpu: 1_769,
  /** CPU time on Lambda's arm64 over CPU time here: not measured, meant to be safe. */
  cpuFactor: 1.5,
  /** CPU of a new TLS 1.3 connection, in milliseconds, and how many attempts need one at full load. */
  tlsConnectMs: 1.3,
  newConnectionShare: 0.5,
  /** Bytes out besides the request itself: TCP, TLS and IP on a kept connection, and what a new one adds. */
  framingBytes: 200,
  newConnectionBytes: 1_660,
  /** What mostly stands in place of each placeholder of the access log. */
  accessLog: {
    '$context.requestId': 'JKJaXmPLvHcESHA=',
    '$context.identity.sourceIp': '203.0.113.117',
    '$context.httpMethod': 'POST',
    '$context.path': '/v1/events',
    '$context.status': '202',
    '$context.responseLatency': '25',
    '$context.integrationLatency': '23',
    '$context.integrationErrorMessage': '-',
  } as Readonly<Record<string, string>>,
  /** CloudWatch Logs counts this for each line; kept text is compressed to this share. */
  logLineBytes: 26,
  logCompression: 0.15,
  /** Months that events and deliveries are kept (30 days). */
  keptMonths: 30 / 30.4,
  /** Deliveries that need a second attempt, in the totals. */
  retryShare: 0.05,
  /** A queue that nothing comes to is polled by five pollers for 20 s each. */
  idlePollsPerMonth: (5 * 30.4 * 86_400) / 20,
} as const;

const SHARE_OF = (memoryMb: number): number => Math.min(1, memoryMb / MODEL.mbPerVcpu);

/**
 * Milliseconds that Lambda would bill for a run: the time it waited here, and its CPU time stretched to the share of
 * a vCPU that its memory brings, one after the other although they overlap.
 */
export function billedMs(run: { readonly wallMs: number; readonly cpuMs: number }, memoryMb: number): number {
  const waited = Math.max(0, run.wallMs - run.cpuMs);
  return Math.ceil(waited + (run.cpuMs * MODEL.cpuFactor) / SHARE_OF(memoryMb));
}
