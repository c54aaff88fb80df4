import { Duration } from 'aws-cdk-lib';
import {
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { CONSOLE_HEADERS, CONSOLE_POLICY } from '../../contract/console.ts';

/** `'self'`, or an origin that is reached over https; subdomains by `*`. Nothing that could end the directive. */
const FRAME_ANCESTOR = /^('self'|https:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?)$/i;

/** Headers of CloudFront's own making; it refuses them among the custom ones. */
const BUILT_IN = ['x-content-type-options', 'referrer-policy'];

/** The headers of every file of the console. */
export function consoleHeaders(scope: Construct, frameAncestors: readonly string[]): ResponseHeadersPolicy {
  const wrong = frameAncestors.find((origin) => !FRAME_ANCESTOR.test(origin));
  if (wrong !== undefined) {
    throw new Error(
      `frameAncestors takes 'self' and origins such as https://app.example.com, not ${JSON.stringify(wrong)}.`,
    );
  }
  const custom = Object.entries(CONSOLE_HEADERS).filter(([header]) => !BUILT_IN.includes(header));
  return new ResponseHeadersPolicy(scope, 'Headers', {
    comment: 'Fanfare: what the console may do',
    securityHeadersBehavior: securityHeaders(frameAncestors),
    customHeadersBehavior: {
      customHeaders: custom.map(([header, value]) => ({ header, value, override: true })),
    },
  });
}

function securityHeaders(frameAncestors: readonly string[]): ResponseSecurityHeadersBehavior {
  const directives = {
    ...CONSOLE_POLICY,
    'frame-ancestors': frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' '),
  };
  const policy = Object.entries(directives).map(([name, value]) => `${name} ${value}`);
  return {
    contentSecurityPolicy: { contentSecurityPolicy: policy.join('; '), override: true },
    contentTypeOptions: { override: true },
    referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
    strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
  };
}
