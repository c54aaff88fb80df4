import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from '../../local/runner.ts';
import { startFanfare } from './spawn-fanfare.ts';

let runner: InProcessRunner;
let program: Endpoint;
before(async () => {
  runner = await startInProcess({ verifyEndpoints: true });
  program = await startEndpoint();
});
after(async () => {
  await runner.stop();
  await program.close();
});

for (const format of ['standard', 'cloudevents']) {
  test(`listen proves that it wants events, and is sent them; the challenge goes no further: ${format}`, async () => {
    const tenant = `listens-${format}`;
    const before = program.requests.length;
    const listening = startFanfare(runner, [
      'listen',
      ...['--tenant', tenant, '--format', format, '--count', '1', '--forward-to', program.url],
    ]);
    await listening.says(/^listening on/);
    assert.match(listening.stderr.join('\n'), /challenge of this server was answered/);
    const { body } = await runner.call('GET', `/v1/subscriptions?tenant=${tenant}`);
    assert.equal(body.data[0].status, 'active');
    await runner.post({ type: 'a.b', data: 1, tenant });
    assert.equal(await listening.ended, 0);
    const handedOn = program.requests
      .slice(before)
      .map((request) => JSON.parse(request.body.toString()).type);
    assert.deepEqual(handedOn, ['a.b'], 'nor does it count as an event');
  });
}

test('an endpoint that does not answer the challenge is sent nothing', async () => {
  const silent = await startEndpoint();
  try {
    const { body } = await runner.call('POST', '/v1/subscriptions', { url: silent.url, tenant: 'silent' });
    assert.equal(body.status, 'unverified');
    assert.deepEqual(
      silent.requests.map((request) => JSON.parse(request.body.toString()).type),
      ['fanfare.verify'],
    );
  } finally {
    await silent.close();
  }
});
