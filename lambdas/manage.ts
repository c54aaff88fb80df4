import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { DnsResolver } from '../adapters/dns-resolver.ts';
import { DynamoApiKeys } from '../adapters/dynamo-api-keys.ts';
import { DynamoDeadLetters } from '../adapters/dynamo-dead-letters.ts';
import { DynamoDeliveryLog } from '../adapters/dynamo-delivery-log.ts';
import { DynamoEventReads } from '../adapters/dynamo-event-reads.ts';
import { DynamoEventTypes } from '../adapters/dynamo-event-types.ts';
import { DynamoManualRetries } from '../adapters/dynamo-manual-retries.ts';
import { DynamoSubscriptions } from '../adapters/dynamo-subscriptions.ts';
import { DynamoTasks } from '../adapters/dynamo-tasks.ts';
import { DynamoTenants } from '../adapters/dynamo-tenants.ts';
import { DynamoTestLeases } from '../adapters/dynamo-test-leases.ts';
import { HttpsDestination } from '../adapters/https-destination.ts';
import { Names } from '../adapters/names/names.ts';
import { SqsQueue } from '../adapters/sqs-queue.ts';
import { systemClock as clock, systemRandom as random } from '../adapters/system.ts';
import { ENV } from '../contract/environment.ts';
import type { Authenticator } from '../core/api-key.ts';
import { KeyLimits } from '../core/key-limits.ts';
import type { Log } from '../core/log.ts';
import { type OperationsDeps, operations } from '../core/manage/operations.ts';
import { readQuotas } from '../core/manage/quotas.ts';
import type { Meter } from '../core/meter.ts';
import { OperationalEvents } from '../core/operational-events.ts';
import { answerHead } from './edge/answer-head.ts';
import { authenticator } from './edge/api-keys.ts';
import { authenticate } from './edge/authenticate.ts';
import { deliveryLogMode } from './edge/delivery-log-mode.ts';
import { largeBodies } from './edge/large-bodies.ts';
import { limitKey } from './edge/limit-key.ts';
import { logCalls } from './edge/log-calls.ts';
import { isOpen, type ManagedOperations, route } from './edge/manage-router.ts';
import { noStore } from './edge/no-store.ts';
import { notModified } from './edge/not-modified.ts';
import { observe } from './edge/observe.ts';
import { problemAnswers } from './edge/problem-answers.ts';
import { refuseLoops } from './edge/refuse-loops.ts';
import { requestId } from './edge/request-id.ts';
import { sealer } from './edge/sealer.ts';
import { destinationPolicy, dynamo, observability, once, required, requiredNumber, sqs } from './wiring.ts';

export interface ManageDeps {
  readonly authenticator: () => Authenticator;
  readonly operations: ManagedOperations;
  readonly limits: KeyLimits;
  readonly log: Log;
  readonly meter: Meter;
}

/** Handles everything of the API but `POST /v1/events`. */
export function createManage(deps: ManageDeps) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(observe(deps))
    .use(logCalls(deps.log, clock))
    .use(requestId())
    .use(noStore())
    .use(largeBodies())
    .use(answerHead())
    .use(notModified())
    .use(problemAnswers(deps.log))
    .use(refuseLoops(deps.meter))
    .use(authenticate(deps.authenticator, isOpen))
    .use(limitKey(deps.limits))
    .handler((event) => route(deps.operations, event));
}

function storedDeps(log: Log): OperationsDeps {
  const deliveriesTable = required(ENV.deliveriesTable);
  const policy = destinationPolicy(required(ENV.ownHosts));
  const quotas = readQuotas(required(ENV.quotas));
  const names = new Names({ clock });
  const events = new DynamoEventReads(dynamo(), required(ENV.eventsTable), clock);
  return {
    store: new DynamoSubscriptions(dynamo(), required(ENV.subscriptionsTable), sealer(), quotas),
    keys: new DynamoApiKeys(dynamo(), required(ENV.subscriptionsTable), quotas),
    leases: new DynamoTestLeases(dynamo(), required(ENV.subscriptionsTable), quotas),
    quotas,
    verifyEndpoints: required(ENV.verifyEndpoints) === 'true',
    log,
    events,
    // Only packed rows have to be looked for by way of the events.
    deliveries: new DynamoDeliveryLog(
      dynamo(),
      deliveriesTable,
      deliveryLogMode() === 'packed' ? { events } : {},
    ),
    deadLetters: new DynamoDeadLetters(dynamo(), deliveriesTable),
    tasks: new DynamoTasks(dynamo(), deliveriesTable, quotas),
    queue: new SqsQueue(sqs(), required(ENV.tasksQueue)),
    manualRetries: new DynamoManualRetries(dynamo(), deliveriesTable),
    deliveryQueue: new SqsQueue(sqs(), required(ENV.deliveriesQueue)),
    destination: new HttpsDestination({ policy, clock, names }),
    operational: new OperationalEvents({
      queue: new SqsQueue(sqs(), required(ENV.eventsQueue)),
      clock,
      log,
    }),
    resolver: new DnsResolver(names),
    policy,
    cursorKey: () => sealer().derive('cursors'),
    eventTypes: new DynamoEventTypes(dynamo(), required(ENV.subscriptionsTable)),
    tenants: new DynamoTenants(dynamo(), required(ENV.subscriptionsTable)),
    consoleUrl: required(ENV.consoleUrl).replace(/\/$/, ''),
    version: required(ENV.version),
    clock,
    random,
  };
}

const manage = once(() => {
  const { log, meter } = observability();
  const limit = { perSecond: requiredNumber(ENV.manageRate), burst: requiredNumber(ENV.manageBurst) };
  return createManage({
    authenticator,
    operations: operations(storedDeps(log)),
    limits: new KeyLimits(limit, clock),
    log,
    meter,
  });
});

/** Entry of the function `manage`. */
export const handler = (event: APIGatewayProxyEventV2, context: Context) => manage()(event, context);
