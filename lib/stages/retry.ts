import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { ENV } from '../../contract/environment.ts';
import { ServiceFunction } from '../blocks/service-function.ts';
import type { StageProps } from './stage-props.ts';

/**
 * Moves parked deliveries that fall due into `deliveries`, each minute.
 *
 * Started by a rule, not by EventBridge Scheduler: a rule needs no role, costs nothing, and the function's own
 * policy names it. A run that fails is not repeated: the next one begins where it stopped. Runs last 55 s at
 * most, so they hardly ever overlap, and if they do a delivery is sent twice at worst; reserving concurrency 1
 * to rule that out would fail to deploy in new accounts, which have ten in all.
 */
export class Retry extends Construct {
  readonly function: ServiceFunction;

  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id);
    const { tables, queues, logRetention } = props;
    const fn = new ServiceFunction(this, 'Function', {
      stage: 'retry',
      memoryMb: 256,
      logRetention,
      loops: true,
    });
    fn.usesTable(ENV.deliveriesTable, tables.deliveries, [
      'GetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'BatchWriteItem',
    ]);
    fn.usesTable(ENV.eventsTable, tables.events, ['BatchGetItem']);
    fn.sendsTo(ENV.deliveriesQueue, queues.deliveries.queue);
    // For a delivery whose event is past its retention by the time it falls due.
    fn.sendsTo(ENV.deadLettersQueue, queues.deadLetters);
    fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const rule = new Rule(this, 'EachMinute', {
      description: 'Fanfare: sends parked deliveries that fall due',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(fn, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    const reason = 'A run that fails is made up for by the next, a minute later.';
    Validations.of(fn).acknowledge({ id: 'Serverless::Serverless-LambdaAsyncFailureDestination', reason });
    Validations.of(rule).acknowledge({ id: 'Serverless::Serverless-EventBusDLQ', reason });
    this.function = fn;
  }
}
