import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import type { DeliveryBody, EventBody } from '../../contract/api.ts';
import { jsonText, memberText } from '../data/json-text.ts';
import { maskedUrl } from '../parts/endpoint.tsx';
import { CodeText, JsonView } from '../parts/json-view.tsx';
import { ProblemAlert } from '../parts/problem.tsx';
import { useAccess } from '../session/access.tsx';
import { useSubscription } from '../subscriptions/use-subscription.ts';

/** The request as the endpoint got it last. Signatures and the values of custom headers are not on record. */
export function RequestPanel({ delivery }: { readonly delivery: DeliveryBody }) {
  const { api, tenant, canWrite } = useAccess();
  const event = useQuery({
    queryKey: ['events', tenant, 'one', delivery.event],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => api.getEvent(delivery.event),
  });
  const subscription = useSubscription(delivery.subscription, false);
  const cloudEvents = subscription.data?.body.format === 'cloudevents';
  const last = delivery.attempts.at(-1);
  if (last === undefined) return null;
  return (
    <Container header={<Header variant="h2">Request</Header>}>
      <SpaceBetween size="m">
        <SpaceBetween size="xs">
          <Box variant="awsui-key-label">Headers</Box>
          <CodeText
            text={headersOf(
              delivery,
              cloudEvents,
              !canWrite,
              Object.keys(subscription.data?.body.headers ?? {}),
            )}
            label="Request headers"
          />
        </SpaceBetween>
        <SpaceBetween size="xs">
          <Box variant="awsui-key-label">{cloudEvents ? 'Data of the event' : 'Body'}</Box>
          {event.data && (
            <JsonView
              text={cloudEvents ? dataOf(event.data.text) : standardBody(event.data)}
              label={cloudEvents ? 'Event data' : 'Request body'}
            />
          )}
          <ProblemAlert error={event.error} />
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

function headersOf(
  delivery: DeliveryBody,
  cloudEvents: boolean,
  hostOnly: boolean,
  custom: readonly string[],
): string {
  const last = delivery.attempts.at(-1);
  if (last === undefined) return '';
  return [
    `POST ${maskedUrl(last.url, hostOnly)}`,
    `content-type: ${cloudEvents ? 'application/cloudevents+json' : 'application/json'}`,
    `webhook-id: ${delivery.event}`,
    `webhook-timestamp: ${Math.floor(Date.parse(last.at) / 1000)}`,
    'webhook-signature: v1,…',
    `fanfare-delivery: ${delivery.id}`,
    `fanfare-attempt: ${last.number}`,
    ...custom.map((name) => `${name.toLowerCase()}: •••`),
  ].join('\n');
}

/** The Standard Webhooks body, with the data token for token. */
function standardBody({ body, text }: { readonly body: EventBody; readonly text: string }): string {
  return jsonText({ type: body.type, timestamp: body.time }, { data: dataOf(text) });
}

function dataOf(text: string): string {
  return memberText(text, 'data') ?? 'null';
}
