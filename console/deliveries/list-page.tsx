import { Page } from '../shell/page.tsx';
import DeliveryLog from './delivery-log.tsx';

export default function DeliveriesPage() {
  return (
    <Page title="Deliveries" plain>
      <DeliveryLog />
    </Page>
  );
}
