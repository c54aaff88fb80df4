import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONSOLE_FILES,
  CONSOLE_HEADERS,
  CONSOLE_POLICY,
  PAGE_CACHE_CONTROL,
} from '../../../contract/console.ts';
import type { ConsoleSettings } from '../../../lib/stages/console.ts';
import { accessOf } from '../../support/policies.ts';
import { synthesize } from '../../support/template.ts';

const withConsole = (settings: ConsoleSettings = {}) => synthesize({ console: settings });
const fanfare = withConsole();

type Tree = Readonly<Record<string, unknown>>;
const config = (stack = fanfare) => stack.of('Console/Distribution').DistributionConfig as Tree;
const headers = (stack = fanfare) => stack.of('Console/Headers').ResponseHeadersPolicyConfig as Tree;
const policy = (stack = fanfare) => {
  const { ContentSecurityPolicy } = headers(stack).SecurityHeadersConfig as { ContentSecurityPolicy: Tree };
  return String(ContentSecurityPolicy.ContentSecurityPolicy);
};

test('one domain serves page and API, so the page needs no CORS', () => {
  const { CacheBehaviors, DefaultCacheBehavior, Origins } = config();
  const origins = Origins as readonly { Id: string; DomainName: unknown; CustomOriginConfig?: Tree }[];
  const behaviors = CacheBehaviors as readonly Tree[];
  assert.deepEqual(
    behaviors.map(({ PathPattern }) => PathPattern),
    ['/v1/openapi.json', '/v1/*'],
  );
  for (const behavior of behaviors) {
    const api = origins.find(({ Id }) => Id === behavior.TargetOriginId);
    assert.match(JSON.stringify(api?.DomainName), /HttpApi/);
    assert.equal(api?.CustomOriginConfig?.OriginProtocolPolicy, 'https-only');
  }
  const page = origins.find(({ Id }) => Id === (DefaultCacheBehavior as Tree).TargetOriginId);
  assert.match(JSON.stringify(page?.DomainName), /ConsoleFilesBucket/);
});

