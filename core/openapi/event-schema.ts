import { INGEST } from '../../contract/limits.ts';
import { CHOSEN_ID_PATTERN, TENANT_PATTERN } from '../api-key.ts';
import { EVENT_TYPE_PATTERN } from '../event-type.ts';

/** A part of the document: JSON Schema or OpenAPI objects. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * An event in Fanfare's own form. The fields' rules are in `core/ingest/event-fields.ts`, which reads text token for
 * token and so is no schema library; both take their bounds from the same constants, and fuzzing holds them together.
 */
export const EVENT: Json = {
  type: 'object',
  required: ['type', 'data'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', pattern: EVENT_TYPE_PATTERN.source, maxLength: INGEST.maxTypeBytes },
    data: { description: 'Any JSON value; it reaches subscribers token for token.' },
    id: {
      type: 'string',
      pattern: CHOSEN_ID_PATTERN.source,
      description: 'The idempotency key, unique for its tenant.',
    },
    tenant: { type: 'string', pattern: TENANT_PATTERN.source },
    subject: { type: 'string', maxLength: INGEST.maxSubjectLength },
    time: { type: 'string', format: 'date-time' },
    metadata: {
      type: 'object',
      maxProperties: INGEST.maxMetadataPairs,
      propertyNames: { minLength: 1, maxLength: INGEST.maxMetadataKeyLength },
      additionalProperties: { type: 'string', maxLength: INGEST.maxMetadataValueLength },
      description: 'For filters and search; never sent to subscribers.',
    },
  },
};

/** A CloudEvent in structured mode. CloudEvents 1.0.2, JSON format. */
export const CLOUD_EVENT_SCHEMA: Json = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'type'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', minLength: 1, maxLength: INGEST.maxMetadataValueLength },
    type: { type: 'string', pattern: EVENT_TYPE_PATTERN.source, maxLength: INGEST.maxTypeBytes },
    time: { type: ['string', 'null'], format: 'date-time' },
    subject: { type: ['string', 'null'], maxLength: INGEST.maxSubjectLength },
    datacontenttype: { type: ['string', 'null'], pattern: '^application/([^/;\\s]+\\+)?json' },
    tenant: {
      type: 'string',
      pattern: TENANT_PATTERN.source,
      description: 'An extension: whose event it is.',
    },
    data: {},
  },
  propertyNames: { pattern: '^[a-z0-9]+$' },
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
};
