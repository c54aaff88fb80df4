import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { CreatedSubscription } from '../../contract/api.ts';
import { CodeText, CopyText } from '../parts/json-view.tsx';

interface Props {
  readonly subscription: CreatedSubscription;
  onDone(): void;
}

/** The moment to take the signing secret along. */
export function Created({ subscription, onDone }: Props) {
  return (
    <Modal
      visible
      header="Subscription added"
      onDismiss={onDone}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onDone}>
            Done
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="success">The next matching event is sent to your endpoint.</Alert>
        <Box>
          Your endpoint should check each request's signature with this secret. Keep it where you keep
          passwords; you can look it up again under <b>Signing secret</b>.
        </Box>
        <SpaceBetween size="xs" direction="horizontal" alignItems="center">
          <CodeText text={subscription.secret} label="Signing secret" />
          <CopyText text={subscription.secret} label="Copy signing secret" />
        </SpaceBetween>
      </SpaceBetween>
    </Modal>
  );
}
