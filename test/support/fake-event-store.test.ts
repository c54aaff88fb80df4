import { eventIdsContract } from '../contracts/event-ids.contract.ts';
import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { FakeEventStore } from './fake-event-store.ts';

for (const contract of [eventStoreContract, eventIdsContract]) {
  contract('fake event store', (clock) => {
    const store = new FakeEventStore(clock);
    return { claims: store, records: store, reads: store };
  });
}
