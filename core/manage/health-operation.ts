import type { HealthBody } from '../../contract/api.ts';
import type { Operations } from './operation.ts';

/** Answers that the API is up, and in which version. */
export function healthOperation(version: string): Operations<'getHealth'> {
  return {
    getHealth: async () => ({ status: 200, body: { status: 'ok', version } satisfies HealthBody }),
  };
}
