import type { OperationName } from '../../contract/operations.ts';
import { type DeadLetterOperationsDeps, deadLetterOperations } from './dead-letter-operations.ts';
import { type DeliveryOperationsDeps, deliveryOperations } from './delivery-operations.ts';
import { type EventOperationsDeps, eventOperations } from './event-operations.ts';
import { type EventTypeOperationsDeps, eventTypeOperations } from './event-type-operations.ts';
import { type KeyOperationsDeps, keyOperations } from './key-operations.ts';
import { type MatchOperationDeps, matchOperation } from './match-operation.ts';
import type { Operations } from './operation.ts';
import { type PortalOperationsDeps, portalOperations } from './portal-operations.ts';
import { type ReplayOperationDeps, replayOperation } from './replay-operation.ts';
import { type SendOperationsDeps, sendOperations } from './send-operations.ts';
import { serviceOperations } from './service-operations.ts';
import { type SubscriptionOperationsDeps, subscriptionOperations } from './subscription-operations.ts';
import { type TaskOperationsDeps, taskOperations } from './task-operations.ts';
import { type TenantOperationsDeps, tenantOperations } from './tenant-operations.ts';
import { type VerifyOperationDeps, verifyOperation } from './verify-operation.ts';

export interface OperationsDeps
  extends SubscriptionOperationsDeps,
    KeyOperationsDeps,
    EventOperationsDeps,
    DeliveryOperationsDeps,
    DeadLetterOperationsDeps,
    TaskOperationsDeps,
    SendOperationsDeps,
    MatchOperationDeps,
    ReplayOperationDeps,
    EventTypeOperationsDeps,
    TenantOperationsDeps,
    PortalOperationsDeps,
    VerifyOperationDeps {
  readonly version: string;
}

/** All operations that `manage` serves; the type sees to it that none is missing. */
export function operations(deps: OperationsDeps): Operations<Exclude<OperationName, 'postEvents'>> {
  return {
    ...subscriptionOperations(deps),
    ...keyOperations(deps),
    ...eventOperations(deps),
    ...deliveryOperations(deps),
    ...deadLetterOperations(deps),
    ...taskOperations(deps),
    ...sendOperations(deps),
    ...verifyOperation(deps),
    ...matchOperation(deps),
    ...replayOperation(deps),
    ...eventTypeOperations(deps),
    ...tenantOperations(deps),
    ...portalOperations(deps),
    ...serviceOperations(deps.version),
  };
}
