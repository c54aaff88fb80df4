import { type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { STAGES } from '../../contract/environment.ts';
import { math, sum } from './math.ts';
import { type Signals, WORK_QUEUES } from './signals.ts';

/** `page`: wake somebody. `ticket`: somebody should look in the next working day. */
export type Severity = 'page' | 'ticket';

/** When something is wrong, why that matters, and what no data means. */
export interface AlarmSpec {
  readonly severity: Severity;
  /** Read by whoever is woken: what it means, not how it is measured. */
  readonly reason: string;
  readonly metric: (signals: Signals) => IMetric;
  /** Trips at this value and above… */
  readonly threshold: number;
  readonly periodMinutes: number;
  /** …in this many periods… */
  readonly datapoints: number;
  /** …of the last so many. */
  readonly of: number;
  /** `notBreaching`: nothing happens, nothing is wrong. `breaching`: silence itself is the fault. */
  readonly missing: TreatMissingData.NOT_BREACHING | TreatMissingData.BREACHING;
}

/** Messages in flight at which SQS stops handing any out, without an error to a consumer that polls long. */
export const MAX_IN_FLIGHT = 120_000;

const QUIET = TreatMissingData.NOT_BREACHING;

/**
 * Every alarm. Each has its section in docs/runbook.md, under its id in words. A customer's failure trips none that
 * pages: what endpoints do is told by other metrics than what we fail at.
 */
export const ALARMS = {
  OldestEvent: {
    severity: 'page',
    reason: 'Accepted events wait for fan-out for 5 minutes: no subscriber hears of them.',
    metric: (s) => s.queue('events', 'ApproximateAgeOfOldestMessage'),
    threshold: 300,
    ...{ periodMinutes: 1, datapoints: 3, of: 3, missing: QUIET },
  },
  OldestDelivery: {
    severity: 'page',
    reason: 'A delivery is 20 minutes old in its queue; the longest delay asked for is 15.',
    metric: (s) =>
      math('MAX([fast,slow])', {
        fast: s.queue('deliveries', 'ApproximateAgeOfOldestMessage'),
        slow: s.queue('slow-deliveries', 'ApproximateAgeOfOldestMessage'),
      }),
    threshold: 1_200,
    ...{ periodMinutes: 1, datapoints: 3, of: 3, missing: QUIET },
  },
  StandStill: {
    severity: 'page',
    reason: 'Deliveries wait, and dispatch has finished none for 5 minutes.',
    metric: (s) =>
      math('IF(waiting > 0 AND done == 0, 1, 0)', {
        waiting: s.queue('deliveries', 'ApproximateNumberOfMessagesVisible'),
        done: s.queue('deliveries', 'NumberOfMessagesDeleted', 'Sum'),
      }),
    threshold: 1,
    ...{ periodMinutes: 1, datapoints: 5, of: 5, missing: QUIET },
  },
  Poison: {
    severity: 'page',
    reason:
      'Messages that no worker gets through: a bug or damage, never a customer. They are deleted after 14 days.',
    metric: (s) => sum(WORK_QUEUES.map((name) => s.poison(name))),
    threshold: 1,
    ...{ periodMinutes: 1, datapoints: 1, of: 1, missing: QUIET },
  },
  InFlight: {
    severity: 'page',
    reason: 'Half of the 120,000 messages that SQS hands out at once; beyond them it falls silent.',
    metric: (s) =>
      math('MAX([events,fast,slow])', {
        events: s.queue('events', 'ApproximateNumberOfMessagesNotVisible'),
        fast: s.queue('deliveries', 'ApproximateNumberOfMessagesNotVisible'),
        slow: s.queue('slow-deliveries', 'ApproximateNumberOfMessagesNotVisible'),
      }),
    threshold: MAX_IN_FLIGHT / 2,
    ...{ periodMinutes: 1, datapoints: 2, of: 2, missing: QUIET },
  },
  FunctionErrors: {
    severity: 'page',
    reason: 'A function crashes, runs out of time or memory, or cannot do its work at all.',
    metric: (s) => sum(STAGES.map((stage) => s.fn(stage, 'Errors', 'Sum'))),
    threshold: 1,
    ...{ periodMinutes: 1, datapoints: 3, of: 5, missing: QUIET },
  },
  ItemsReturned: {
    severity: 'page',
    reason:
      'We give messages back because something of ours fails: a table, a queue, a key. Ten returns make one poison.',
    metric: (s) => s.totalOf('BatchItemsReturned', 'returned'),
    threshold: 1,
    ...{ periodMinutes: 1, datapoints: 3, of: 5, missing: QUIET },
  },
  Throttles: {
    severity: 'page',
    reason: 'Lambda refuses to run functions: the concurrency of the account or of a function is used up.',
    metric: (s) => sum(STAGES.map((stage) => s.fn(stage, 'Throttles', 'Sum'))),
    threshold: 1,
    ...{ periodMinutes: 1, datapoints: 3, of: 5, missing: QUIET },
  },
  FirstAttemptLag: {
    severity: 'page',
    reason:
      'One event in a hundred waits a minute for its first request, endpoints that we hold back left out.',
    metric: (s) => s.own('FirstAttemptLag', 'p99'),
    threshold: 60_000,
    ...{ periodMinutes: 1, datapoints: 3, of: 5, missing: QUIET },
  },
  OverdueParked: {
    severity: 'page',
    reason:
      'Parked deliveries go out 5 minutes late, or the sweep that each minute tells of itself is silent.',
    metric: (s) => s.own('ParkedOverdue', 'Maximum'),
    threshold: 300,
    ...{ periodMinutes: 1, datapoints: 5, of: 5, missing: TreatMissingData.BREACHING },
  },
  ApiErrors: {
    severity: 'page',
    reason: 'Producers and users get answers 5xx, which are never their own doing.',
    // A subscription that leads to the API gets a 508, which is its owner's doing.
    metric: (s) =>
      math('errors - loops', { errors: s.api('5xx', 'Sum', '5xx'), loops: s.own('LoopsRefused', 'Sum') }),
    threshold: 5,
    ...{ periodMinutes: 5, datapoints: 1, of: 1, missing: QUIET },
  },
  Loop: {
    severity: 'page',
    reason:
      'Far more messages are sent than there is work: something sends in circles, and each round costs money.',
    metric: (s) =>
      math('IF(fast + slow > 1000 AND fast + slow > 10 * (accepted + attempts + delayed + waiting), 1, 0)', {
        fast: s.queue('deliveries', 'NumberOfMessagesSent', 'Sum'),
        slow: s.queue('slow-deliveries', 'NumberOfMessagesSent', 'Sum'),
        accepted: s.own('EventsAccepted', 'Sum'),
        attempts: s.own('AttemptsMade', 'Sum'),
        delayed: s.queue('deliveries', 'ApproximateNumberOfMessagesDelayed'),
        waiting: s.queue('deliveries', 'ApproximateNumberOfMessagesVisible'),
      }),
    threshold: 1,
    ...{ periodMinutes: 5, datapoints: 2, of: 2, missing: QUIET },
  },
  DeadLetterRise: {
    severity: 'ticket',
    reason:
      'Many deliveries end as dead letters, more than one for each four that succeed: one large customer, or us.',
    metric: (s) =>
      math('IF(dead >= 50 AND dead * 4 > taken, 1, 0)', {
        dead: s.own('DeliveriesDead', 'Sum'),
        taken: s.own('AttemptsSucceeded', 'Sum'),
      }),
    threshold: 1,
    ...{ periodMinutes: 15, datapoints: 1, of: 1, missing: QUIET },
  },
  LogWrites: {
    severity: 'ticket',
    reason: 'Deliveries are made, but rows of their log are missing: users cannot see what happened.',
    metric: (s) => s.own('LogWriteFailures', 'Sum'),
    threshold: 1,
    ...{ periodMinutes: 5, datapoints: 1, of: 1, missing: QUIET },
  },
} as const satisfies Readonly<Record<string, AlarmSpec>>;

export type AlarmId = keyof typeof ALARMS;
