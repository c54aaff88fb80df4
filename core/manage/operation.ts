import type { OperationName } from '../../contract/operations.ts';
import type { Caller } from '../api-key.ts';

/**
 * A request to one operation, after the edge has found the caller, checked the scope and refused unknown
 * and repeated query parameters.
 */
export interface ApiRequest {
  readonly caller: Caller;
  /** Path parameters: 1 to 128 letters, digits and `_.:@-`; `-` for what cannot be an id. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Request body as received. */
  readonly body: Buffer;
  readonly requestId: string;
  /** The name under which the API was reached. */
  readonly host: string;
}

/** The answer; a body is sent as JSON. */
export interface ApiResponse {
  readonly status: number;
  readonly body?: unknown;
  /** JSON text sent as it stands, in place of `body`: where tokens must survive, as in an event's data. */
  readonly rawBody?: string;
  /** Further headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation. Refuses by throwing a `Problem`. */
export type Operation = (request: ApiRequest) => Promise<ApiResponse>;

/** Some of the API's operations, by the names in `contract/operations.ts`. */
export type Operations<Names extends OperationName> = Readonly<Record<Names, Operation>>;
