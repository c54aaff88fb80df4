import type { MiddlewareObj } from '@middy/core';
import type { Log } from '../../core/log.ts';
import type { Meter } from '../../core/meter.ts';

/**
 * Puts the invocation's id on each log line, and hands over metrics at its end, also when it fails. Must be the
 * first middleware, so that it is the last to run.
 */
export function observe<Event, Answer>(deps: { log: Log; meter: Meter }): MiddlewareObj<Event, Answer> {
  return {
    before: ({ context }) => deps.log.begin(context.awsRequestId),
    after: () => deps.meter.publish(),
    onError: () => deps.meter.publish(),
  };
}
