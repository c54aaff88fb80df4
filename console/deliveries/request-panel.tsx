import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AttemptBody, DeliveryBody } from '../../contract/api.ts';
import { CodeText, JsonView } from '../parts/json-view.tsx';
import { ProblemAlert } from '../parts/problem.tsx';
import { useAccess } from '../session/access.tsx';
import { useSubscription } from '../subscriptions/use-subscription.ts';
import { requestBody, requestHead, unsureOf } from './request-text.ts';
import { attemptName } from './use-all-attempts.ts';

/** A request as the endpoint got it: every header in its order, and the body; an attempt can be chosen. */
export function RequestPanel({ delivery }: { readonly delivery: DeliveryBody }) {
  const { api, tenant } = useAccess();
  const [chosen, setChosen] = useState<string | null>(null);
  const event = useQuery({
    queryKey: ['events', tenant, 'one', delivery.event],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => api.getEvent(delivery.event),
  });
  const version = useQuery({
    queryKey: ['health'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await api.health()).body.version,
  });
  const subscription = useSubscription(delivery.subscription, false);
  const attempt = delivery.attempts.findLast((one) => chosen === null || attemptName(one) === chosen);
  if (attempt === undefined) return null;
  const target = subscription.data?.body ?? null;
  const body = event.data ? requestBody(event.data, target) : null;
  const unsure = subscription.isPending ? null : unsureOf(attempt, target);
  return (
    <Container header={<Header variant="h2">Request</Header>}>
      <SpaceBetween size="m">
        {delivery.attempts.length > 1 && (
          <AttemptChoice attempts={delivery.attempts} chosen={attempt} onChoose={setChosen} />
        )}
        <SpaceBetween size="xs">
          <Box variant="awsui-key-label">Headers</Box>
          <CodeText
            text={requestHead({
              ...{ delivery, attempt, body, subscription: target },
              version: version.data ?? null,
              traceparent: event.data?.body.traceparent ?? null,
              tracestate: event.data?.body.tracestate ?? null,
            })}
            label="Request headers"
          />
          {unsure !== null && <Box color="text-body-secondary">{unsure}</Box>}
        </SpaceBetween>
        <SpaceBetween size="xs">
          <Box variant="awsui-key-label">Body</Box>
          {body !== null && <JsonView text={body} label="Request body" />}
          <ProblemAlert error={event.error} />
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

interface ChoiceProps {
  readonly attempts: readonly AttemptBody[];
  readonly chosen: AttemptBody;
  onChoose(name: string): void;
}

function AttemptChoice({ attempts, chosen, onChoose }: ChoiceProps) {
  const options = attempts.map((one) => ({ value: attemptName(one), label: `Attempt ${one.number}` }));
  return (
    <FormField label="Attempt">
      <Select
        selectedOption={options[attempts.indexOf(chosen)] ?? null}
        options={options}
        onChange={({ detail }) => onChoose(String(detail.selectedOption.value))}
      />
    </FormField>
  );
}
