import { KeyAuthenticator } from '../../core/auth/authenticator.ts';
import { FakeClock } from './clock.ts';
import { FakeAdminKey, FakeApiKeys } from './fake-api-keys.ts';
import { ManageBench } from './manage-bench.ts';

export const ROOT_KEY = 'the-first-admin-key';
const MINUTE = 60_000;

/** The function `manage` with its real authenticator: keys it makes are keys it knows. */
export function withOwnKeys() {
  const clock = new FakeClock();
  const keys = new FakeApiKeys();
  const adminKey = new FakeAdminKey(ROOT_KEY);
  const bench = new ManageBench({ keys, clock }, new KeyAuthenticator({ keys, adminKey, clock }));
  const make = (fields: object, as: string) => bench.call('POST', '/v1/keys', { name: 'k', ...fields }, as);
  const session = (fields: object, as: string) =>
    bench.call('POST', '/v1/portal-sessions', { tenant: 'acme', ...fields }, as);
  const inMinutes = (minutes: number) => new Date(clock.now() + minutes * MINUTE).toISOString();
  return { bench, clock, keys, make, session, inMinutes };
}
