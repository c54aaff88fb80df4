import { join } from 'node:path';
import { type Acknowledgment, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ENV, Stage } from '../../contract/environment.ts';
import { FUNCTION_DEFAULTS, ROOT } from './function-defaults.ts';
import { TIMEOUT_SECONDS } from './timeouts.ts';

/** What a function may do to a table's items. */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

type EnvironmentName = (typeof ENV)[keyof typeof ENV];

export interface ServiceFunctionProps {
  /** Names the entry file `lambdas/<stage>.ts` and the timeout. */
  readonly stage: Stage;
  readonly memoryMb: number;
  readonly logRetention: RetentionDays;
  /**
   * Whether its messages can lead back to it. Lambda stops such a loop after about 16 rounds unless told that it
   * is meant; the attempt counter in each message is what bounds it.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
   */
  readonly loops: boolean;
  /** @default - shares the account's concurrency */
  readonly reservedConcurrency?: number | undefined;
}

const ACKNOWLEDGED: readonly Acknowledgment[] = [
  {
    id: 'Serverless::Serverless-LambdaDLQ',
    reason: 'Lambda ignores it for SQS sources, whose queues have poison queues, and for HTTP requests.',
  },
  {
    id: 'Serverless::Serverless-LambdaTracing',
    reason: 'Costs more than the run itself; each log line carries the ids that lead through the pipeline.',
  },
];

/**
 * One function of the pipeline. It can do nothing but write its own log until it is given something, and each
 * thing is given together with the environment variable that names it.
 */
export class ServiceFunction extends NodejsFunction {
  readonly logs: ILogGroup;
  readonly memoryMb: number;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    const logs = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logs.grantWrite(role);
    super(scope, id, {
      ...FUNCTION_DEFAULTS,
      description: `Fanfare: ${props.stage}`,
      entry: join(ROOT, 'lambdas', `${props.stage}.ts`),
      timeout: Duration.seconds(TIMEOUT_SECONDS[props.stage]),
      memorySize: props.memoryMb,
      role,
      logGroup: logs,
      recursiveLoop: props.loops ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    this.logs = logs;
    this.memoryMb = props.memoryMb;
    Validations.of(this).acknowledge(...ACKNOWLEDGED);
  }

  /** Names a value to the function. */
  knows(name: EnvironmentName, value: string): void {
    this.addEnvironment(name, value);
  }

  /** Names a table, and allows these actions on its items; `indexes` may be queried. */
  usesTable(
    name: EnvironmentName,
    table: ITableV2,
    actions: readonly ItemAction[],
    ...indexes: readonly { readonly name: string }[]
  ): void {
    this.knows(name, table.tableName);
    this.#allow(
      actions.map((action) => `dynamodb:${action}`),
      [table.tableArn],
    );
    if (indexes.length === 0) return;
    this.#allow(
      ['dynamodb:Query'],
      indexes.map((index) => `${table.tableArn}/index/${index.name}`),
    );
  }

  /** Names a queue, and allows sending to it. */
  sendsTo(name: EnvironmentName, queue: IQueue): void {
    this.knows(name, queue.queueUrl);
    this.#allow(['sqs:SendMessage'], [queue.queueArn]);
  }

  /** Names a queue, and allows taking messages out of it by hand. */
  receivesFrom(name: EnvironmentName, queue: IQueue): void {
    this.knows(name, queue.queueUrl);
    this.#allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'], [queue.queueArn]);
  }

  /** Names the key that wraps data keys, and allows these uses of it. */
  usesKey(name: EnvironmentName, key: IKey, uses: readonly ('Decrypt' | 'GenerateDataKey')[]): void {
    this.knows(name, key.keyArn);
    this.#allow(
      uses.map((use) => `kms:${use}`),
      [key.keyArn],
    );
  }

  /** Names a secret, and allows reading it. */
  readsSecret(name: EnvironmentName, secret: ISecret): void {
    this.knows(name, secret.secretArn);
    this.#allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
  }

  #allow(actions: string[], resources: string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }
}
