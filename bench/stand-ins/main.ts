// The process that everything measured talks to: receivers of deliveries, and AWS.
import { answerQuestions } from '../process/answer-questions.ts';
import { type AwsRecords, AwsStandIn } from './aws.ts';
import { Sink, type SinkOptions } from './sink.ts';

/** What this process can be asked. */
export type StandInQuestion =
  | { readonly kind: 'start' }
  | { readonly kind: 'open-sink'; readonly name: string; readonly options: SinkOptions }
  | { readonly kind: 'use'; readonly records: AwsRecords }
  | { readonly kind: 'take'; readonly sink: string }
  | { readonly kind: 'stay-awake'; readonly awake: boolean };

const aws = new AwsStandIn();
const sinks = new Map<string, Sink>();
let awake = false;

answerQuestions<StandInQuestion>(async (question) => {
  switch (question.kind) {
    case 'start':
      return { port: await aws.start() };
    case 'open-sink': {
      const sink = new Sink(question.options);
      sinks.set(question.name, sink);
      return { ports: await sink.start() };
    }
    case 'use':
      aws.use(question.records);
      return {};
    case 'take':
      return { aws: aws.take(), sink: sinks.get(question.sink)?.take() };
    case 'stay-awake':
      awake = question.awake;
      turn();
      return {};
  }
});

/** Looks for work again and again instead of sleeping until there is some. */
function turn(): void {
  if (awake) setImmediate(turn);
}
