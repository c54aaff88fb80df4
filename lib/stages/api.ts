import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { OPERATIONS } from '../../contract/operations.ts';

/** Limits on the whole API. Beyond them API Gateway answers 429. */
export interface Throttling {
  /** Requests a second, over time. */
  readonly ratePerSecond: number;
  /** Requests at once. */
  readonly burst: number;
}

export interface ApiProps {
  /** Takes `POST /v1/events`. */
  readonly ingest: IFunction;
  /** Takes everything else, unknown paths included, so that every refusal is a problem document. */
  readonly manage: IFunction;
  readonly throttling: Throttling;
  readonly logRetention: RetentionDays;
}

/**
 * One line a request, as short as it can be, because there is one for each event. Only the path: a query string may hold
 * what callers look for. When it was CloudWatch adds.
 */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    ip: '$context.identity.sourceIp',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    ms: '$context.responseLatency',
    functionMs: '$context.integrationLatency',
    error: '$context.integrationErrorMessage',
  }),
);

/** The front door: an HTTP API (payload format 2.0). The functions themselves check the API key. */
export class Api extends Construct {
  readonly url: string;
  /** Names under which it is reached. */
  readonly hosts: readonly string[];
  readonly id: string;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const api = new HttpApi(this, 'HttpApi', {
      apiName: 'fanfare',
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('Manage', props.manage),
    });
    const { method, path } = OPERATIONS.postEvents;
    api.addRoutes({
      path,
      methods: [HttpMethod[method]],
      integration: new HttpLambdaIntegration('Ingest', props.ingest),
    });
    Validations.of(api).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'The functions check the API key: scopes and tenants are theirs to know, and refusals are problem documents.',
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.throttling.ratePerSecond, burstLimit: props.throttling.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            retention: props.logRetention,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        format: ACCESS_LOG,
      },
    });
    this.url = stage.url;
    const { region, urlSuffix } = Stack.of(this);
    this.hosts = [`${api.apiId}.execute-api.${region}.${urlSuffix}`];
    this.id = api.apiId;
  }
}
