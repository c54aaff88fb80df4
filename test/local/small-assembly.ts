import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A function of a small assembly: its module, and properties beyond the usual ones. */
export interface SmallFunction {
  readonly code: string;
  readonly timeout?: number;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What goes into a small assembly. */
export interface SmallAssembly {
  readonly functions: Readonly<Record<string, SmallFunction>>;
  /** Further resources, as in a template. */
  readonly resources?: Readonly<Record<string, object>>;
}

/** Writes a cloud assembly in the form that `cdk synth` leaves behind, with bundles of a few lines. */
export function writeAssembly({ functions, resources = {} }: SmallAssembly): string {
  const folder = mkdtempSync(join(tmpdir(), 'fanfare-assembly-'));
  const files: Record<string, object> = {};
  const made: Record<string, object> = {};
  for (const [id, { code, timeout = 60, variables = {} }] of Object.entries(functions)) {
    mkdirSync(join(folder, `asset.${id}`));
    writeFileSync(join(folder, `asset.${id}`, 'index.mjs'), code);
    files[id] = { source: { path: `asset.${id}`, packaging: 'zip' }, destinations: {} };
    made[id] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: `${id}.zip` },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: timeout,
        MemorySize: 256,
        Environment: { Variables: variables },
      },
    };
  }
  const write = (name: string, content: object): void =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  write('Small.template.json', { Resources: { ...made, ...resources } });
  write('Small.assets.json', { version: '1', files, dockerImages: {} });
  write('manifest.json', {
    version: '1',
    artifacts: {
      Small: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Small.template.json' } },
    },
  });
  return folder;
}

/** A queue, and the mapping from it to a function of the assembly. */
export function queueInto(
  functionId: string,
  options: {
    readonly visibilitySeconds?: number;
    readonly maxReceives?: number;
    readonly mapping?: object;
  } = {},
): Readonly<Record<string, object>> {
  return {
    DeadQueue: { Type: 'AWS::SQS::Queue', Properties: {} },
    WorkQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: options.visibilitySeconds ?? 30,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': ['DeadQueue', 'Arn'] },
          maxReceiveCount: options.maxReceives ?? 5,
        },
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['WorkQueue', 'Arn'] },
        FunctionName: { Ref: functionId },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BatchSize: 10,
        ...options.mapping,
      },
    },
  };
}

/** An HTTP API with this route to a function of the assembly. */
export function routeTo(functionId: string, key: string): Readonly<Record<string, object>> {
  return {
    HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'small', ProtocolType: 'HTTP' } },
    [`${functionId}Integration`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'HttpApi' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [functionId, 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    [`${functionId}Route`]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'HttpApi' },
        RouteKey: key,
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: `${functionId}Integration` }]] },
      },
    },
  };
}
