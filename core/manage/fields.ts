import { z } from 'zod';
import { INGEST } from '../../contract/limits.ts';
import { EVENT_TYPE_PATTERN, isEventType } from '../event-type.ts';
import { parseTime } from '../rfc3339.ts';

/** An event type. */
export const eventTypeField = z
  .string('must be a string')
  .refine(isEventType, 'must be an event type')
  .meta({ pattern: EVENT_TYPE_PATTERN.source, maxLength: INGEST.maxTypeBytes });

/** A time as text. */
export const timeText = z
  .string('must be a string')
  .refine(
    (text) => parseTime(text) !== null,
    'must be an RFC 3339 date and time, such as 2026-01-02T03:04:05Z',
  )
  .meta({ format: 'date-time' });

/** A time, in epoch milliseconds once it is read. */
export const time = timeText.transform((text) => Math.max(0, parseTime(text) ?? 0));
