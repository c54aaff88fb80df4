import { deliveryLogContract } from '../contracts/delivery-log.contract.ts';
import { successesContract } from '../contracts/delivery-log-successes.contract.ts';
import { FakeDeliveryLog } from './fake-delivery-log.ts';

deliveryLogContract('in memory', async () => new FakeDeliveryLog());
successesContract('in memory', async () => new FakeDeliveryLog());
