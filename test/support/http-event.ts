import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

export interface HttpEventOptions {
  readonly method?: string;
  readonly path?: string;
  /** Names in lower case, as API Gateway gives them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Whether API Gateway takes the body for binary; it does so unless the type is text or `application/json`. */
  readonly base64?: boolean;
  readonly query?: Readonly<Record<string, string>>;
  readonly pathParameters?: Readonly<Record<string, string>>;
}

let requests = 0;

/** A request as an HTTP API hands it to a function, payload version 2.0. */
export function httpEvent(options: HttpEventOptions = {}): APIGatewayProxyEventV2 {
  const { method = 'POST', path = '/v1/events', headers = {}, body, query = {} } = options;
  const type = headers['content-type'] ?? '';
  const base64 = options.base64 ?? !/^(text\/|application\/json)/.test(type);
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { host: 'api.example.com', ...headers },
    ...(Object.keys(query).length > 0 ? { queryStringParameters: { ...query } } : {}),
    ...(options.pathParameters ? { pathParameters: { ...options.pathParameters } } : {}),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: `request-${++requests}`,
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '02/Jan/2026:03:04:05 +0000',
      timeEpoch: 1_767_323_045_678,
    },
    isBase64Encoded: body !== undefined && base64,
    ...(body === undefined ? {} : { body: Buffer.from(body).toString(base64 ? 'base64' : 'utf8') }),
  };
}

/** The context of an invocation with time to spare. */
export function lambdaContext(remainingMs = 10_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'function',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:function',
    memoryLimitInMB: '512',
    awsRequestId: 'invocation',
    logGroupName: 'group',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
