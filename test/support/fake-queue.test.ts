import { messageQueueContract } from '../contracts/message-queue.contract.ts';
import { FakeQueue } from './fake-queue.ts';

messageQueueContract('fake queue', async () => {
  const queue = new FakeQueue();
  return { queue, onQueue: async () => queue.bodies };
});
