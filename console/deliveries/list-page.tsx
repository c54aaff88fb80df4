import { Page } from '../shell/page.tsx';
import { DeliveryLog } from './delivery-log.tsx';

export default function DeliveriesPage() {
  return (
    <Page title="Deliveries" description="Every event sent to an endpoint, and what the endpoint answered.">
      <DeliveryLog />
    </Page>
  );
}
