import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { DynamoEventClaims } from '../adapters/dynamo-event-claims.ts';
import { DynamoEventTypes } from '../adapters/dynamo-event-types.ts';
import { SqsQueue } from '../adapters/sqs-queue.ts';
import { systemClock, systemRandom } from '../adapters/system.ts';
import { ENV } from '../contract/environment.ts';
import { type Authenticator, requireScope } from '../core/api-key.ts';
import { KnownTypes } from '../core/event-types/known-types.ts';
import { type PostEventsDeps, postEvents } from '../core/ingest/post-events.ts';
import { KeyLimits } from '../core/key-limits.ts';
import { OperationalEvents } from '../core/operational-events.ts';
import { authenticator } from './edge/api-keys.ts';
import { authenticate, callerOf } from './edge/authenticate.ts';
import { bodyBytes, jsonAnswer } from './edge/http-body.ts';
import { largeBodies } from './edge/large-bodies.ts';
import { noStore } from './edge/no-store.ts';
import { observe } from './edge/observe.ts';
import { problemAnswers } from './edge/problem-answers.ts';
import { refuseLoops } from './edge/refuse-loops.ts';
import { refuseQuery } from './edge/refuse-query.ts';
import { requestId, requestIdOf } from './edge/request-id.ts';
import { tellRefusals } from './edge/tell-refusals.ts';
import { dynamo, observability, once, required, requiredNumber, sqs } from './wiring.ts';

export interface IngestDeps extends PostEventsDeps {
  readonly authenticator: () => Authenticator;
}

/** Handles `POST /v1/events`: who may, then what. */
export function createIngest(deps: IngestDeps) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(observe(deps))
    .use(requestId())
    .use(noStore())
    .use(largeBodies())
    .use(problemAnswers(deps.log))
    .use(tellRefusals(deps))
    .use(refuseLoops(deps.meter))
    .use(authenticate(deps.authenticator))
    .handler(async (event) => {
      const caller = callerOf(event);
      requireScope(caller, 'events:write');
      refuseQuery(event);
      const answer = await postEvents(deps, {
        caller,
        contentType: event.headers['content-type'],
        contentEncoding: event.headers['content-encoding'],
        idempotencyKey: event.headers['idempotency-key'],
        headers: event.headers,
        body: bodyBytes(event),
        requestId: requestIdOf(event),
      });
      return jsonAnswer(answer.status, answer.body);
    });
}

const ingest = once(() => {
  const shared = {
    queue: new SqsQueue(sqs(), required(ENV.eventsQueue)),
    clock: systemClock,
    ...observability(),
  };
  return createIngest({
    ...shared,
    authenticator,
    claims: new DynamoEventClaims(dynamo(), required(ENV.eventsTable), systemClock),
    operational: new OperationalEvents(shared),
    types: new KnownTypes(
      new DynamoEventTypes(dynamo(), required(ENV.subscriptionsTable)),
      systemClock,
      shared.log,
    ),
    limits: new KeyLimits(
      { perSecond: requiredNumber(ENV.ingestRate), burst: requiredNumber(ENV.ingestBurst) },
      systemClock,
    ),
    random: systemRandom,
  });
});

/** Entry of the function `ingest`. */
export const handler = (event: APIGatewayProxyEventV2, context: Context) => ingest()(event, context);
