import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { SubscriptionBody } from '../../contract/api.ts';
import { maskedUrl } from '../parts/endpoint.tsx';
import { CopyableId, JsonView } from '../parts/json-view.tsx';
import { Moment, secondsText } from '../parts/moment.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';

interface Props {
  readonly subscription: SubscriptionBody;
  /** The filter as it stands in the API's answer. */
  readonly filterText: string | null;
}

/** All that a subscription was told. */
export default function SettingsPanel({ subscription, filterText }: Props) {
  const { canWrite, href } = useAccess();
  const edit = href(`/subscriptions/${encodeURIComponent(subscription.id)}/edit`);
  const { rateLimit, timeoutSeconds, retrySchedule, format, headers } = subscription;
  const names = Object.keys(headers);
  return (
    <Container
      header={
        <Header variant="h2" actions={canWrite && <Button href={edit}>Edit</Button>}>
          Settings
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Endpoint', value: <RevealedUrl url={subscription.url} /> },
            { label: 'Event types', value: <UserText>{subscription.eventTypes.join(', ')}</UserText> },
            { label: 'Body', value: format === 'standard' ? 'Standard Webhooks' : 'CloudEvents 1.0' },
            {
              label: 'Rate',
              value: rateLimit === null ? 'No limit' : `${rateLimit.perSecond} per second at most`,
            },
            { label: 'Timeout', value: secondsText(timeoutSeconds) },
            { label: 'Retries after', value: retrySchedule.map(secondsText).join(', ') || 'No retries' },
            {
              label: 'Custom headers',
              value: names.length === 0 ? 'None' : <UserText>{names.join(', ')}</UserText>,
            },
            { label: 'Added', value: <Moment at={subscription.createdAt} /> },
            {
              label: 'Id',
              value: <CopyableId id={subscription.id} />,
            },
          ]}
        />
        {filterText !== null && filterText !== 'null' && (
          <SpaceBetween size="xs">
            <Box variant="awsui-key-label">Filter</Box>
            <JsonView text={filterText} label="Filter" />
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Container>
  );
}

/** The query of a URL is often a password: only those who may change it can look at it, and only when they ask. */
function RevealedUrl({ url }: { readonly url: string }) {
  const { canWrite } = useAccess();
  const [shown, setShown] = useState(false);
  const masked = maskedUrl(url);
  return (
    <>
      <UserText>{shown ? url : masked}</UserText>{' '}
      {canWrite && masked !== url && (
        <Button variant="inline-link" onClick={() => setShown(!shown)}>
          {shown ? 'Hide' : 'Show all'}
        </Button>
      )}
    </>
  );
}
