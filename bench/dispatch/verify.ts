import { Webhook } from 'standardwebhooks';
import { BenchError } from '../figures.ts';
import { sampleOf } from './prepare.ts';
import { SECRET } from './world.ts';

/** Verifies whole requests as a subscriber does, with the reference library. Throws if one is not signed right. */
export function verifySignatures(requests: readonly string[]): void {
  if (requests.length === 0) throw new BenchError('no request was kept to verify');
  for (const request of requests) {
    const { headers, body } = sampleOf(request);
    new Webhook(SECRET).verify(body, { ...headers });
  }
}
