import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { FakeEventStore } from './fake-event-store.ts';

eventStoreContract('fake event store', (clock) => {
  const store = new FakeEventStore(clock);
  return { claims: store, records: store, reads: store };
});
