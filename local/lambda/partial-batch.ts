import { isObject } from '../template/json.ts';
import type { Outcome } from './outcome.ts';

/**
 * Which messages of a batch come again: the ids the function named, or all. With `ReportBatchItemFailures` an answer
 * that is null or empty is a success; one that can't be read, or that names a message of no such id, fails the whole
 * batch. Without it only an error counts.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function comeAgain(
  outcome: Outcome,
  messageIds: readonly string[],
  reportsFailures: boolean,
): ReadonlySet<string> {
  const all = new Set(messageIds);
  if (!outcome.ok) return all;
  if (!reportsFailures) return new Set();
  const named = readFailures(outcome.payload);
  return named?.every((id) => all.has(id)) ? new Set(named) : all;
}

/** The ids an answer names, or null if it can't be read. */
function readFailures(payload: string): readonly string[] | null {
  const answer = parse(payload);
  if (answer === null) return [];
  if (!isObject(answer)) return null;
  const { batchItemFailures: failures } = answer;
  if (failures === undefined || failures === null) return [];
  if (!Array.isArray(failures)) return null;
  const ids = failures.map((failure) => (isObject(failure) ? failure.itemIdentifier : undefined));
  return ids.every((id) => typeof id === 'string') ? ids : null;
}

function parse(payload: string): unknown {
  try {
    return payload === '' ? null : JSON.parse(payload);
  } catch {
    // Not JSON is the function's mistake and has its own rule: it fails the batch.
    return undefined;
  }
}
