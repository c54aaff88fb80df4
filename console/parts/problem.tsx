import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { ApiError } from '../data/transport.ts';
import { UserText } from './user-text.tsx';

/** A refusal or failure, with the API's own words and pointers. */
export function ProblemAlert({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  if (error === null || error === undefined) return null;
  return (
    <Alert type="error" action={onRetry && <Button onClick={onRetry}>Try again</Button>}>
      <ProblemWords error={error} />
    </Alert>
  );
}

/** The words alone, for where there is a box around them. */
export function ProblemWords({ error }: { readonly error: unknown }) {
  const message = error instanceof Error ? error.message : String(error);
  const faults = error instanceof ApiError ? error.faults : [];
  const requestId = error instanceof ApiError && error.status >= 500 ? error.requestId : null;
  return (
    <>
      <UserText>{message}</UserText>
      {faults.length > 0 && (
        <ul className="faults">
          {faults.map((fault) => (
            <li key={`${fault.pointer} ${fault.detail}`}>
              <code>{fault.pointer}</code> <UserText>{fault.detail}</UserText>
            </li>
          ))}
        </ul>
      )}
      {requestId !== null && <Box variant="small">Request {requestId}</Box>}
    </>
  );
}

/** A page that could not be shown. What is missing and what belongs to somebody else look the same. */
export function PageProblem({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  if (error instanceof ApiError && error.status === 404) return <NothingHere />;
  return <ProblemAlert error={error} {...(onRetry ? { onRetry } : {})} />;
}

export function NothingHere() {
  return (
    <Box textAlign="center" padding="xxl">
      <Box variant="h1">There is nothing here</Box>
      <Box variant="p" color="text-body-secondary">
        This address names nothing you can see. It may have been deleted, or records of it are older than the
        retention time.
      </Box>
    </Box>
  );
}

/** In place of a form, for whoever may not send it. */
export function ReadOnly() {
  return (
    <Box textAlign="center" padding="xxl">
      <Box variant="h1">This link is for reading only</Box>
      <Box variant="p" color="text-body-secondary">
        It shows everything and changes nothing. Ask where you got it for one that may.
      </Box>
    </Box>
  );
}
