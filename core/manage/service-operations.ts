import type { HealthBody } from '../../contract/api.ts';
import { etagOf } from '../etag.ts';
import { openApiDocument } from '../openapi/document.ts';
import type { ApiResponse, Operations } from './operation.ts';

/** How long anybody may keep the document; a new version shows after this. In seconds. */
const DOCUMENT_MAX_AGE = 300;

/** Answers about the service itself: that it is up, in which version, and what it offers. */
export function serviceOperations(version: string): Operations<'getHealth' | 'getOpenApi'> {
  // Made when somebody asks for it, and once.
  let document: ApiResponse | null = null;
  return {
    getHealth: async () => ({ status: 200, body: { status: 'ok', version } satisfies HealthBody }),
    getOpenApi: async () => {
      document ??= published(JSON.stringify(openApiDocument(version)));
      return document;
    },
  };
}

function published(rawBody: string): ApiResponse {
  const headers = { 'cache-control': `public, max-age=${DOCUMENT_MAX_AGE}`, etag: etagOf(rawBody) };
  return { status: 200, rawBody, headers };
}
