import type { Commands } from '../parse.ts';
import { deadLetters, redrive } from './dead-letters.ts';
import { deliveries } from './deliveries.ts';
import { eventTypes } from './event-types.ts';
import { events } from './events.ts';
import { keys } from './keys.ts';
import { listen } from './listen.ts';
import { replay } from './replay.ts';
import { send } from './send.ts';
import { sendAll } from './send-all.ts';
import { health, openapi, signOut } from './service.ts';
import { subscriptions } from './subscriptions.ts';
import { tasks } from './tasks.ts';
import { portal, tenants } from './tenants.ts';

/** Every command, in the order of help. */
export const COMMANDS: Commands = {
  send,
  'send-all': sendAll,
  listen,
  subscriptions,
  deliveries,
  events,
  'dead-letters': deadLetters,
  redrive,
  replay,
  tasks,
  'event-types': eventTypes,
  tenants,
  portal,
  'sign-out': signOut,
  keys,
  health,
  openapi,
};
