import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUNCTION_PATHS, synthesize } from '../../support/template.ts';

const fanfare = synthesize();

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
  });
});

test('only this API may call the two functions', () => {
  const permissions = [...fanfare.allOf('AWS::Lambda::Permission').values()]
    .map(({ Properties }) => Properties)
    .filter((permission) => permission.Principal === 'apigateway.amazonaws.com');
  assert.deepEqual(
    permissions.map((permission) => fanfare.named(permission.FunctionName)).sort(),
    [FUNCTION_PATHS.ingest, FUNCTION_PATHS.manage].sort(),
  );
  for (const { SourceArn } of permissions) assert.match(fanfare.named(SourceArn), /:Api\/HttpApi\/\*\/\*/);
});

test('there is no CORS: page and API share a domain', () => {
  assert.equal(fanfare.of('Api/HttpApi').CorsConfiguration, undefined);
});

test('the stage needs no prefix and is throttled', () => {
  const stage = fanfare.of('Api/Stage');
  assert.equal(stage.StageName, '$default');
  assert.equal(stage.AutoDeploy, true);
  assert.deepEqual(stage.DefaultRouteSettings, { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 });
});

test('the access log is JSON and holds no query string and no header', () => {
  const { DestinationArn, Format } = fanfare.of('Api/Stage').AccessLogSettings as Record<string, unknown>;
  assert.equal(fanfare.named(DestinationArn), 'Api/AccessLog');
  const line = JSON.parse(String(Format));
  assert.equal(line.path, '$context.path');
  assert.equal(line.requestId, '$context.requestId');
  assert.doesNotMatch(String(Format), /query|header|authorizer|\$context\.requestOverride/i);
});
