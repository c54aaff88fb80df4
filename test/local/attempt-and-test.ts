import type { InProcessRunner } from './runner.ts';
import { until } from './until.ts';

/** The same endpoint, asked by a delivery and then by `POST …/test`: what the API says of either attempt. */
export async function attemptAndTest(
  runner: InProcessRunner,
  tenant: string,
  url: string,
  fields: object = {},
) {
  const { id } = await runner.subscribe(url, { tenant, retrySchedule: [], ...fields });
  const event = await runner.post({ type: 'a.b', data: 1, tenant });
  const list = async () =>
    (await runner.call('GET', `/v1/deliveries?tenant=${tenant}&event=${event}`)).body.data;
  await until('it was tried', async () => (await list())[0]?.lastAttempt != null);
  const [{ id: delivery }] = await list();
  const { body } = await runner.call('GET', `/v1/deliveries/${delivery}?tenant=${tenant}`);
  const tried = (await runner.call('POST', `/v1/subscriptions/${id}/test?tenant=${tenant}`)).body;
  return [body.attempts[0], tried];
}
