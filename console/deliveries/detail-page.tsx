import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { DeliveryBody } from '../../contract/api.ts';
import { CopyableId } from '../parts/json-view.tsx';
import { Moment, relative } from '../parts/moment.tsx';
import { PageProblem, ProblemAlert } from '../parts/problem.tsx';
import { DeliveryStatus } from '../parts/status.tsx';
import { UserText } from '../parts/user-text.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import { SubscriptionLink } from '../subscriptions/subscription-link.tsx';
import { Attempts } from './attempts.tsx';
import { RequestPanel } from './request-panel.tsx';
import { useAllAttempts } from './use-all-attempts.ts';
import { useDelivery } from './use-delivery.ts';
import { useSendAgain } from './use-send-again.ts';

export default function DeliveryPage({ id }: { readonly id: string }) {
  const found = useDelivery(id);
  if (found.data === undefined) return found.error ? <PageProblem error={found.error} /> : <PageLoading />;
  return <DeliveryDetail delivery={found.data.body} />;
}

function DeliveryDetail({ delivery: newest }: { readonly delivery: DeliveryBody }) {
  const { canWrite } = useAccess();
  const send = useSendAgain();
  const known = useAllAttempts(newest);
  const delivery = { ...newest, attempts: known.attempts };
  return (
    <Page
      title={delivery.eventType}
      within={['Deliveries', '/deliveries']}
      description={<DeliveryStatus {...delivery} />}
      actions={
        canWrite && (
          <Button variant="primary" loading={send.isPending} onClick={() => send.mutate(delivery.id)}>
            Send again
          </Button>
        )
      }
    >
      <Summary delivery={delivery} />
      <Container header={<Header variant="h2">Attempts</Header>}>
        <SpaceBetween size="m">
          {known.more && (
            <Button loading={known.loading} onClick={known.showOlder}>
              Show older attempts
            </Button>
          )}
          <ProblemAlert error={known.error} />
          <Attempts delivery={delivery} />
        </SpaceBetween>
      </Container>
      <RequestPanel delivery={delivery} />
    </Page>
  );
}

function Summary({ delivery }: { readonly delivery: DeliveryBody }) {
  const { href } = useAccess();
  const { event, subscription, createdAt, nextAttemptAt } = delivery;
  return (
    <Container>
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: 'Event',
            value: (
              <Link href={href(`/events/${encodeURIComponent(event)}`)}>
                <UserText>{event}</UserText>
              </Link>
            ),
          },
          {
            label: 'Subscription',
            value: <SubscriptionLink id={subscription} />,
          },
          {
            label: 'Delivery',
            value: <CopyableId id={delivery.id} />,
          },
          { label: 'Event accepted', value: <Moment at={createdAt} exact /> },
          {
            label: 'Next attempt',
            value:
              nextAttemptAt === null ? (
                'None planned'
              ) : (
                <>
                  <Moment at={nextAttemptAt} />, {relative(nextAttemptAt, Date.now())}
                </>
              ),
          },
          { label: 'Attempts', value: String(delivery.attemptCount) },
        ]}
      />
    </Container>
  );
}
