import { timeOfEventId } from '../id.ts';
import { Problem } from '../problem.ts';
import type { EventInput } from './event-input.ts';

/**
 * The id an event is to have if its producer chose one; null: a new one is made. Ids of the form that this server makes
 * tell when their event was accepted, so each stands for an event that is there already, or on its way: a CloudEvent gets
 * one made of its source and id, anything else is refused with a 409 `Problem`. Were it accepted, it would be dropped.
 */
export function usableId({ id, source }: EventInput): string | null {
  if (id === null || timeOfEventId(id) === null) return id;
  if (source !== null) return source.derivedId;
  throw new Problem(
    'idempotency-conflict',
    'Ids that begin with "evt_t" are made by the server, and this one stands for another event. Leave "id" out, or choose one of your own.',
    [{ pointer: '/id', detail: 'must not have the form of an id that the server makes' }],
  );
}
