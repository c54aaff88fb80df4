import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STAGES } from '../../../contract/environment.ts';
import { TIMEOUT_SECONDS } from '../../../lib/blocks/timeouts.ts';
import { FUNCTION_PATHS, synthesize } from '../../support/template.ts';

const fanfare = synthesize();

test('there is one function a stage and no other', () => {
  assert.deepEqual([...fanfare.allOf('AWS::Lambda::Function').keys()], Object.values(FUNCTION_PATHS));
});

for (const stage of STAGES) {
  const path = FUNCTION_PATHS[stage];
  const fn = fanfare.of(path);

  test(`${stage} runs on the pinned runtime within its time`, () => {
    assert.equal(fn.Runtime, 'nodejs24.x');
    assert.deepEqual(fn.Architectures, ['arm64']);
    assert.equal(fn.Handler, 'index.handler');
    assert.equal(fn.Timeout, TIMEOUT_SECONDS[stage]);
    assert.ok(Number(fn.MemorySize) >= 256 && Number(fn.MemorySize) <= 512);
  });

  test(`${stage} logs JSON to its own group, without Lambda's chatter, for a month`, () => {
    assert.deepEqual(
      { ...(fn.LoggingConfig as object), LogGroup: '' },
      { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'WARN', LogGroup: '' },
    );
    const { LogGroup } = fn.LoggingConfig as { LogGroup: unknown };
    assert.equal(fanfare.named(LogGroup), `${path}Logs`);
    assert.equal(fanfare.of(`${path}Logs`).RetentionInDays, 30);
  });

  test(`${stage} is ${stage === 'ingest' || stage === 'manage' ? 'no loop' : 'let to loop: its attempts are counted'}`, () => {
    assert.equal(fn.RecursiveLoop, stage === 'ingest' || stage === 'manage' ? 'Terminate' : 'Allow');
  });

  test(`${stage} traces nothing, reserves nothing and has no queue of its own`, () => {
    for (const absent of ['TracingConfig', 'ReservedConcurrentExecutions', 'DeadLetterConfig', 'VpcConfig']) {
      assert.equal(fn[absent], undefined);
    }
  });
}

test('dispatch has the memory for hundreds of connections', () => {
  assert.equal(fanfare.of(FUNCTION_PATHS.dispatch).MemorySize, 512);
});
