import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Random } from '../clock.ts';
import { encodeMessage, type Message } from '../message.ts';
import type { OutgoingMessage } from '../queue.ts';
import type { End } from './step.ts';
import { sameAttempt, sameAttemptLookedUp, sameAttemptUnasked } from './target.ts';

/** Targets that could not be finished go back after this, in seconds, when something of ours is out of order. */
const OUT_OF_ORDER_SECONDS = 30;
/** Targets whose hosts were not looked up go back after this and as much again by chance, in seconds: nothing spins. */
const LOOK_UP_SECONDS = 10;
/** And this often: then it counts as a failed attempt that the host could not be looked up. */
export const MAX_UNASKED = 30;

/** What is left of a message, as messages that make the same attempts again; none if nothing is. */
export function leftMessages(
  { header, data }: Message<DeliveryMessage>,
  ends: readonly End[],
  random: Random,
): readonly OutgoingMessage[] {
  if (ends.every(({ kind }) => kind === 'settled')) return [];
  const group = header.event.tenant;
  const those = (wanted: (end: End | undefined) => boolean) =>
    header.targets.filter((_, i) => wanted(ends[i]));
  if (ends.some((end) => end.kind === 'stuck')) {
    const left = those((end) => end?.kind !== 'settled');
    const body = encodeMessage(sameAttemptLookedUp(header, left), data);
    return [{ body, group, delaySeconds: OUT_OF_ORDER_SECONDS }];
  }
  const messages: OutgoingMessage[] = [];
  const late = those((end) => end?.kind !== 'settled' && !isNotAsked(end));
  if (late.length > 0) messages.push({ body: encodeMessage(sameAttempt(header, late), data), group });
  const notAsked = those(isNotAsked);
  if (notAsked.length > 0) {
    const delaySeconds = LOOK_UP_SECONDS + Math.floor(random.number() * LOOK_UP_SECONDS);
    messages.push({ body: encodeMessage(sameAttemptUnasked(header, notAsked), data), group, delaySeconds });
  }
  return messages;
}

/** Whether a target waits because its host could not even be looked up. */
export function isNotAsked(end: End | undefined): boolean {
  return end?.kind === 'not-started' && end.why === 'look-ups';
}
