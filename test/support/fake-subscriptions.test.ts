import { subscriptionStoreContract } from '../contracts/subscription-store.contract.ts';
import { FakeSubscriptions } from './fake-subscriptions.ts';

subscriptionStoreContract('in memory', async () => new FakeSubscriptions());
