import { deliveryLogContract } from '../contracts/delivery-log.contract.ts';
import { FakeDeliveryLog } from './fake-delivery-log.ts';

deliveryLogContract('in memory', async () => new FakeDeliveryLog());
