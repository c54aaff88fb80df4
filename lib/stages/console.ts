import { Fn, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CONSOLE_FILES, DOCS_PAGE, NOT_PLACES, NOTHING_THERE } from '../../contract/console.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { ConsoleBucket } from '../blocks/console-bucket.ts';
import { consoleHeaders } from '../blocks/console-headers.ts';

/** How the console is reached and who may frame it. */
export interface ConsoleSettings {
  /** A domain of yours, with its certificate in us-east-1, as CloudFront wants it. Point the domain at the distribution. */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
  /** Sites that may show the console in a frame, such as `https://app.example.com`. @default - none */
  readonly frameAncestors?: readonly string[];
}

export interface ConsoleProps extends ConsoleSettings {
  /** The API's own address. */
  readonly apiUrl: string;
  readonly logRetention: RetentionDays;
}

/** The page for customers and operators. One domain serves page and `/v1`, so there is no CORS. */
export class Console extends Construct {
  readonly url: string;
  /** Names under which it is reached: with a domain of yours, by CloudFront's own as well. */
  readonly hosts: readonly string[];

  constructor(scope: Construct, id: string, props: ConsoleProps) {
    super(scope, id);
    const { domain, frameAncestors = [], apiUrl, logRetention } = props;
    const { bucket } = new ConsoleBucket(this, 'Files', { logRetention });
    const api = {
      origin: new HttpOrigin(Fn.select(2, Fn.split('/', apiUrl)), {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      }),
      // A key that was sent in the clear is burnt: such a call is refused, not redirected.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    };
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Fanfare: console and API',
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultRootObject: 'index.html',
      ...(domain === undefined
        ? {}
        : {
            domainNames: [domain.name],
            certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
          }),
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: consoleHeaders(this, frameAncestors),
        functionAssociations: [{ function: this.#places(), eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: {
        // The same for everybody: kept as long as the API says, whatever query or key comes with the request.
        [OPERATIONS.getOpenApi.path]: { ...api, cachePolicy: CachePolicy.CACHING_OPTIMIZED },
        '/v1/*': {
          ...api,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
    });
    Validations.of(distribution).acknowledge(
      {
        id: 'AwsSolutions::AwsSolutions-CFR1',
        reason: 'Customers may be anywhere.',
      },
      {
        id: 'AwsSolutions::AwsSolutions-CFR2',
        reason: 'A WAF costs more a month than the rest while idle; the API checks keys and is throttled.',
      },
      {
        id: 'AwsSolutions::AwsSolutions-CFR3',
        reason: "API Gateway logs each call of the API; loading a page's files tells nothing.",
      },
      {
        id: 'AwsSolutions::AwsSolutions-CFR4',
        reason:
          "cloudfront.net's own certificate takes no minimum; a domain of yours gets TLS 1.2 and newer.",
      },
    );
    this.url = `https://${domain?.name ?? distribution.distributionDomainName}`;
    this.hosts = [distribution.distributionDomainName, ...(domain === undefined ? [] : [domain.name])];
  }

  /** Paths that are no files are places within the page, unless they look like the API's. */
  #places(): EdgeFunction {
    return new EdgeFunction(this, 'Places', {
      comment: 'Fanfare: index.html answers every path that is no file',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(`function handler(event) {
  var request = event.request;
  if (new RegExp(${JSON.stringify(NOT_PLACES.source)}, ${JSON.stringify(NOT_PLACES.flags)}).test(decoded(request.uri))) {
    return {
      statusCode: 404,
      statusDescription: 'Not Found',
      headers: { 'content-type': { value: ${JSON.stringify(NOTHING_THERE.type)} }, 'cache-control': { value: 'no-store' } },
      body: ${JSON.stringify(NOTHING_THERE.body)},
    };
  }
  var isFile = ${JSON.stringify(CONSOLE_FILES)}.some((start) => request.uri.startsWith(start));
  if (request.uri === ${JSON.stringify(DOCS_PAGE.path)}) request.uri = ${JSON.stringify(DOCS_PAGE.file)};
  else if (!isFile) request.uri = '/index.html';
  return request;
}
function decoded(uri) {
  try {
    return decodeURIComponent(uri);
  } catch (error) {
    return uri;
  }
}`),
    });
  }
}
