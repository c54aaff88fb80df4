import type { HealthBody } from '../../contract/api.ts';
import { openApiDocument } from '../openapi/document.ts';
import type { Operations } from './operation.ts';

/** Answers about the service itself: that it is up, in which version, and what it offers. */
export function serviceOperations(version: string): Operations<'getHealth' | 'getOpenApi'> {
  // Made when somebody asks for it, and once.
  let document: string | null = null;
  return {
    getHealth: async () => ({ status: 200, body: { status: 'ok', version } satisfies HealthBody }),
    getOpenApi: async () => {
      document ??= JSON.stringify(openApiDocument(version));
      return { status: 200, rawBody: document };
    },
  };
}
