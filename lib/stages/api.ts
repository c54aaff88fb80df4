import { Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { OPERATIONS } from '../../contract/operations.ts';

/** Limits on a route. Beyond them API Gateway answers 429. */
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
  /** Of `POST /v1/events`. */
  readonly throttling: Throttling;
  /** Of everything that asks for a key, together. */
  readonly manageThrottling: Throttling;
  readonly logRetention: RetentionDays;
}

const OPEN_PATHS = Object.values(OPERATIONS)
  .filter(({ scope }) => scope === null)
  .map(({ path }) => path);

/** Of each operation that asks for no key: what strangers do to it costs nobody else anything. */
const OPEN: Throttling = { ratePerSecond: 50, burst: 100 };

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
    const manage = new HttpLambdaIntegration('Manage', props.manage);
    const api = new HttpApi(this, 'HttpApi', {
      apiName: 'fanfare',
      createDefaultStage: false,
      defaultIntegration: manage,
    });
    const { method, path } = OPERATIONS.postEvents;
    const events = api.addRoutes({
      path,
      methods: [HttpMethod[method]],
      integration: new HttpLambdaIntegration('Ingest', props.ingest),
    });
    // Routes of their own, because each route has its own share; HEAD comes with GET, other methods are refused.
    const open = OPEN_PATHS.map((path) => api.addRoutes({ path, integration: manage }));
    Validations.of(api).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'The functions check the API key: scopes and tenants are theirs to know, and refusals are problem documents.',
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.manageThrottling.ratePerSecond, burstLimit: props.manageThrottling.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            logGroupName: this.#accessLogName(),
            retention: props.logRetention,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        format: ACCESS_LOG,
      },
    });
    (stage.node.defaultChild as CfnStage).routeSettings = {
      [`${method} ${path}`]: limits(props.throttling),
      ...Object.fromEntries(OPEN_PATHS.map((each) => [`${HttpMethod.ANY} ${each}`, limits(OPEN)])),
    };
    // Limits of a route that is not there yet are refused.
    stage.node.addDependency(...events, ...open.flat());
    this.url = stage.url;
    const { region, urlSuffix } = Stack.of(this);
    this.hosts = [`${api.apiId}.execute-api.${region}.${urlSuffix}`];
    this.id = api.apiId;
  }

  /**
   * Below `/aws/vendedlogs/`, which one statement of the account's log policy covers; every other name adds one, until
   * the policy is too long. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
   */
  #accessLogName(): string {
    const unique = Names.uniqueResourceName(this, { separator: '-', maxLength: 200 });
    return `/aws/vendedlogs/fanfare/${Stack.of(this).stackName}/${unique}`;
  }
}

/** Throttling as CloudFormation writes it. */
function limits({ ratePerSecond, burst }: Throttling) {
  return { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst };
}