test('the API takes every method, caches nothing, gets every header but the host, and never a key in the clear', () => {
  const [, behavior] = config().CacheBehaviors as readonly Tree[];
  assert.deepEqual(behavior?.AllowedMethods, ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']);
  assert.equal(behavior?.ViewerProtocolPolicy, 'https-only');
  // AWS's own policies CachingDisabled and AllViewerExceptHostHeader, by the ids that its manual gives.
  assert.equal(behavior?.CachePolicyId, '4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
  assert.equal(behavior?.OriginRequestPolicyId, 'b689b0a8-53d0-40ab-baf2-68738e2966ac');
  assert.equal(behavior?.FunctionAssociations, undefined);
});

test("the API's document is read from CloudFront's cache: the same whatever query, key or cookie comes with it", () => {
  const [behavior] = config().CacheBehaviors as readonly Tree[];
  assert.deepEqual(behavior?.AllowedMethods ?? ['GET', 'HEAD'], ['GET', 'HEAD']);
  assert.equal(behavior?.ViewerProtocolPolicy, 'https-only');
  // AWS's own policy CachingOptimized, which keeps as long as the answer says, by the id that its manual gives.
  assert.equal(behavior?.CachePolicyId, '658327ea-f89d-4fab-a63d-7e88639e58f6');
  assert.equal(behavior?.OriginRequestPolicyId, undefined);
});

test('every file comes with a policy that runs nothing foreign, and with all headers the local runner gives', () => {
  for (const [name, value] of Object.entries(CONSOLE_POLICY))
    assert.ok(policy().includes(`${name} ${value}`));
  assert.doesNotMatch(policy(), /unsafe|\*/);
  const { SecurityHeadersConfig = {}, CustomHeadersConfig } = headers() as Record<string, Tree>;
  const { ContentTypeOptions, ReferrerPolicy, StrictTransportSecurity } = SecurityHeadersConfig as Record<
    string,
    Tree
  >;
  const { Items } = CustomHeadersConfig as { Items: readonly { Header: string; Value: string }[] };
  const given: Record<string, string> = {
    ...Object.fromEntries(Items.map(({ Header, Value }) => [Header, Value])),
    ...(ContentTypeOptions ? { 'x-content-type-options': 'nosniff' } : {}),
    'referrer-policy': String(ReferrerPolicy?.ReferrerPolicy),
  };
  assert.deepEqual(given, CONSOLE_HEADERS);
  assert.equal(StrictTransportSecurity?.AccessControlMaxAgeSec, 31_536_000);
});

test('nobody may frame it, unless the stack names who', () => {
  assert.match(policy(), /frame-ancestors 'none'$/);
  const framed = withConsole({
    frameAncestors: ["'self'", 'https://app.example.com', 'https://*.acme.test'],
  });
  assert.match(
    policy(framed),
    /frame-ancestors 'self' https:\/\/app\.example\.com https:\/\/\*\.acme\.test$/,
  );
});

for (const wrong of ['*', 'http://app.example.com', "https://a.test; script-src 'unsafe-inline'", '']) {
  test(`frameAncestors refuses ${JSON.stringify(wrong)}`, () => {
    assert.throws(() => withConsole({ frameAncestors: [wrong] }), /frameAncestors takes/);
  });
}

/** What a CloudFront function hands back: a request or an answer. */
interface Edge {
  readonly uri: string;
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, { readonly value: string }>>;
  readonly body?: string;
}

/** Paths by which the API is not reached, although they look like it. */
const MISSPELT = [
  '//v1/health',
  '/%2Fv1/health',
  '/\\v1/health',
  '/V1/health',
  '/v1',
  '/v1%2Fhealth',
  '///',
  '/x//y',
];

test('C120: a path that is no file is answered by the page, as the local runner does', () => {
  const { FunctionCode } = fanfare.of('Console/Places');
  const handler = new Function(`${FunctionCode}; return handler;`)() as (event: object) => Edge;
  const uriFor = (uri: string) => handler({ request: { uri } }).uri;
  for (const place of ['/', '/subscriptions/sub_1', '/events/a.b', '/deliveries/x/assets/']) {
    assert.equal(uriFor(place), '/index.html');
  }
  for (const start of CONSOLE_FILES) assert.equal(uriFor(`${start}x`), `${start}x`);
  for (const place of ['/subscriptions/v1', '/events/%E0%A4%A', '/v', '/venues']) {
    assert.equal(uriFor(place), '/index.html', place);
  }
  for (const path of MISSPELT) {
    const answer = handler({ request: { uri: path } });
    assert.deepEqual(
      [answer.statusCode, answer.headers?.['content-type']?.value],
      [404, 'application/problem+json'],
      path,
    );
    assert.equal(JSON.parse(answer.body ?? '').status, 404);
  }
});

test('the bucket is private: only this distribution reads it, only over TLS', () => {
  const bucket = fanfare.of('Console/Files/Bucket');
  assert.deepEqual(new Set(Object.values(bucket.PublicAccessBlockConfiguration as Tree)), new Set([true]));
  assert.equal(bucket.WebsiteConfiguration, undefined);
  const { PolicyDocument } = fanfare.of('Console/Files/Bucket/Policy') as {
    PolicyDocument: { Statement: readonly Tree[] };
  };
  const allowed = PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow');
  const readers = allowed.filter(({ Action }) => [Action].flat().includes('s3:GetObject'));
  assert.equal(readers.length, 1);
  assert.deepEqual(readers[0]?.Principal, { Service: 'cloudfront.amazonaws.com' });
  assert.match(JSON.stringify(readers[0]?.Condition), /distribution/);
  assert.ok(PolicyDocument.Statement.some(({ Effect, Condition }) => Effect === 'Deny' && Condition));
});

test('what copies the files reads one archive and writes one bucket', () => {
  const access = accessOf(fanfare, 'Console/Files/CopierRole');
  const actions = Object.values(access).flat();
  assert.deepEqual(actions.filter((action) => action.startsWith('s3:')).sort(), [
    's3:DeleteObject',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ]);
  assert.ok(actions.every((action) => !action.includes('*')));
});

test('files named by their content stay for a year, the page is looked up each time, by browsers at least, and comes last', () => {
  const [assets, page] = ['Assets', 'Page'].map((name) => {
    const path = [...fanfare.resources.keys()].find((key) => key.startsWith(`Console/Files/${name}/Custom`));
    return fanfare.resources.get(String(path));
  });
  assert.deepEqual(assets?.Properties.SystemMetadata, {
    'cache-control': 'public, max-age=31536000, immutable',
  });
  assert.equal(assets?.Properties.Prune, false);
  assert.deepEqual(page?.Properties.SystemMetadata, { 'cache-control': PAGE_CACHE_CONTROL });
  const { DependsOn } = page as unknown as { DependsOn: readonly string[] };
  assert.ok(DependsOn.some((id) => id.includes('ConsoleFilesAssets')));
});

test('a domain of your own comes with its certificate and TLS 1.2', () => {
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/abc';
  const stack = withConsole({ domain: { name: 'hooks.example.com', certificateArn } });
  assert.deepEqual(config(stack).Aliases, ['hooks.example.com']);
  const { AcmCertificateArn, MinimumProtocolVersion } = config(stack).ViewerCertificate as Tree;
  assert.equal(AcmCertificateArn, certificateArn);
  assert.match(String(MinimumProtocolVersion), /^TLSv1\.[23]_/);
  const outputs: Record<string, { Value: unknown }> = stack.template.toJSON().Outputs;
  assert.equal(outputs.ConsoleUrl?.Value, 'https://hooks.example.com');
});

test('the stack tells where the console is, and `console: false` leaves all of it out', () => {
  const outputs = fanfare.template.toJSON().Outputs;
  assert.match(JSON.stringify(outputs.ConsoleUrl.Value), /Distribution/);
  const without = synthesize({ console: false });
  assert.equal(without.template.toJSON().Outputs.ConsoleUrl, undefined);
  assert.doesNotMatch(without.text, /CloudFront|AWS::S3::Bucket|CDKBucketDeployment/);
});
