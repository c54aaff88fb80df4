import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS } from '../../../contract/operations.ts';
import { FUNCTION_PATHS, synthesize } from '../../support/template.ts';

const fanfare = synthesize();
const OPEN = Object.values(OPERATIONS).flatMap(({ scope, path }) => (scope === null ? [`ANY ${path}`] : []));

test('events go to ingest and everything else, unknown paths too, to manage', () => {
  const routes = [...fanfare.allOf('AWS::ApiGatewayV2::Route').values()].map(({ Properties }) => {
    const integration = fanfare.of(fanfare.named(Properties.Target).replace('integrations/', ''));
    assert.equal(integration.PayloadFormatVersion, '2.0');
    assert.equal(integration.IntegrationType, 'AWS_PROXY');
    return [Properties.RouteKey, fanfare.named(integration.IntegrationUri)];
  });
  assert.deepEqual(Object.fromEntries(routes), {
    'POST /v1/events': FUNCTION_PATHS.ingest,
    $default: FUNCTION_PATHS.manage,
    ...Object.fromEntries(OPEN.map((key) => [key, FUNCTION_PATHS.manage])),
  });
});

test('only this API may call the two functions', () => {
  const permissions = [...fanfare.allOf('AWS::Lambda::Permission').values()]
    .map(({ Properties }) => Properties)
    .filter((permission) => permission.Principal === 'apigateway.amazonaws.com');
  assert.deepEqual(
    new Set(permissions.map((permission) => fanfare.named(permission.FunctionName))),
    new Set([FUNCTION_PATHS.ingest, FUNCTION_PATHS.manage]),
  );
  for (const { SourceArn } of permissions) assert.match(fanfare.named(SourceArn), /:Api\/HttpApi\/\*\/\*/);
});

test('there is no CORS: page and API share a domain', () => {
  assert.equal(fanfare.of('Api/HttpApi').CorsConfiguration, undefined);
});

test('the stage needs no prefix; producers, strangers and all others are throttled each by themselves', () => {
  const stage = fanfare.of('Api/Stage');
  assert.equal(stage.StageName, '$default');
  assert.equal(stage.AutoDeploy, true);
  assert.deepEqual(stage.DefaultRouteSettings, { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 });
  assert.deepEqual(stage.RouteSettings, {
    'POST /v1/events': { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    ...Object.fromEntries(OPEN.map((key) => [key, { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }])),
  });
  assert.deepEqual(OPEN, ['ANY /v1/health', 'ANY /v1/openapi.json']);
});

test('the access log is JSON and holds no query string and no header', () => {
  const { DestinationArn, Format } = fanfare.of('Api/Stage').AccessLogSettings as Record<string, unknown>;
  assert.equal(fanfare.named(DestinationArn), 'Api/AccessLog');
  const line = JSON.parse(String(Format));
  assert.equal(line.path, '$context.path');
  assert.equal(line.requestId, '$context.requestId');
  assert.doesNotMatch(String(Format), /query|header|authorizer|\$context\.requestOverride/i);
});

test('a route is there before its limits are set', () => {
  const template = fanfare.template.toJSON().Resources;
  const [stage] = Object.values(
    template as Record<string, { Type: string; DependsOn?: readonly string[] }>,
  ).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage');
  const needed = (stage?.DependsOn ?? []).map((id) => template[id].Properties.RouteKey);
  for (const key of Object.keys(fanfare.of('Api/Stage').RouteSettings as object))
    assert.ok(needed.includes(key), key);
});

test('C115: the access log lies below /aws/vendedlogs/, under a name that no other stack has', () => {
  const name = String(fanfare.of('Api/AccessLog').LogGroupName);
  assert.match(name, /^\/aws\/vendedlogs\/fanfare\/Fanfare\/[\w-]+$/);
  assert.ok(name.length <= 512);
});
