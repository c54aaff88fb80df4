import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { AttemptBody } from '../../contract/api.ts';

const ERRORS: Readonly<Record<string, string>> = {
  timeout: 'No answer in time',
  dns: 'The host name was not found',
  connect: 'No connection',
  tls: 'No secure connection',
  reset: 'The connection broke off',
  blocked: 'This destination is not allowed',
  'response-too-large': 'The answer was too large',
  protocol: 'The answer was not valid',
  'no-secret': 'There was no secret to sign with',
};

/** What an attempt met: `200`, `500`, `No answer in time`. */
export function AttemptOutcome({
  attempt,
}: {
  readonly attempt: Pick<AttemptBody, 'status' | 'error'> | null;
}) {
  if (attempt === null) return <Box color="text-body-secondary">Nothing sent</Box>;
  const { status, error } = attempt;
  if (error !== null) return <StatusIndicator type="error">{ERRORS[error] ?? error}</StatusIndicator>;
  if (status === null) return <Box color="text-body-secondary">Nothing sent</Box>;
  return (
    <StatusIndicator
      type={status >= 200 && status < 300 ? 'success' : 'error'}
    >{`HTTP ${status}`}</StatusIndicator>
  );
}

/** What to do about a failure, as far as that is known. */
export function AttemptDetail({
  attempt: { errorDetail },
}: {
  readonly attempt: Pick<AttemptBody, 'errorDetail'>;
}) {
  return errorDetail === null ? null : <Box>{errorDetail}</Box>;
}

export function errorText(error: string): string {
  return ERRORS[error] ?? error;
}
