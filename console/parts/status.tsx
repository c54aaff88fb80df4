import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { DeliveryStatusName, SubscriptionBody } from '../../contract/api.ts';
import { UserText } from './user-text.tsx';

/** Reasons as the log records them, in words. */
const REASONS: Readonly<Record<string, string>> = {
  exhausted: 'retries used up',
  '410': '410 Gone',
  blocked: 'destination not allowed',
  paused: 'paused',
  disabled: 'disabled',
  unverified: 'endpoint not verified',
};

const DELIVERY: Readonly<Record<DeliveryStatusName, readonly [StatusIndicatorProps.Type, string]>> = {
  pending: ['pending', 'Waiting'],
  succeeded: ['success', 'Delivered'],
  retrying: ['in-progress', 'Retrying'],
  failed: ['error', 'Failed'],
  skipped: ['stopped', 'Skipped'],
  cancelled: ['stopped', 'Cancelled'],
};

interface DeliveryProps {
  readonly status: DeliveryStatusName;
  readonly reason: string | null;
  readonly attemptCount: number;
}

/** Where a delivery stands, in words: `Delivered after 4 attempts`, `Skipped: paused`. */
export function DeliveryStatus({ status, reason, attemptCount }: DeliveryProps) {
  const [type, text] = DELIVERY[status];
  return (
    <StatusIndicator type={type}>
      {text}
      {status === 'succeeded' && attemptCount > 1 && ` after ${attemptCount} attempts`}
      {reason !== null && status !== 'succeeded' && (
        <>
          : <UserText>{REASONS[reason] ?? reason}</UserText>
        </>
      )}
    </StatusIndicator>
  );
}

export function deliveryStatusText(status: DeliveryStatusName): string {
  return DELIVERY[status][1];
}

const SUBSCRIPTION: Readonly<
  Record<SubscriptionBody['status'], readonly [StatusIndicatorProps.Type, string]>
> = {
  active: ['success', 'Active'],
  paused: ['stopped', 'Paused'],
  disabled: ['error', 'Disabled'],
  unverified: ['warning', 'Unverified'],
};

export function SubscriptionStatus({ status }: Pick<SubscriptionBody, 'status'>) {
  const [type, text] = SUBSCRIPTION[status];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}
