import { subscriptionQuotaContract } from '../contracts/subscription-quota.contract.ts';
import { subscriptionStoreContract } from '../contracts/subscription-store.contract.ts';
import { FakeSubscriptions } from './fake-subscriptions.ts';

subscriptionStoreContract('in memory', async () => new FakeSubscriptions());

subscriptionQuotaContract('in memory', async (quotas) => {
  const store = new FakeSubscriptions();
  store.quotas = quotas;
  return store;
});
