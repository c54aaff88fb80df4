import { type Acknowledgment, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { CONSOLE_ASSETS, CONSOLE_ASSETS_MAX_AGE, PAGE_CACHE_CONTROL } from '../../contract/console.ts';
import { consoleFiles } from './console-files.ts';

const ASSETS = `${CONSOLE_ASSETS.slice(1)}*`;

const COPIER = 'Custom::CDKBucketDeployment';

const ABOUT_THE_COPIER: readonly Acknowledgment[] = [
  ...['AwsSolutions::AwsSolutions-L1', 'Serverless::Serverless-LambdaLatestVersion'].map((id) => ({
    id,
    reason: "CDK's own function, at the runtime CDK tests it with; it runs only while the stack is deployed.",
  })),
  ...['Serverless::Serverless-LambdaDLQ', 'Serverless::Serverless-LambdaTracing'].map((id) => ({
    id,
    reason: 'CloudFormation calls it, waits for it, and shows its failure.',
  })),
];

/** The console's files in S3, put there at deployment. Nothing else is kept in it, so it goes with the stack. */
export class ConsoleBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: { readonly logRetention: RetentionDays }) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'It holds the files of a page that anybody may load, and CloudFront alone reads them.',
    });
    this.#fill(props.logRetention);
  }

  /** Twice, because files named by their content may be kept for a year, and the page that names them not at all. */
  #fill(retention: RetentionDays): void {
    const files = consoleFiles(this, 'Build');
    const logGroup = new LogGroup(this, 'CopierLogs', { retention, removalPolicy: RemovalPolicy.DESTROY });
    const role = this.#copierRole(files);
    logGroup.grantWrite(role);
    const common = {
      sources: [Source.bucket(files.bucket, files.s3ObjectKey)],
      destinationBucket: this.bucket,
      role: role.withoutPolicyUpdates(),
      logGroup,
      memoryLimit: 256,
    };
    const assets = new BucketDeployment(this, 'Assets', {
      ...common,
      exclude: ['*'],
      include: [ASSETS],
      // A page that is open goes on loading its parts by their old names.
      prune: false,
      cacheControl: [
        CacheControl.setPublic(),
        CacheControl.maxAge(Duration.seconds(CONSOLE_ASSETS_MAX_AGE)),
        CacheControl.immutable(),
      ],
    });
    const page = new BucketDeployment(this, 'Page', {
      ...common,
      exclude: [ASSETS],
      cacheControl: [CacheControl.fromString(PAGE_CACHE_CONTROL)],
    });
    assets.node.addDependency(role);
    page.node.addDependency(assets);
    // The function that does both. CDK keeps it at the top of the stack and hands it to nobody.
    const copiers = Stack.of(this).node.children.filter(({ node }) => node.id.startsWith(COPIER));
    for (const copier of copiers) Validations.of(copier).acknowledge(...ABOUT_THE_COPIER);
  }

  /** CDK would let it do much more than copy this one archive into this one bucket. */
  #copierRole(files: Asset): Role {
    const role = new Role(this, 'CopierRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(['s3:GetObject'], files.bucket.arnForObjects(files.s3ObjectKey));
    allow(['s3:ListBucket'], this.bucket.bucketArn);
    allow(['s3:PutObject', 's3:DeleteObject'], this.bucket.arnForObjects('*'));
    const bucketId = Stack.of(this).resolve((this.bucket.node.defaultChild as CfnBucket).logicalId);
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/*]`,
      reason: 'Which files there are, only the build knows; the bucket holds nothing else.',
    });
    return role;
  }
}
