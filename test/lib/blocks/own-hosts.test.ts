import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENV } from '../../../contract/environment.ts';
import type { FanfareProps } from '../../../lib/fanfare-props.ts';
import { FUNCTION_PATHS, type SynthesizedStack, synthesize } from '../../support/template.ts';

function hostsOf(stack: SynthesizedStack, stage: 'manage' | 'dispatch'): readonly string[] {
  const { Variables } = stack.of(FUNCTION_PATHS[stage]).Environment as { Variables: Record<string, unknown> };
  return stack.named(Variables[ENV.ownHosts]).split(',');
}

test("C095: who stores a destination and who dials it know the API's name, the console's, and what the stack adds", () => {
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/abc';
  const props: FanfareProps = {
    console: { domain: { name: 'console.example.com', certificateArn } },
    ownHosts: ['hooks.example.com', 'Proxy.example.com:8443', 'xn--bcher-kva.example'],
  };
  for (const stage of ['manage', 'dispatch'] as const) {
    const [api, cloudfront, ...others] = hostsOf(synthesize(props), stage);
    assert.equal(api, 'Api/HttpApi.execute-api.AWS::Region.AWS::URLSuffix');
    assert.match(String(cloudfront), /^Console\/Distribution/);
    assert.deepEqual(others, ['console.example.com', ...(props.ownHosts ?? [])]);
    assert.equal(hostsOf(synthesize(), stage).length, 1, 'without a console the API alone');
  }
});

for (const wrong of [
  '',
  'https://h.example.com',
  'h.example.com/v1',
  'a,b.example',
  '*.example.com',
  'localhost',
  `${'a'.repeat(64)}.example`,
]) {
  test(`ownHosts refuses ${JSON.stringify(wrong)}`, () => {
    assert.throws(() => synthesize({ ownHosts: [wrong] }), /ownHosts takes names/);
  });
}

test('ownHosts takes ten names at most', () => {
  const names = Array.from({ length: 11 }, (_, i) => `h${i}.example.com`);
  assert.throws(() => synthesize({ ownHosts: names }), /at most 10/);
  assert.equal(hostsOf(synthesize({ ownHosts: names.slice(1) }), 'manage').length, 11);
});
