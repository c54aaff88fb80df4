import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import type { AttemptBody, DeliveryBody } from '../../contract/api.ts';
import { AttemptDetail, errorText } from '../parts/attempt-view.tsx';
import { Endpoint } from '../parts/endpoint.tsx';
import { JsonView } from '../parts/json-view.tsx';
import { durationText, Moment, relative } from '../parts/moment.tsx';
import { Phases } from '../parts/phases.tsx';

const TRIGGERS: Readonly<Record<AttemptBody['trigger'], string>> = {
  schedule: 'by schedule',
  manual: 'sent by hand',
  redrive: 'by a redrive',
  replay: 'by a replay',
  test: 'as a test',
};

/** A delivery's attempts in order, and the one that is to come. */
export function Attempts({ delivery }: { readonly delivery: DeliveryBody }) {
  const steps = delivery.attempts.map(stepOf);
  const next = nextStep(delivery);
  if (steps.length === 0 && next === null) return <Box color="text-body-secondary">{whyNone(delivery)}</Box>;
  return <Steps ariaLabel="Attempts" steps={next === null ? steps : [...steps, next]} />;
}

function stepOf(attempt: AttemptBody): StepsProps.Step {
  const { number, status, error, durationMs, at, trigger } = attempt;
  const good = status !== null && status >= 200 && status < 300;
  const outcome = error !== null ? errorText(error) : `HTTP ${status ?? '–'}`;
  return {
    status: good ? 'success' : 'error',
    statusIconAriaLabel: good ? 'Succeeded' : 'Failed',
    header: (
      <>
        <Box variant="strong">{`Attempt ${number}: ${outcome}`}</Box>
        <Box color="text-body-secondary" display="inline" margin={{ left: 'xs' }}>
          {`${durationText(durationMs)}, ${TRIGGERS[trigger]}`}
        </Box>
      </>
    ),
    details: (
      <SpaceBetween size="xs">
        <Box color="text-body-secondary">
          <Moment at={at} exact /> · <Endpoint url={attempt.url} />
        </Box>
        <AttemptDetail attempt={attempt} />
        <Phases attempt={attempt} />
        <Response attempt={attempt} />
      </SpaceBetween>
    ),
  };
}

function Response({ attempt }: { readonly attempt: AttemptBody }) {
  const { responseBody, responseTruncated, status, number } = attempt;
  if (status === null) return null;
  if (responseBody === null || responseBody === '')
    return <Box color="text-body-secondary">Empty response body</Box>;
  const cut = responseTruncated ? ' (cut)' : '';
  return (
    <ExpandableSection variant="inline" headerText={`Response body${cut}`}>
      <JsonView text={responseBody} label={`Response body of attempt ${number}`} />
    </ExpandableSection>
  );
}

function nextStep({ nextAttemptAt, status }: DeliveryBody): StepsProps.Step | null {
  if (status === 'pending')
    return { status: 'in-progress', statusIconAriaLabel: 'Waiting', header: 'In the queue' };
  if (nextAttemptAt === null) return null;
  return {
    status: 'pending',
    statusIconAriaLabel: 'Planned',
    header: (
      <>
        Next attempt {relative(nextAttemptAt, Date.now())}, <Moment at={nextAttemptAt} />
      </>
    ),
  };
}

function whyNone({ status }: DeliveryBody): string {
  if (status === 'skipped')
    return 'Nothing was sent: the subscription was paused or disabled. You can send it by hand.';
  if (status === 'cancelled') return 'Nothing was sent: the subscription was deleted.';
  return 'Nothing was sent yet.';
}
